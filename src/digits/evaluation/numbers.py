"""Whole numbers as hands write them, composed of digits of one writer each: read as strokes and as clean pictures.

People gave single digits. A number takes several of one person's, keeps their sizes and puts them on a line, as far
apart as hands do, or pushed together until their ink meets.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from digits.data.pen import Sample, extent
from digits.evaluation.held_out import read_texts
from digits.ink import draw, sampled, smooth
from digits.reading.parallel import ReaderPool
from digits.reading.reader import Source

_LENGTHS = (2, 8)  # digits of a number, all lengths equally often
_TOUCHING_EVERY = 5  # numbers, one of which has neighbours that touch
_TOUCH = 0.5  # of the pairs in such a number touch, and at least one
_OVERLAP = (0.25, 0.75)  # of the pen's width: how deep touching ink overlaps, uniform

# In medians of the height of the writer's digits:
_GAP, _GAP_SPREAD, _GAPS = 0.2, 0.5, (0.06, 0.8)  # paper between neighbours, log-normal: median, sigma, limits
_LIFT = 0.04  # sigma of a digit's distance from the line
_RESIZE = 0.05  # sigma of the logarithm of a digit's size, over what the writer's sizes differ anyway

_WIDTH = 0.09  # diameter of the pen, as a part of the longer side of a digit
_FINE = 0.2  # pens; curves are sampled this densely to find where ink meets


@dataclass(frozen=True)
class Number:
    """A number as somebody might have written it."""

    text: str
    writer: str
    strokes: tuple[NDArray[np.float64], ...]
    """Each (N, 2), x to the right, y down, in the unit of the samples."""
    pen: float
    """Diameter of the pen, in the strokes' unit."""
    touching: bool
    """Whether the ink of neighbours meets when drawn with this pen."""


def compose_numbers(samples: Sequence[Sample], count: int, width: float = _WIDTH, seed: int = 0) -> list[Number]:
    """Numbers of 2 to 8 digits; in every fifth, ink of neighbours touches.

    Args:
        samples: digits; every writer needs all ten.
        count: how many numbers.
        width: diameter of the pen, as a part of the longer side of the writer's median digit.
        seed: the same gives the same numbers.
    """
    by_writer: dict[str, dict[int, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    for sample in samples:
        by_writer[sample.writer][sample.digit].append(sample)
    writers = sorted(by_writer)
    numbers = []
    for index in range(count):
        rng = np.random.default_rng([seed, index])
        digits = by_writer[writers[index % len(writers)]]
        text = rng.integers(0, 10, rng.integers(_LENGTHS[0], _LENGTHS[1], endpoint=True))
        chosen = [digits[digit][rng.integers(len(digits[digit]))] for digit in text.tolist()]
        everything = [sample for some in digits.values() for sample in some]
        pen = width * float(np.median([extent(sample.strokes) for sample in everything]))
        height = float(np.median([_height(sample) for sample in everything]))
        numbers.append(_compose(chosen, pen, height, (index // len(writers)) % _TOUCHING_EVERY == 0, rng))
    return numbers


def _height(sample: Sample) -> float:
    return float(np.ptp(np.concatenate([np.asarray(stroke, np.float64) for stroke in sample.strokes])[:, 1]))


def _compose(samples: list[Sample], pen: float, height: float, touching: bool, rng: np.random.Generator) -> Number:
    touch = np.zeros(len(samples) - 1, np.bool_)
    if touching:
        touch = rng.random(len(touch)) < _TOUCH
        touch[rng.integers(len(touch))] = True
    strokes: list[NDArray[np.float64]] = []
    before = np.zeros((0, 2))
    for place, sample in enumerate(samples):
        size = math.exp(rng.normal(0, _RESIZE))
        written = [np.asarray(stroke, np.float64) * size for stroke in sample.strokes]
        curve = np.concatenate([sampled(smooth(stroke), _FINE * pen) for stroke in written])
        shift = np.array([0.0, rng.normal(0, _LIFT) * height - curve[:, 1].max()])
        if place:
            paper = height * np.clip(_GAP * math.exp(rng.normal(0, _GAP_SPREAD)), *_GAPS)
            overlap = pen * rng.uniform(*_OVERLAP)
            shift[0] = _contact(before, curve + shift, pen - overlap if touch[place - 1] else pen + paper)
        strokes += [stroke + shift for stroke in written]
        before = np.concatenate([before, curve + shift])
    text = "".join(str(sample.digit) for sample in samples)
    return Number(text, samples[0].writer, tuple(strokes), pen, touching)


def _contact(left: NDArray[np.float64], right: NDArray[np.float64], distance: float) -> float:
    """How far the curve `right` moves along x so that, coming from the right, it is first `distance` from `left`."""
    down = left[:, None, 1] - right[None, :, 1]
    reach = np.sqrt(np.maximum(distance**2 - down**2, 0.0))
    shift = np.where(np.abs(down) < distance, left[:, None, 0] - right[None, :, 0] + reach, -np.inf).max()
    # Where one is written above the other, they stand side by side.
    return float(shift) if np.isfinite(shift) else float(left[:, 0].max() - right[:, 0].min())


_PEN_PIXELS = 6  # width of the pen on paper: digits are about 70 pixels high then, as on a scan of 150 dpi
_MARGIN = 20  # pixels of white paper around a number


def picture(number: Number) -> NDArray[np.uint8]:
    """The number in black on white paper, (H, W)."""
    ink = draw(number.strokes, number.pen, side=round(extent(number.strokes) * _PEN_PIXELS / number.pen))
    paper: NDArray[np.uint8] = np.rint(255 * (1 - np.pad(ink, _MARGIN))).astype(np.uint8)
    return paper


def read_numbers(readers: ReaderPool, numbers: Sequence[Number], pictures: int) -> dict[str, dict[str, float]]:
    """Share of numbers that are read completely right: all of them as "strokes", the first so many as "pictures"; of
    each "all", "touching" and "apart"."""
    found = {}
    ways: dict[str, tuple[Callable[[Number], Source], Sequence[Number]]] = {
        "strokes": (attrgetter("strokes"), numbers),
        "pictures": (picture, numbers[:pictures]),
    }
    for name, (make, some) in ways.items():
        texts = read_texts(readers, make, some, f"numbers, {name}")
        right = np.array([text == number.text for text, number in zip(texts, some, strict=True)])
        touching = np.array([number.touching for number in some])
        parts = {"all": right, "touching": right[touching], "apart": right[~touching]}
        found[name] = {part: round(float(of.mean()), 6) for part, of in parts.items()}
    return found
