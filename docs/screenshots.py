"""Pictures of the real window for the README, taken on a virtual screen.

python docs/screenshots.py [--model FILE] [--theme dark] [--size 1120x740] [--out docs]

Writes window-number.png, window-doubt.png and window-cheque.png. The handwriting is that of pen-test writers, whom
no training has seen; it is drawn with real pointer events. Needs Xvfb, xdotool, ImageMagick and a model.
"""

import argparse
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
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from digits.ink import draw, normalise
from digits.reading.reader import Reader

ROOT = Path(__file__).parents[1]

WRITERS = ("uci-02", "uci-09", "uci-10", "uci-16", "uci-17", "uci-29")
"""Kept out of training."""

PATIENCE = 20.0

Strokes = list[list[list[float]]]


def handwriting(writer: str) -> dict[int, list[Strokes]]:
    """All digits of a writer."""
    found: dict[int, list[Strokes]] = {digit: [] for digit in range(10)}
    for line in (ROOT / "data" / "uci-pendigits.jsonl").read_text().splitlines():
        sample = json.loads(line)
        if sample["writer"] == writer:
            found[sample["digit"]].append(sample["strokes"])
    return found


def placed(strokes: Strokes, left: float, top: float, height: float) -> tuple[Strokes, float]:
    """Strokes moved to a place and scaled to a height; and where they end on the right."""
    xs, ys = [x for stroke in strokes for x, _ in stroke], [y for stroke in strokes for _, y in stroke]
    scale = height / max(max(ys) - min(ys), 1)
    moved = [[[left + (x - min(xs)) * scale, top + (y - min(ys)) * scale] for x, y in stroke] for stroke in strokes]
    return moved, left + (max(xs) - min(xs)) * scale


def number(writer: str, text: str, left: float, top: float, height: float, sample: int = 0) -> Strokes:
    """A number in a writer's hand."""
    hand, strokes = handwriting(writer), Strokes()
    for sign in text:
        moved, right = placed(hand[int(sign)][sample], left, top, height)
        strokes += moved
        left = right + height * 0.3
    return strokes


def doubtful(model: str) -> list[list[float]]:
    """A stroke between 1 and 7, where the reader is least sure: the bar is turned until it is."""

    def stroke(turn: float) -> list[list[float]]:
        start = [240 - 40 * turn, 250 - 55 * turn]
        bend = [305, 178 + 12 * turn]
        steps = [[a + (b - a) * step / 6 for a, b in zip(start, bend, strict=True)] for step in range(7)]
        return [*steps, [304, 240], [299, 310], [294, 370]]

    reader = Reader.load(model or None)
    turns = [step / 60 for step in range(121)]
    sure = [reader.classify(prepare_one([stroke(turn)]))[0] for turn in turns]
    return stroke(turns[min(range(len(turns)), key=lambda index: abs(sure[index][1] - sure[index][7]))])


def prepare_one(strokes: Strokes) -> NDArray[np.uint8]:
    """The image of one digit as the network gets it, (1, 28, 28)."""
    return normalise(draw(strokes, pen=0.09 * 200))[None]


def cheque() -> tuple[Image.Image, tuple[int, int, int, int]]:
    """A filled-in cheque, and its amount box (left, top, right, bottom)."""
    paper, ink, print_ = (246, 247, 240), (28, 38, 92), (96, 116, 110)
    image = Image.new("RGB", (1000, 430), paper)
    pencil = ImageDraw.Draw(image)

    def words(x: int, y: int, text: str, size: int = 20) -> None:
        pencil.text((x, y), text, fill=print_, font=ImageFont.load_default(size))

    pencil.rectangle((8, 8, 991, 421), outline=print_, width=2)
    words(36, 32, "SAVINGS BANK OF THE VALLEY", 28)
    words(36, 70, "12 Mill Lane", 18)
    words(664, 40, "No. 000 417")
    words(36, 150, "Pay")
    pencil.line((96, 174, 640, 174), fill=print_, width=2)
    words(36, 225, "the sum of")
    pencil.line((146, 249, 640, 249), fill=print_, width=2)
    words(36, 345, "Memo")
    pencil.line((104, 369, 400, 369), fill=print_, width=2)
    words(650, 345, "Signed")
    pencil.line((730, 369, 960, 369), fill=print_, width=2)
    box = (680, 130, 960, 222)
    pencil.rectangle(box, fill=(255, 255, 255), outline=print_, width=3)
    words(652, 160, "$", 28)
    for writer, text, left, top, height, sample in (
        ("uci-16", "3805", 706, 148, 54, 1),
        ("uci-09", "27", 120, 330, 30, 0),
    ):
        strokes = number(writer, text, left, top, height, sample)
        written = draw(strokes, pen=5, side=round(max(max(p) for s in strokes for p in s)))
        xs, ys = [x for s in strokes for x, _ in s], [y for s in strokes for _, y in s]
        wide, high = round(max(xs) - min(xs)) + 6, round(max(ys) - min(ys)) + 6
        mask = Image.fromarray((255 * written).astype("uint8")).resize((wide, high), Image.Resampling.LANCZOS)
        image.paste(ink, (left - 3, top - 3), mask)
    return image, box


def xdotool(*command: object) -> str:
    """Runs xdotool; returns what it printed."""
    return subprocess.run(["xdotool", *map(str, command)], capture_output=True, text=True).stdout.strip()


def until(condition: Callable[[], bool], what: str) -> None:
    """Waits for a condition."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"error: {what} did not come")
        time.sleep(0.02)


def write(strokes: Sequence[Sequence[Sequence[float]]]) -> None:
    """Draws strokes with the pointer, as fast as a person."""
    for stroke in strokes:
        command: list[object] = ["mousemove", *map(round, stroke[0]), "mousedown", 1]
        for x, y in stroke[1:]:
            command += ["mousemove", round(x), round(y), "sleep", 0.012]
        xdotool(*command, "mouseup", 1)


@contextmanager
def window(model: str, size: str, *arguments: str) -> Iterator[str]:
    """The window, open; its X11 number."""
    command = [sys.executable, "-m", "gui", *arguments, *(["--model", model] if model else [])]
    process = subprocess.Popen(command)
    try:
        until(lambda: bool(xdotool("search", "--onlyvisible", "--class", "Digits")), "the window")
        found = xdotool("search", "--onlyvisible", "--class", "Digits").partition("\n")[0]
        xdotool("windowsize", "--sync", found, *size.split("x"))
        yield found
        xdotool("key", "ctrl+q")
        process.wait(PATIENCE)
    finally:
        process.kill()


def take(path: Path, size: str) -> None:
    """A picture of the window, once what it shows has stopped changing."""
    before = b""
    for _ in range(20):
        time.sleep(0.6)  # longer than the pause after which the deciding ink is worked out
        command = [
            "import",
            "-window",
            "root",
            "-crop",
            f"{size}+0+0",
            "+repage",
            "-define",
            "png:exclude-chunks=date,time",
        ]
        subprocess.run([*command, str(path)], check=True)
        content = path.read_bytes()
        if content == before:
            return
        before = content


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="", metavar="FILE", help="an ONNX file instead of the champion")
    parser.add_argument("--theme", default="light", choices=("light", "dark"))
    parser.add_argument("--size", default="1120x740", metavar="WxH", help="of the window, pixels")
    parser.add_argument("--out", default=ROOT / "docs", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    size, model = arguments.size, arguments.model
    width, height = map(int, size.split("x"))
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1800x1100x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert screen.stdout is not None
    os.environ["DISPLAY"] = f":{screen.stdout.readline().strip()}"
    try:
        with tempfile.TemporaryDirectory() as name:
            os.environ["XDG_CONFIG_HOME"] = name
            settings = Path(name) / "digits" / "window.json"
            settings.parent.mkdir()
            settings.write_text(json.dumps({"theme": arguments.theme, "writer": "me", "pen": 10}))
            with window(model, size) as found:
                write(number("uci-16", "2025", 0.06 * width, 0.25 * height, 0.11 * width))
                until(
                    lambda: "2025" in xdotool("getwindowname", found) or len(xdotool("getwindowname", found)) > 8,
                    "2025",
                )
                xdotool("mousemove", 30, height - 30)
                take(arguments.out / "window-number.png", size)
            with window(model, size) as found:
                write([doubtful(model)])
                until(lambda: xdotool("getwindowname", found) != "Digits", "a doubtful digit")
                xdotool("mousemove", 30, height - 30)
                take(arguments.out / "window-doubt.png", size)
            image, box = cheque()
            image.save(Path(name) / "cheque.png")
            with window(model, size, str(Path(name) / "cheque.png")) as found:
                until(lambda: xdotool("getwindowname", found) != "Digits", "a reading of the cheque")
                select(size, image, box)
                xdotool("mousemove", 30, height - 30)
                take(arguments.out / "window-cheque.png", size)
    finally:
        screen.terminate()


def select(size: str, image: Image.Image, box: tuple[int, int, int, int]) -> None:
    """Drags over a part of the picture, wherever the window shows it: found by the picture's own frame."""
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        subprocess.run(["import", "-window", "root", "-crop", f"{size}+0+0", "+repage", file.name], check=True)
        shown = Image.open(file.name).convert("RGB")
    paper = image.getpixel((4, 4))
    places = [
        (x, y) for y in range(0, shown.height) for x in range(0, shown.width, 2) if shown.getpixel((x, y)) == paper
    ]
    left, right = min(x for x, _ in places), max(x for x, _ in places) + 2
    top = min(y for _, y in places)
    scale = (right - left) / image.width
    inset = 6  # the box's own line is no ink
    start = round(left + (box[0] + inset) * scale), round(top + (box[1] + inset) * scale)
    end = round(left + (box[2] - inset) * scale), round(top + (box[3] - inset) * scale)
    middle = (start[0] + end[0]) // 2, (start[1] + end[1]) // 2
    xdotool("mousemove", *start, "mousedown", 1, "mousemove", *middle, "sleep", 0.05, "mousemove", *end, "mouseup", 1)
    time.sleep(0.3)


if __name__ == "__main__":
    main()
