"""Several parts of a picture: each is read, and all of them are a table."""

import csv
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hand import ONE, SEVEN, Hand, picture_of
from PIL import Image

from digits.reading.reader import Reader
from gui.session.drawing import Box

LEFT, RIGHT = (10, 10, 290, 250), (310, 10, 590, 250)


@pytest.fixture
def form(window: Callable[..., Hand], model: Path, tmp_path: Path) -> Hand:
    """A window with a picture of a 1 and a 7, side by side."""
    picture = Image.new("L", (600, 260), "white")
    picture.paste(picture_of(ONE, left=80), (0, 0))
    picture.paste(picture_of(SEVEN), (300, 0))
    picture.save(tmp_path / "form.png")
    hand = window(model, tmp_path / "form.png")
    hand.wait(lambda: hand.readout.digits)
    return hand


def drag(hand: Hand, box: Box, key: str = "") -> None:
    left, top, right, bottom = hand.window.sheet.to_view(box, 0)
    if key:
        hand.do("keydown", key)
    hand.draw([(left, top), ((left + right) / 2, bottom), (right, bottom)])
    if key:
        hand.do("keyup", key)


def both(hand: Hand) -> list[str]:
    """Chooses both parts; what each says by itself."""
    drag(hand, LEFT)
    hand.wait(lambda: len(hand.drawing.regions) == 1)
    drag(hand, RIGHT, "shift")
    hand.wait(lambda: len(hand.drawing.regions) == 2)
    hand.wait(lambda: all(row.confidence is not None for row in hand.session.regions.rows), "all readings")
    return [row.text for row in hand.session.regions.rows]


def test_each_is_a_row_a_click_shows_it_and_delete_removes_it(form: Hand, model: Path) -> None:
    hand, table = form, form.window.parts.table
    texts = both(hand)
    assert texts == [Reader(model).read(hand.drawing.picture.crop(box)).text for box in hand.drawing.regions]
    hand.reads(texts[1])
    hand.wait(lambda: [table.set(item, "text") for item in table.get_children()] == texts)
    box = table.bbox("1")
    assert not isinstance(box, str), "the row is seen"
    left, top, wide, high = box
    hand.do("mousemove", table.winfo_rootx() + left + wide // 2, table.winfo_rooty() + top + high // 2, "click", 1)
    hand.reads(texts[0])
    hand.key("Delete")
    hand.wait(lambda: len(hand.drawing.regions) == 1)
    hand.reads(texts[1])
    assert not hand.window.parts.winfo_manager(), "one part needs no table"
    hand.key("ctrl+z")
    hand.wait(lambda: len(hand.drawing.regions) == 2)


def test_a_click_into_another_part_shows_it_and_a_drag_alone_replaces_all(form: Hand) -> None:
    hand = form
    texts = both(hand)
    left, top, _, _ = hand.window.sheet.to_view(LEFT, 0)
    hand.click((left + 6, top + 6))
    hand.reads(texts[0])
    hand.click((5, 5))
    hand.reads(texts[0])
    hand.key("Right")
    hand.click((5, 5))
    hand.wait(lambda: hand.session.reading.chosen is None)
    assert len(hand.drawing.regions) == 2
    drag(hand, RIGHT)
    hand.wait(lambda: len(hand.drawing.regions) == 1)
    drag(hand, LEFT, "ctrl")
    hand.wait(lambda: len(hand.drawing.regions) == 2)
    hand.key("Escape")
    hand.wait(lambda: not hand.drawing.regions)


def test_all_are_copied_with_tabs_and_saved_as_csv(form: Hand, tmp_path: Path) -> None:
    hand = form
    texts = both(hand)
    hand.window.parts.table.focus_set()
    hand.window.tk.update()
    hand.key("ctrl+c")
    hand.says("Copied 2 rows")
    asked = subprocess.Popen(["xclip", "-selection", "clipboard", "-o"], stdout=subprocess.PIPE, text=True)
    hand.wait(lambda: asked.poll() is not None)
    heading, *rows = asked.communicate()[0].splitlines()
    assert heading.split("\t")[:3] == ["part", "text", "confidence"]
    assert [row.split("\t")[1] for row in rows] == texts
    hand.session.save_table(tmp_path / "numbers.csv")
    hand.says("Saved")
    with (tmp_path / "numbers.csv").open(newline="") as file:
        saved = list(csv.DictReader(file))
    assert [row["text"] for row in saved] == texts
    boxes = [tuple(int(row[side]) for side in ("left", "top", "right", "bottom")) for row in saved]
    assert boxes == list(hand.drawing.regions)
    hand.session.save_table(tmp_path / "numbers.csv" / "below.csv")
    hand.says("cannot be written", "name another file")
