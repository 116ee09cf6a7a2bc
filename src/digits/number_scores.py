"""How many whole numbers a model file reads completely right, as strokes and as pictures of them."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from digits.data.numbers import Number
from digits.data.pen import extent
from digits.ink import draw
from digits.reader import Reader, Reading

_PEN_PIXELS = 6  # width of the pen on paper: digits are about 70 pixels high then, as on a scan of 150 dpi
_MARGIN = 20  # pixels of white paper around a number
_CHUNK = 25  # numbers that a process reads at a time


def picture(number: Number) -> NDArray[np.uint8]:
    """The number in black on white paper, (H, W)."""
    ink = draw(number.strokes, number.pen, side=round(extent(number.strokes) * _PEN_PIXELS / number.pen))
    paper: NDArray[np.uint8] = np.rint(255 * (1 - np.pad(ink, _MARGIN))).astype(np.uint8)
    return paper


def score_numbers(model: Path, numbers: Sequence[Number]) -> dict[str, dict[str, float]]:
    """Share of numbers read completely right: "strokes" and "pictures", of each "all", "touching" and "apart".

    Reads on all processors, with a progress bar.

    Raises:
        DigitsError: the model file is missing or broken.
    """
    chunks = [numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK)]
    touching = np.array([number.touching for number in numbers])
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        read = tqdm(pool.map(partial(_right, model), chunks), "reading numbers", len(chunks), unit=f"x {_CHUNK}")
        right = np.concatenate(list(read))
    return {name: _shares(right[:, column], touching) for column, name in enumerate(("strokes", "pictures"))}


def _right(model: Path, numbers: Sequence[Number]) -> NDArray[np.bool_]:
    """(N, 2): whether each number is read right from its strokes, and from its picture."""
    reader = Reader(model)
    by_strokes = _texts(reader.read_all(number.strokes for number in numbers))
    by_picture = _texts(reader.read_all(picture(number) for number in numbers))
    texts = [number.text for number in numbers]
    return np.array([[a == text, b == text] for a, b, text in zip(by_strokes, by_picture, texts, strict=True)])


def _texts(readings: Iterable[Reading | Exception]) -> list[str]:
    return [reading.text if isinstance(reading, Reading) else "" for reading in readings]


def _shares(right: NDArray[np.bool_], touching: NDArray[np.bool_]) -> dict[str, float]:
    parts = {"all": right, "touching": right[touching], "apart": right[~touching]}
    return {name: round(float(part.mean()), 6) for name, part in parts.items()}
