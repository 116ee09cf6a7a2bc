"""How fast `digits read` is: one picture as a whole process, folders of pictures, and a photographed page of numbers.

python benchmarks/reading.py                    two minutes; needs a champion (`make repro`)
python benchmarks/reading.py model.onnx         another model
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.config import compose
from digits.data import sets
from digits.data.hands import Hands
from digits.data.pages import Page, Pages
from digits.data.splits import split_strokes
from digits.paths import SETS
from digits.reading.reader import Reader

PICTURES, RUNS, ENLARGED = 1000, 5, 10
NUMBERS = 200

PHOTOGRAPH = (3000, 4000)
"""Height and width of 12 megapixels."""

ROWS, COLUMNS = 10, 5
"""Of the numbers on it."""


def seconds(*arguments: str) -> float:
    """Median wall-clock time of `digits read` as a process."""
    model = ["--model", sys.argv[1]] if sys.argv[1:] else []
    command = [sys.executable, "-m", "digits.cli", "read", *arguments, "--json", *model]
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def numbers(scale: float) -> Iterator[Page]:
    """Made pages, each with one number on plain paper."""
    writers = split_strokes(compose([]).preprocess)
    pages = Pages(Hands(writers["pen-validation"], sets.load(SETS, "mnist-validation")), "validation", seed=1)
    made = (pages.whole(index, "plain", touching=False, scale=scale) for index in count())
    return (page for page in made if not set(" \n") & set(page.text))


def photograph() -> tuple[NDArray[np.uint8], set[str]]:
    """A page of numbers in 12 megapixels, in the light of one lamp; and what stands on it."""
    high, wide = PHOTOGRAPH[0] // ROWS, PHOTOGRAPH[1] // COLUMNS
    fitting = (page for page in numbers(3.2) if page.writing.shape[0] <= high and page.writing.shape[1] <= wide)
    ink, texts = np.zeros(PHOTOGRAPH, np.float32), set[str]()
    for place in range(ROWS * COLUMNS):
        page = next(fitting)
        top, left = place // COLUMNS * high, place % COLUMNS * wide
        ink[top : top + page.writing.shape[0], left : left + page.writing.shape[1]] = page.writing / np.float32(255)
        texts.add(page.text)
    y, x = (np.linspace(0, 1, side, dtype=np.float32) for side in PHOTOGRAPH)
    noise = np.random.default_rng(0).normal(0, 0.02, PHOTOGRAPH)
    brightness = (0.9 - 0.25 * y[:, None] * x) * (1 - 0.75 * ink) + noise
    return np.rint(np.clip(brightness, 0, 1) * 255).astype(np.uint8), texts


def rate(folder: Path, pictures: list[Image.Image], one: float) -> None:
    """Writes pictures into a folder and prints how many a second are read."""
    folder.mkdir()
    for index, picture in enumerate(pictures):
        picture.save(folder / f"{index:04}.png")
    a_second = (len(pictures) - 1) / (seconds(str(folder)) - one)
    print(f"{len(pictures):,} pictures of {folder.name}: {a_second:,.0f} a second (start-up taken off)")


def page(path: Path) -> None:
    """Prints how long a photographed page takes, and how many of its numbers are read."""
    pixels, texts = photograph()
    Image.fromarray(pixels).convert("RGB").save(path, quality=90)
    reader = Reader.load(sys.argv[1] if sys.argv[1:] else None)
    reader.read(path)  # makes the networks ready
    start = time.perf_counter()
    reading = reader.read(path)
    took = time.perf_counter() - start
    found = len(texts & set(reading.text.split()))
    print(f"{len(texts)} numbers on a photograph of 12 megapixels: {took:.2f} s, {found} of them as written")


def main() -> None:
    """Prints it all."""
    digits = sets.load(SETS, "pen-train")
    small = [Image.fromarray(255 - image) for image in digits.images[:PICTURES]]
    large = [each.resize((each.width * ENLARGED, each.height * ENLARGED), Image.Resampling.BICUBIC) for each in small]
    wide = [
        Image.fromarray(made.picture).resize((300, 100)) for made, _ in zip(numbers(3), range(NUMBERS), strict=False)
    ]
    with tempfile.TemporaryDirectory() as name:
        small[0].save(Path(name) / "one.png")
        one = seconds(str(Path(name) / "one.png"))
        print(f"one picture, whole process: {one:.2f} s")
        rate(Path(name) / "28x28", small, one)
        rate(Path(name) / "280x280", large, one)
        rate(Path(name) / "300x100", wide, one)
        page(Path(name) / "page.jpg")


if __name__ == "__main__":
    main()
