"""A folder of pictures, one after the other."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hand import ONE, SEVEN, Hand, picture_of

from digits.errors import DigitsError
from gui.work.folders import listed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures, the second of which is none, and something else."""
    folder = tmp_path / "scans"
    folder.mkdir()
    picture_of(SEVEN).save(folder / "page 2.png")
    (folder / "page 9.png").write_text("no picture")
    picture_of(ONE, left=80).save(folder / "page 10.png")
    (folder / "notes.txt").write_text("notes")
    return folder


def test_pictures_come_as_people_count_them(folder: Path, tmp_path: Path) -> None:
    assert [file.name for file in listed(folder)] == ["page 2.png", "page 9.png", "page 10.png"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(DigitsError, match="empty holds no picture: choose"):
        listed(tmp_path / "empty")
    with pytest.raises(DigitsError, match="none cannot be read"):
        listed(tmp_path / "none")


def test_page_keys_and_buttons_go_from_one_to_the_next(window: Callable[..., Hand], model: Path, folder: Path) -> None:
    hand = window(model, folder)
    hand.wait(lambda: hand.readout.digits)
    assert hand.session.album.text == "1 of 3   page 2.png"
    first = hand.drawing.picture
    hand.key("Right", "4")
    hand.reads("4")
    hand.key("Next")
    hand.says("page 9.png")
    hand.wait(lambda: hand.session.album.text == "2 of 3   page 9.png")
    hand.press("›")
    hand.wait(lambda: hand.drawing.picture is not None and hand.drawing.picture is not first)
    assert hand.drawing.corrections == ()
    hand.key("Next")
    hand.says("last picture")
    hand.key("Prior", "Prior")
    hand.wait(lambda: hand.session.album.index == 0)
    hand.reads("4")
    hand.key("Right", "5")
    kept = hand.session.lessons.samples.path
    hand.wait(lambda: [json.loads(line)["digit"] for line in kept.open()] == [5])
    assert not hand.session.history.entries, "who turns pages fills no strip"
    hand.key("ctrl+l")
    hand.reads("")
    assert not hand.window.album.winfo_ismapped()
    hand.key("Next")


def test_a_picture_from_elsewhere_ends_it_and_undo_leads_before_all_of_them(
    hand: Hand, folder: Path, tmp_path: Path
) -> None:
    text = hand.write(SEVEN)
    (folder / "page 9.png").unlink()
    hand.session.open_picture(folder)
    hand.wait(lambda: hand.drawing.picture is not None)
    first = hand.drawing.picture
    hand.key("Next")
    hand.wait(lambda: hand.drawing.picture is not first)
    hand.key("ctrl+z")
    hand.reads(text)
    assert hand.drawing.strokes
    picture_of(ONE).save(tmp_path / "one.png")
    hand.session.open_picture(tmp_path / "one.png")
    hand.wait(lambda: hand.drawing.picture is not None)
    hand.wait(lambda: hand.session.album.text == "")
