"""A picture is enlarged and moved, and what stands on it goes with it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hand import SEVEN, Hand, picture_of
from PIL import Image

from gui.session.view import View

ROOM = (400, 300)


def test_what_is_under_the_pointer_stays_there() -> None:
    view, picture = View(), Image.new("L", (800, 600))
    scale, left, top = view.placed(picture, ROOM)
    assert (scale, left, top) == (0.5, 0, 0)
    for factor in (2.0, 1.25, 0.8):
        before = 300 * scale + left, 250 * scale + top
        view.enlarge(factor, (300, 250))
        scale, left, top = view.placed(picture, ROOM)
        assert (300 * scale + left, 250 * scale + top) == pytest.approx(before, abs=1)


def test_a_picture_never_leaves_the_sheet_nor_shrinks_below_all_of_it() -> None:
    view, picture = View(), Image.new("L", (800, 600))
    view.placed(picture, ROOM)
    view.enlarge(4)
    view.placed(picture, ROOM)
    view.move(10_000, -10_000)
    scale, left, top = view.placed(picture, ROOM)
    assert (scale, left, top) == (2.0, 0, 300 - 1200)
    view.move(-10, 0)
    assert view.placed(picture, ROOM)[1] == -10, "it turns back at once"
    view.enlarge(0.001)
    assert view.placed(picture, ROOM) == (0.5, 0, 0)
    view.enlarge(4)
    assert view.placed(Image.new("L", (400, 300)), ROOM) == (1.0, 0, 0), "another one is shown as a whole"


@pytest.fixture
def seven(window: Callable[..., Hand], model: Path, tmp_path: Path) -> Hand:
    picture_of(SEVEN, width=900, left=500).resize((1800, 520)).save(tmp_path / "seven.png")
    hand = window(model, tmp_path / "seven.png")
    hand.wait(lambda: hand.readout.digits)
    return hand


def middle(hand: Hand) -> tuple[float, float]:
    left, top, right, bottom = hand.window.sheet.to_view(hand.readout.digits[0].box, 0)
    return (left + right) / 2, (top + bottom) / 2


def test_wheel_keys_and_drags_enlarge_and_move_it(seven: Hand) -> None:
    hand, sheet = seven, seven.window.sheet
    first = sheet.to_view((0, 0, 1, 0), 0)
    wide = first[2] - first[0]

    def enlarged() -> float:
        left, _, right, _ = sheet.to_view((0, 0, 1, 0), 0)
        return (right - left) / wide

    x, y = middle(hand)
    hand.do("mousemove", *hand.place((x, y)), "keydown", "ctrl", "click", 4, "click", 4, "keyup", "ctrl")
    hand.wait(lambda: enlarged() == pytest.approx(1.25**2))
    assert middle(hand) == pytest.approx((x, y), abs=3)
    hand.key("plus")
    hand.wait(lambda: enlarged() == pytest.approx(1.25**3))
    x, y = middle(hand)
    hand.draw([(300, 200), (280, 200), (260, 200)], button=2)
    hand.wait(lambda: middle(hand)[0] == pytest.approx(x - 40, abs=2))
    hand.do("keydown", "space")
    hand.draw([(300, 200), (310, 200), (330, 200)])
    hand.do("keyup", "space")
    hand.wait(lambda: str(sheet.cget("cursor")) == "crosshair", "the end of the grip")
    hand.wait(lambda: middle(hand)[0] == pytest.approx(x - 10, abs=2))
    assert hand.drawing.selection is None
    box = hand.readout.digits[0].box
    left, top, right, bottom = sheet.to_view(box, 30)
    hand.draw([(left, top), (left + 50, top + 50), (right, bottom)])
    hand.wait(lambda: hand.drawing.selection is not None)
    pad = 30 / (wide * 1.25**3)
    around = [box[0] - pad, box[1] - pad, box[2] + pad, box[3] + pad]
    assert list(hand.drawing.selection or ()) == pytest.approx(around, abs=4)
    hand.key("0")
    hand.wait(lambda: enlarged() == pytest.approx(1))


def test_on_the_sheet_the_same_keys_are_for_the_pen(hand: Hand) -> None:
    before = hand.session.settings.pen
    hand.key("plus", "plus", "minus")
    hand.wait(lambda: hand.session.settings.pen == before + 2)
