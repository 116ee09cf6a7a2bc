"""What is wrong in a picture is put right by hand: for what is shown and copied, and for the next training."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from hand import SEVEN, Hand, picture_of

from gui.session.drawing import Correction, Drawing


def clipboard(hand: Hand) -> str:
    asked = subprocess.Popen(["xclip", "-selection", "clipboard", "-o"], stdout=subprocess.PIPE, text=True)
    hand.wait(lambda: asked.poll() is not None)
    return asked.communicate()[0]


def test_a_digit_is_put_right_by_key_and_by_button(window: Callable[..., Hand], model: Path, tmp_path: Path) -> None:
    picture_of(SEVEN).save(tmp_path / "seven.png")
    hand = window(model, tmp_path / "seven.png")
    hand.wait(lambda: hand.readout.digits)
    read, sheet = hand.readout.text, hand.window.sheet
    hand.key("Right", "3")
    hand.reads("3")
    assert hand.readout.digits[0].corrected
    assert hand.readout.certainty == "as you taught it"
    hand.key("ctrl+c")
    hand.says("Copied 3", "put right by hand")
    assert clipboard(hand) == "3"
    left, top, right, bottom = sheet.bbox("choice5")
    hand.click(((left + right) / 2, (top + bottom) / 2))
    hand.reads("5")
    assert len(hand.drawing.corrections) == 1
    hand.key("ctrl+z", "ctrl+z")
    hand.reads(read)
    hand.key("ctrl+y")
    hand.reads("3")
    hand.key("Delete", "alt+Left")
    hand.reads("3")
    kept = hand.session.lessons.samples.path
    hand.wait(lambda: kept.exists() and [json.loads(line)["digit"] for line in kept.open()] == [3])


def test_it_stays_with_its_digit_when_another_part_is_read() -> None:
    drawing = Drawing(picture=object(), corrections=(Correction((100, 50, 140, 110), 7),))
    assert drawing.corrected((101, 52, 143, 110)) == 7
    assert drawing.corrected((130, 50, 170, 110)) is None
