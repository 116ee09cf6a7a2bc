"""Pen handwriting: the JSON lines in data/, and their digits drawn as the images the network reads."""

import json
import math
import os
import textwrap
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from digits.config import Preprocess
from digits.errors import DigitsError
from digits.ink import Strokes, draw, normalise, slant

_Digit = TypeVar("_Digit")

_FARTHEST = 1e6
"""Of a coordinate from 0: with 1e308 and its like nothing can be computed, and no pen's unit is so fine."""

_REASON = 300
"""Characters of what is said of a broken line, which may hold anything."""


@dataclass(frozen=True)
class Sample:
    """One digit as somebody wrote it."""

    digit: int
    writer: str
    strokes: Strokes
    """In any unit, x to the right, y down."""
    key: int
    """A number made from the line's content: what is random about the sample depends on nothing else."""
    place: str
    """Name of its file and number of its line."""


def read_samples(folder: Path) -> list[Sample]:
    """All samples of a folder's *.jsonl, file by file in the order of their names.

    Raises:
        DigitsError: there is no such file, or a line is not a sample; names file and line number.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise DigitsError(f"{folder}/ holds no *.jsonl: pen handwriting is part of the repository, restore it with git")
    return [sample for file in files for sample in _read_file(file)]


def _read_file(file: Path) -> Iterator[Sample]:
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        try:
            record = json.loads(line)
            strokes = _check(record)
        except (ValueError, RecursionError) as error:  # the latter, of brackets in brackets
            reason = textwrap.shorten(str(error), _REASON)
            raise DigitsError(f"{file}:{number}: not a pen sample: {reason}; mend or remove the line") from error
        yield Sample(record["digit"], record["writer"], strokes, zlib.crc32(line), f"{file.name}:{number}")


def _check(record: Any) -> Strokes:
    """The record's strokes; ValueError if it is no pen sample."""
    if not isinstance(record, dict) or not {"digit", "writer", "strokes"} <= record.keys():
        raise ValueError('expected an object with "digit", "writer" and "strokes"')
    digit, writer, strokes = record["digit"], record["writer"], record["strokes"]
    if type(digit) is not int or not 0 <= digit <= 9:
        raise ValueError(f'"digit" must be a whole number from 0 to 9, found {digit!r}')
    if not isinstance(writer, str) or not writer:
        raise ValueError(f'"writer" must be a name, found {writer!r}')
    if not isinstance(strokes, list) or not strokes or not all(isinstance(s, list) and s for s in strokes):
        raise ValueError('"strokes" must be a list of lists of points, none of them empty')
    for point in (point for stroke in strokes for point in stroke):
        if not (isinstance(point, list) and len(point) == 2 and all(_is_coordinate(value) for value in point)):
            raise ValueError(f"a point must be [x, y], two numbers up to a million, found {point!r}")
    return strokes


def _is_coordinate(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _FARTHEST


def extent(strokes: Strokes) -> float:
    """Longer side of the box around the strokes' points, in their unit; 1 for a dot."""
    points = np.concatenate([np.asarray(stroke, np.float64) for stroke in strokes])
    return float(np.ptp(points, axis=0).max()) or 1.0


def draw_image(strokes: Strokes, width: float, side: int = 160) -> NDArray[np.uint8]:
    """Strokes as the network gets them, (28, 28).

    Args:
        strokes: of a digit.
        width: of the pen, as a part of the digit's longer side.
        side: of the drawing that is normalised, pixels: small ones have coarse edges.
    """
    return normalise(draw(strokes, pen=width * extent(strokes), side=side))


def draw_plainly(sample: Sample, width: float) -> NDArray[np.uint8]:
    """The sample as it was written, once: (1, 28, 28). `width` is the pen as a part of the digit's longer side."""
    return draw_image(sample.strokes, width)[None]


def draw_variants(sample: Sample, config: Preprocess, seed: int) -> NDArray[np.uint8]:
    """The sample as several people with other pens might have written it: (config.pen_variants, 28, 28)."""
    rng = np.random.default_rng([seed, sample.key])
    return np.stack([draw_varied(sample.strokes, config, rng) for _ in range(config.pen_variants)])


def draw_varied(strokes: Strokes, config: Preprocess, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Strokes as another hand with another pen might have written them: (28, 28)."""
    widen = math.exp(rng.uniform(-1, 1) * math.log(config.pen_widen))
    strokes = slant(strokes, rng.uniform(-config.pen_slant, config.pen_slant), widen)
    strokes = _warp(strokes, config.pen_warp, rng)
    side = round(math.exp(rng.uniform(*np.log(config.pen_size))))
    width = math.exp(rng.uniform(*np.log(config.pen_width)))
    return draw_image(strokes, width, side)


def _warp(strokes: Strokes, amount: float, rng: np.random.Generator) -> Strokes:
    """The strokes with every point pushed along two long random waves, by up to `amount` of the longer side each:
    bows get fuller, legs more or less curved, as from one hand to the next."""
    size = extent(strokes)
    waves = rng.uniform(-1, 1, (2, 2, 2))  # wave, axis it pushes along, its cycles per side in x and y
    phases = rng.uniform(0, 2 * math.pi, (2, 2))
    reach = rng.uniform(0, amount, (2, 2)) * size

    def push(points: NDArray[np.float64]) -> NDArray[np.float64]:
        angle = 2 * math.pi * np.einsum("wac,nc->wan", waves, points / size) + phases[..., None]
        return points + (reach[..., None] * np.sin(angle)).sum(axis=0).T

    return [push(np.asarray(stroke, np.float64).reshape(-1, 2)) for stroke in strokes]


def draw_all(
    digits: Sequence[_Digit], function: Callable[[_Digit], NDArray[np.uint8]], title: str
) -> NDArray[np.uint8]:
    """What `function` draws of every digit, stacked, on all processors with a progress bar."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        drawn = pool.map(function, digits, chunksize=64)
        return np.stack(list(tqdm(drawn, title, len(digits), unit="digit")))
