"""The real window on a virtual screen, drawn in with real pointer events.

The handwriting is that of people whom no training has seen. Needs Xvfb, xdotool and a champion.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import form_pictures
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageGrab

from digits.data.pen import read_samples
from digits.ink import Strokes, draw, normalise
from digits.paths import HANDWRITING, ROOT
from digits.reading.reader import Reader
from gui.window import Window

sys.path.append(str(ROOT / "tests"))
from hand import Hand
from screen import screen

DOCS = Path(__file__).parent

_PAUSE = 2.0
"""Seconds after which nothing more changes in a window that has read."""


def moved(strokes: Strokes, left: float, top: float, height: float) -> list[list[list[float]]]:
    """Strokes whose box has this corner and height."""
    corner, high = _box(strokes)[0], np.ptp([y for stroke in strokes for _, y in stroke])
    points = [(np.asarray(stroke) - corner) * height / max(high, 1) + (left, top) for stroke in strokes]
    return [stroke.tolist() for stroke in points]


def _box(strokes: Strokes) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """The corners [[left, top], [right, bottom]] around strokes."""
    points = np.concatenate([np.asarray(stroke, np.float64) for stroke in strokes])
    return np.array([points.min(axis=0), points.max(axis=0)])


def number(writer: str, text: str, left: float, top: float, height: float, sample: int = 0) -> Strokes:
    """A number in a writer's hand, with one of the samples that they gave of each digit."""
    samples = [each for each in read_samples(ROOT / HANDWRITING) if each.writer == writer]
    strokes: list[list[list[float]]] = []
    for sign in text:
        digit = [each.strokes for each in samples if each.digit == int(sign)][sample]
        strokes.extend(moved(digit, left, top, height))
        left = _box(strokes)[1][0] + height * 0.3
    return strokes


def doubtful() -> Strokes:
    """A stroke between 1 and 7, where the reader is least sure: the bar is turned until it is."""

    def stroke(turn: float) -> Strokes:
        start, bend = (240 - 40 * turn, 250 - 55 * turn), (305, 178 + 12 * turn)
        return [[*np.linspace(start, bend, 7).tolist(), [304, 240], [299, 310], [294, 370]]]

    reader = Reader.champion()
    every = [stroke(step / 60) for step in range(121)]
    read = reader.classify(np.stack([normalise(draw(each, pen=0.09 * 200)) for each in every]))
    return every[int(np.abs(read[:, 1] - read[:, 7]).argmin())]


def cheque() -> tuple[Image.Image, tuple[int, int, int, int]]:
    """A filled-in cheque, and its amount box (left, top, right, bottom)."""
    paper, ink, print_ = (246, 247, 240), (28, 38, 92), (96, 116, 110)
    image = Image.new("RGB", (1000, 430), paper)
    pencil = ImageDraw.Draw(image)
    pencil.rectangle((8, 8, 991, 421), outline=print_, width=2)
    box = (680, 130, 960, 222)
    pencil.rectangle(box, fill=(255, 255, 255), outline=print_, width=3)
    for x, y, text, size in (
        (36, 32, "SAVINGS BANK OF THE VALLEY", 28),
        (36, 70, "12 Mill Lane", 18),
        (664, 40, "No. 000 417", 20),
        (36, 150, "Pay", 20),
        (36, 225, "the sum of", 20),
        (36, 345, "Memo", 20),
        (650, 345, "Signed", 20),
        (652, 160, "$", 28),
    ):
        pencil.text((x, y), text, fill=print_, font=ImageFont.load_default(size))
    for left, right, y in ((96, 640, 174), (146, 640, 249), (104, 400, 369), (730, 960, 369)):
        pencil.line((left, y, right, y), fill=print_, width=2)
    for writer, text, left, top, height, sample in (
        ("uci-16", "3805", 706, 148, 54, 1),
        ("uci-09", "27", 120, 330, 30, 0),
    ):
        strokes = number(writer, text, left, top, height, sample)
        written = draw(strokes, pen=5, side=round(_box(strokes)[1].max()))
        wide, high = np.ptp(_box(strokes), axis=0).round().astype(int) + 6
        mask = Image.fromarray((255 * written).astype("uint8")).resize((wide, high), Image.Resampling.LANCZOS)
        image.paste(ink, (left - 3, top - 3), mask)
    return image, box


def write(hand: Hand, strokes: Strokes) -> None:
    """Draws strokes, given in the window's coordinates."""
    left, top = hand.place((0, 0))
    for stroke in strokes:
        hand.draw([(x - left, y - top) for x, y in stroke])


def select(hand: Hand, box: tuple[int, int, int, int]) -> None:
    """Drags over a part of the picture."""
    left, top, right, bottom = hand.window.sheet.to_view(box, -3)  # the box's own line is no ink
    hand.draw([(left, top), ((left + right) / 2, (top + bottom) / 2), (right, bottom)])


@contextmanager
def opened(picture: Path | None = None) -> Iterator[Hand]:
    """The window, once it has its champion."""
    hand = Hand(Window(str(picture) if picture else None))
    try:
        hand.wait(lambda: hand.session.reading.model is not None, "the champion")
        yield hand
    finally:
        hand.session.clear()  # the next one would begin with it
        hand.window.close()


def take(hand: Hand, name: str) -> None:
    """Writes docs/<name>.png, once a reading is there and the ink that decided is worked out."""
    hand.wait(lambda: hand.readout.digits and hand.session.reading.is_current, "a reading")
    hand.do("mousemove", 30, hand.window.tk.winfo_height() - 30)
    end = time.monotonic() + _PAUSE
    hand.wait(lambda: time.monotonic() > end)
    image = ImageGrab.grab((0, 0, hand.window.tk.winfo_width(), hand.window.tk.winfo_height()))
    image.save(DOCS / f"{name}.png", optimize=True)


def pictures() -> None:
    """Writes window-number.png, window-doubt.png, window-cheque.png, form-new.png and form-review.png."""
    with screen() as display, tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DISPLAY": display, "XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder}
        settings = Path(folder) / "digits" / "window.json"
        settings.parent.mkdir()
        settings.write_text(json.dumps({"theme": "light", "writer": "me", "pen": 10}))
        with opened() as hand:
            write(hand, number("uci-16", "2025", 67.2, 185, 123.2))
            hand.reads("2025")
            take(hand, "window-number")
        with opened() as hand:
            write(hand, doubtful())
            take(hand, "window-doubt")
        image, box = cheque()
        cheque_file = Path(folder) / "cheque.png"
        image.save(cheque_file)
        with opened(cheque_file) as hand:
            hand.wait(lambda: hand.readout.digits, "a reading of the cheque")
            select(hand, box)
            take(hand, "window-cheque")
        form_pictures.pictures(Path(folder))
