"""The real window on a virtual screen, drawn in with real pointer events.

The handwriting is that of people whom no training has seen. Needs Xvfb, xdotool and a champion.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageGrab

from digits.data.pen import read_samples
from digits.ink import Strokes, draw, normalise
from digits.paths import HANDWRITING, ROOT
from digits.reading.reader import Reader

DOCS = Path(__file__).parent

WIDTH, HEIGHT = 1120, 740
"""Of the window, pixels; it stands in the corner of the screen."""

_PATIENCE = 20.0
"""Seconds until the window shows what is waited for."""


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


def xdotool(*command: object) -> str:
    """What xdotool prints."""
    return subprocess.run(["xdotool", *map(str, command)], capture_output=True, text=True).stdout.strip()


def until(condition: Callable[[], bool], what: str) -> None:
    """Waits for a condition; ends this program if it never holds."""
    end = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"error: {what} did not come")
        time.sleep(0.02)


def write(strokes: Strokes) -> None:
    """Draws strokes with the pointer, as fast as a person."""
    for (x, y), *rest in strokes:
        command: list[object] = ["mousemove", round(x), round(y), "mousedown", 1]
        for x, y in rest:
            command += ["mousemove", round(x), round(y), "sleep", 0.012]
        xdotool(*command, "mouseup", 1)


def shown() -> Image.Image:
    """What the screen shows where the window is."""
    return ImageGrab.grab((0, 0, WIDTH, HEIGHT), xdisplay=os.environ["DISPLAY"])


def select(image: Image.Image, box: Sequence[int]) -> None:
    """Drags over a part of the picture, wherever the window shows it: found by the colour of its paper."""
    ys, xs = np.nonzero((np.asarray(shown()) == image.getpixel((4, 4))).all(axis=2))
    scale = (xs.max() + 1 - xs.min()) / image.width
    inset = 6  # the box's own line is no ink
    corners = np.array([[box[0] + inset, box[1] + inset], [box[2] - inset, box[3] - inset]])
    start, end = ((xs.min(), ys.min()) + corners * scale).round().astype(int).tolist()
    middle = [(a + b) // 2 for a, b in zip(start, end, strict=True)]
    xdotool("mousemove", *start, "mousedown", 1, "mousemove", *middle, "sleep", 0.05, "mousemove", *end, "mouseup", 1)
    time.sleep(0.3)


@contextmanager
def screen() -> Iterator[Path]:
    """A virtual screen, which DISPLAY names, and a folder for the window's settings and for what is needed a moment."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1800x1100x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    os.environ["DISPLAY"] = f":{process.stdout.readline().strip()}"
    try:
        with tempfile.TemporaryDirectory() as name:
            os.environ["XDG_CONFIG_HOME"] = name
            settings = Path(name) / "digits" / "window.json"
            settings.parent.mkdir()
            settings.write_text(json.dumps({"theme": "light", "writer": "me", "pen": 10}))
            yield Path(name)
    finally:
        process.terminate()


@contextmanager
def opened(*arguments: str) -> Iterator[Callable[[], str]]:
    """The window, open; gives what its title says."""
    process = subprocess.Popen(["digits", "gui", *arguments])
    search = ("search", "--onlyvisible", "--class", "Digits")
    try:
        until(lambda: bool(xdotool(*search)), "the window")
        found = xdotool(*search).partition("\n")[0]
        xdotool("windowsize", "--sync", found, WIDTH, HEIGHT)
        yield lambda: xdotool("getwindowname", found)
        xdotool("key", "ctrl+q")
        process.wait(_PATIENCE)
    finally:
        process.kill()


def take(name: str) -> None:
    """Writes docs/<name>.png, once what the window shows has stopped changing."""
    xdotool("mousemove", 30, HEIGHT - 30)
    before = shown()
    for _ in range(20):
        time.sleep(0.6)  # longer than the pause after which the deciding ink is worked out
        before, now = shown(), before
        if now == before:
            break
    before.save(DOCS / f"{name}.png", optimize=True)


def pictures() -> None:
    """Writes window-number.png, window-doubt.png and window-cheque.png."""
    with screen() as folder:
        with opened() as title:
            write(number("uci-16", "2025", 0.06 * WIDTH, 0.25 * HEIGHT, 0.11 * WIDTH))
            until(lambda: title().startswith("2025"), "2025")
            take("window-number")
        with opened() as title:
            write(doubtful())
            until(lambda: title() != "Digits", "a doubtful digit")
            take("window-doubt")
        image, box = cheque()
        image.save(folder / "cheque.png")
        with opened(str(folder / "cheque.png")) as title:
            until(lambda: title() != "Digits", "a reading of the cheque")
            select(image, box)
            take("window-cheque")
