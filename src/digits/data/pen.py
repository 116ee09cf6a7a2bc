"""Handwriting: the JSON lines in data/, and those digits of them that were written with a pen, drawn as the images the
network reads. Digits that were cut out of pictures are in `images`."""

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
from digits.data import images
from digits.data.images import ImageSample
from digits.errors import DigitsError
from digits.ink import Strokes, draw, normalise, slant, waves

_Digit = TypeVar("_Digit")

_FARTHEST = 1e6
"""Of a coordinate from 0: with 1e308 and its like nothing can be computed, and no pen's unit is so fine."""

_KEYS = {"strokes": {"digit", "writer", "strokes"}, "image": {"digit", "writer", "image", "box"}}
"""What a line may hold, by what it holds of the digit."""

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


def read_all(folder: Path) -> list[Sample | ImageSample]:
    """All samples of a folder's *.jsonl, file by file in the order of their names.

    Raises:
        DigitsError: there is no such file, one cannot be read, or a line is not a sample; names file and line number.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise DigitsError(f"{folder}/ holds no *.jsonl: pen handwriting is part of the repository, restore it with git")
    return [sample for file in files for sample in _read_file(file)]


def read_samples(folder: Path) -> list[Sample]:
    """Those of `read_all` that were written with a pen."""
    return [sample for sample in read_all(folder) if isinstance(sample, Sample)]


def _read_file(file: Path) -> Iterator[Sample | ImageSample]:
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise DigitsError(f"{file} cannot be read ({error.strerror}): mend that, or move it out of data/") from error
    for number, line in enumerate(lines, 1):
        key, place = zlib.crc32(line), f"{file.name}:{number}"
        try:
            record = json.loads(line)
            _check(record)
            digit, writer = record["digit"], record["writer"]
            if "image" in record:
                yield ImageSample(digit, writer, images.parse(record), key, place)
            else:
                yield Sample(digit, writer, _strokes(record), key, place)
        except (ValueError, RecursionError) as error:  # the latter, of brackets in brackets
            reason = textwrap.shorten(str(error), _REASON)
            raise DigitsError(f"{file}:{number}: not a sample: {reason}; mend or remove the line") from error


def _check(record: Any) -> None:
    """Raises ValueError if it is no sample, whatever its strokes or image are."""
    kinds = [kind for kind in _KEYS if isinstance(record, dict) and kind in record]
    if len(kinds) != 1 or not {"digit", "writer"} <= record.keys():
        raise ValueError('expected an object with "digit", "writer" and either "strokes" or "image"')
    if unknown := sorted(record.keys() - _KEYS[kinds[0]]):
        raise ValueError(f"unknown key {unknown[0]!r} beside {kinds[0]!r}")
    digit, writer = record["digit"], record["writer"]
    if type(digit) is not int or not 0 <= digit <= 9:
        raise ValueError(f'"digit" must be a whole number from 0 to 9, found {digit!r}')
    if not isinstance(writer, str) or not writer:
        raise ValueError(f'"writer" must be a name, found {writer!r}')


def _strokes(record: dict[str, Any]) -> Strokes:
    """The record's strokes; ValueError if they are none."""
    strokes = record["strokes"]
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
    bend = waves(config.pen_warp, extent(strokes), rng)
    strokes = [bend(stroke) for stroke in strokes]
    side = round(math.exp(rng.uniform(*np.log(config.pen_size))))
    width = math.exp(rng.uniform(*np.log(config.pen_width)))
    return draw_image(strokes, width, side)


def draw_all(
    digits: Sequence[_Digit], function: Callable[[_Digit], NDArray[np.uint8]], title: str
) -> NDArray[np.uint8]:
    """What `function` draws of every digit, stacked, on all processors with a progress bar."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        drawn = pool.map(function, digits, chunksize=64)
        return np.stack(list(tqdm(drawn, title, len(digits), unit="digit")))
