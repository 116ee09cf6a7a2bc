"""What was found on the sheet, or on a large photograph, is shown at once and where it is."""

import time
import tkinter as tk
from pathlib import Path

import numpy as np
from hand import SEVEN, Hand
from PIL import Image

from digits.ink import draw
from gui.session.readout import Readout, ShownSign


def texts(canvas: tk.Canvas, tag: str = "all") -> list[str]:
    """What stands on a canvas."""
    return [canvas.itemcget(item, "text") for item in canvas.find_withtag(tag) if str(canvas.type(item)) == "text"]


def test_signs_are_drawn_and_unread_ink_is_outlined_and_said(hand: Hand) -> None:
    hand.write(SEVEN)
    sheet = hand.window.sheet
    signs, unread = (ShownSign("-", (300, 200, 330, 210)),), ((400, 120, 440, 300),)
    hand.session.reading.readout = Readout(hand.readout.digits, ("7-",), signs, unread, 0.5)
    hand.session.tell("reading")
    assert "-" in texts(sheet, "reading")
    (outline,) = sheet.find_withtag("unread")
    left, _, right, _ = sheet.bbox(outline)
    assert left < 400 < 440 < right
    assert sheet.itemcget(outline, "dash")
    hand.session.tell("focus")
    assert any("some ink was not read, 50.0% sure of all of it" in text for text in texts(hand.window.panel))


def test_what_is_beside_the_sheet_never_overlaps_nor_leaves_the_panel(hand: Hand, model: Path) -> None:
    panel, reading = hand.window.panel, hand.session.reading

    def top(text: str) -> int:
        written = [item for item in panel.find_all() if str(panel.type(item)) == "text"]
        return next(int(panel.bbox(item)[1]) for item in written if panel.itemcget(item, "text") == text)

    reading.compare_with(str(model))
    hand.wait(lambda: reading.comparison)
    assert top("Side by side") > top("Open") + hand.window.look.body.metrics("linespace")
    hand.write(SEVEN)
    for count in (6, 40):
        reading.readout = Readout(hand.readout.digits[:1] * count, ("7",) * count, confidence=0.5)
        hand.session.tell("focus")
        assert max(panel.bbox(item)[3] for item in panel.find_all()) <= panel.winfo_height()


def test_a_photograph_of_twelve_megapixels_opens_at_once(hand: Hand, tmp_path: Path) -> None:
    ink = draw([SEVEN], pen=18)
    ink = np.pad(ink, ink.shape[0])  # a digit on a sheet, not one as large as it
    Image.fromarray((255 * (1 - ink)).astype("uint8")).resize((4000, 3000)).save(tmp_path / "photo.jpg")
    longest, last = 0.0, time.monotonic()

    def look() -> None:
        nonlocal longest, last
        now = time.monotonic()
        longest, last = max(longest, now - last), now
        hand.window.tk.after(5, look)

    look()
    hand.session.open_picture(tmp_path / "photo.jpg")
    hand.wait(lambda: hand.readout.digits, "a reading")
    assert hand.drawing.picture.size == (4000, 3000)
    assert longest < 0.5  # it lives on meanwhile, on a busy machine too
