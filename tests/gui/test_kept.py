"""The sheet as it was left, and the last pictures, are there at the next start."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hand import ONE, SEVEN, Hand, picture_of

from gui.work import kept, log


def test_what_was_written_is_there_at_the_next_start(hand: Hand, window: Callable[..., Hand], model: Path) -> None:
    text = hand.write(SEVEN)
    hand.wait(kept.path().exists, "the file, while the window is open")
    assert kept.path().stat().st_mode & 0o077 == 0
    left = [(stroke.pen, stroke.points) for stroke in hand.drawing.strokes]
    hand.window.close()
    again = window(model)
    again.reads(text)
    assert [(stroke.pen, stroke.points) for stroke in again.drawing.strokes] == left
    again.key("ctrl+z")
    again.key("Delete")
    again.reads("")
    again.wait(lambda: not kept.path().exists())
    again.window.close()
    window(model).reads("")
    assert not log.path().exists()


BROKEN = [
    b"",
    b"{",
    b"[1]",
    b"\xff",
    b'{"format": 2, "strokes": []}',
    b'{"format": 1, "strokes": [{"pen": 8, "points": []}]}',
    b'{"format": 1, "strokes": [{"pen": 8, "points": [[1, NaN]]}]}',
    b'{"format": 1, "strokes": [{"pen": "8", "points": [[1, 2]]}]}',
    b'{"format": 1, "strokes": [{"pen": 8, "points": [[1, 2, 3]]}]}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_file_is_ignored_and_the_log_names_it(content: bytes, tmp_path: Path, home: Path) -> None:
    file = tmp_path / "sheet.json"
    file.write_bytes(content)
    assert kept.load(file) == []
    assert str(file) in log.path().read_text()


def test_a_broken_file_is_replaced(home: Path, window: Callable[..., Hand], model: Path) -> None:
    kept.path().parent.mkdir(parents=True, exist_ok=True)
    kept.path().write_text("{")
    hand = window(model)
    hand.write(ONE)
    hand.wait(lambda: kept.path().read_text() != "{")
    assert len(json.loads(kept.path().read_text())["strokes"]) == 1


def test_the_last_pictures_are_in_the_menu_of_the_button(
    hand: Hand, window: Callable[..., Hand], tmp_path: Path
) -> None:
    for number in range(12):
        picture_of(SEVEN).save(tmp_path / f"{number}.png")
        hand.session.open_picture(tmp_path / f"{number}.png")
    hand.wait(lambda: len(hand.session.settings.recent) == 10)
    names = [Path(name).name for name in hand.session.settings.recent]
    assert names == [f"{number}.png" for number in range(11, 1, -1)]
    hand.window.close()
    again = window()
    again.press("Open")
    again.key("Down", "Down", "Down", "Return")
    again.wait(lambda: again.drawing.picture is not None, "the picture of the menu")


def test_a_picture_that_is_gone_is_named_and_forgotten(hand: Hand, tmp_path: Path) -> None:
    hand.session.settings.recent = [str(tmp_path / "gone.png")]
    hand.do("mousemove", *hand.place((400, 500)))  # not where the menu comes
    hand.key("ctrl+shift+o")
    hand.key("Return")
    hand.says("gone.png")
    assert hand.session.settings.recent == []
