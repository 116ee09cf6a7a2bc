"""What is taught in the window: a sample in data/ at once, another where a second answer is given, none after undo."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hand import ONE, SEVEN, Hand
from PIL import Image

from digits.data.images import ImageSample, draw_plainly
from digits.data.pen import read_all
from digits.ink import draw, normalise
from digits.teaching.collected import sample_line


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """A picture with a 1 and a 7, far apart."""
    paper = Image.new("L", (600, 300), 235)
    for points, left in ((ONE, 80), (SEVEN, 380)):
        ink = draw([points], pen=18)
        paper.paste(Image.fromarray((235 * (1 - ink)).astype("uint8")), (left, 40))
    paper.save(tmp_path / "form.png")
    return tmp_path / "form.png"


def lines(hand: Hand) -> list[dict[str, object]]:
    """What was collected so far."""
    path = hand.session.lessons.samples.path
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def digits(hand: Hand) -> list[object]:
    return [line["digit"] for line in lines(hand)]


def middle(hand: Hand, index: int) -> tuple[float, float]:
    """Of a digit that was read, on the sheet."""
    left, top, right, bottom = hand.window.sheet.to_view(hand.readout.digits[index].box, 0)
    return (left + right) / 2, (top + bottom) / 2


def test_a_digit_of_a_picture_is_taught_and_taken_back_as_one_of_strokes_is(
    window: Callable[..., Hand], model: Path, form: Path
) -> None:
    hand = window(model, form)
    hand.wait(lambda: len(hand.readout.digits) == 2)
    read = hand.readout.text
    right = hand.readout.digits[1].digit % 9 + 1  # not 0, which shows all of a picture where no digit is chosen
    hand.key(str(right))
    hand.says("Which one?")
    hand.click(middle(hand, 1))
    hand.key(str(right))
    hand.wait(lambda: len(lines(hand)) == 1)
    (sample,) = read_all(hand.session.root / "data")
    assert isinstance(sample, ImageSample)
    assert (sample.digit, sample.writer) == (right, "tester")
    left, top, end, bottom = sample.cutting.box
    assert 0.4 < (end - left) / (bottom - top) < 0.8
    assert difference(draw_plainly(sample), normalise(draw([SEVEN], pen=18))) < 20
    hand.wait(lambda: [shown.taught for shown in hand.readout.digits] == [False, True])
    hand.wait(lambda: hand.session.lessons.waiting == 1)

    hand.key(str(right))  # said before: nothing new
    hand.key("ctrl+z")
    hand.wait(lambda: not lines(hand))
    hand.reads(" ".join(read.split("\n")))
    hand.key("ctrl+y")
    hand.wait(lambda: len(lines(hand)) == 1)
    hand.key("ctrl+l")  # what was said stays said when the picture goes, and is known when it comes back
    hand.reads("")
    hand.key("alt+Left")
    hand.wait(lambda: [shown.taught for shown in hand.readout.digits] == [False, True])
    assert len(lines(hand)) == 1


@pytest.fixture(params=["strokes", "picture"])
def taught(request: pytest.FixtureRequest, window: Callable[..., Hand], model: Path, form: Path) -> Hand:
    """A window in which a digit was taught as a 3."""
    hand = window(model, form if request.param == "picture" else None)
    hand.wait(lambda: hand.session.reading.model is not None)
    if request.param == "strokes":
        hand.write(SEVEN)
    hand.wait(lambda: hand.readout.digits)
    hand.key("Right", "3")
    hand.wait(lambda: digits(hand) == [3])
    return hand


def test_a_second_answer_takes_the_place_of_the_first_until_it_is_undone(taught: Hand) -> None:
    samples = taught.session.lessons.samples
    samples.extend([sample_line(5, "another", [SEVEN])])
    first = samples.path.read_text()
    taught.key("4")
    taught.wait(lambda: digits(taught) == [4, 5])
    second = samples.path.read_text()
    taught.key("ctrl+z")
    taught.wait(lambda: samples.path.read_text() == first)
    taught.wait(lambda: [shown.digit for shown in taught.readout.digits if shown.taught] == [3])
    taught.key("ctrl+y")
    taught.wait(lambda: samples.path.read_text() == second)
    taught.key("ctrl+z", "ctrl+z")
    taught.wait(lambda: digits(taught) == [5])


def test_a_second_answer_that_cannot_be_saved_leaves_the_first(taught: Hand, root: Path) -> None:
    shutil.rmtree(root / "artifacts")
    (root / "artifacts").write_text("where the lock should be")
    taught.key("4")
    taught.says("could not be saved")
    assert [lesson.digit for lesson in taught.drawing.lessons] == digits(taught) == [3]
    (root / "artifacts").unlink()
    taught.press("Try again")
    taught.wait(lambda: digits(taught) == [4])
    taught.key("ctrl+z")
    taught.wait(lambda: digits(taught) == [3])


def test_what_was_taught_is_known_in_a_part_of_the_picture(
    window: Callable[..., Hand], model: Path, form: Path
) -> None:
    hand = window(model, form)
    hand.wait(lambda: len(hand.readout.digits) == 2)
    hand.click(middle(hand, 1))
    hand.key("5")
    hand.wait(lambda: hand.readout.digits[1].taught)
    hand.session.sheet.select((300, 0, 600, 300))
    hand.session.changed()
    hand.wait(lambda: [(shown.digit, shown.taught) for shown in hand.readout.digits] == [(5, True)])


def test_the_first_digit_of_a_picture_gets_the_name_that_is_answered(
    window: Callable[..., Hand], model: Path, form: Path
) -> None:
    hand = window(model, form)
    hand.session.settings.writer = ""
    hand.wait(lambda: len(hand.readout.digits) == 2)
    hand.key("Right", "3")
    hand.says("Under which name?")
    hand.wait(lambda: len(lines(hand)) == 1)
    hand.session.sheet.select((300, 0, 600, 300))  # a step of undo that the answer leaves alone
    hand.session.changed()
    hand.key("ctrl+a", "A", "n", "n", "a", "Return")
    hand.wait(lambda: [line["writer"] for line in lines(hand)] == ["Anna"])
    assert [sample.writer for sample in read_all(hand.session.root / "data")] == ["Anna"]
    assert hand.drawing.selection == (300, 0, 600, 300)


def test_a_digit_of_a_picture_that_cannot_be_saved_is_not_shown_as_learned(
    window: Callable[..., Hand], model: Path, form: Path, root: Path
) -> None:
    shutil.rmtree(root / "data")
    (root / "data").write_text("in the way")
    hand = window(model, form)
    hand.wait(lambda: len(hand.readout.digits) == 2)
    hand.key("Right", "3")
    hand.says("could not be saved", "make the folder writable")
    hand.wait(lambda: not any(shown.taught for shown in hand.readout.digits))
    assert not hand.drawing.lessons


def difference(one: Any, other: Any) -> float:
    return float(np.abs(one.astype(float) - other.astype(float)).mean())
