"""What is no digit: scribbles, letters and signs of many scripts, ruled lines, blots, two digits in one.

Trained on with all ten digits equally likely (outlier exposure, D. Hendrycks et al., *Deep Anomaly Detection with
Outlier Exposure*, 2019), so that the network is unsure of what it was never taught. Letters and signs that are
trained on, chosen with and scored on are different ones.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from digits.data import letters
from digits.data.pen import Sample, extent
from digits.data.signs import doodle
from digits.ink import Strokes, draw, normalise

Ink = NDArray[np.float32]
"""(H, W), 0 paper, 1 ink."""

Curve = NDArray[np.float64]


def outliers(samples: Sequence[Sample], part: str, count: int, seed: int) -> tuple[NDArray[np.uint8], list[str]]:
    """`count` images (count, 28, 28) of no digit, and the kind of each; the same arguments give the same ones.

    Args:
        samples: pen digits that are put together and turned; of this part's writers.
        part: train, validation or test; each has letters, signs and random numbers of its own.
        count: of all kinds together, taken in turn.
        seed: of everything random.
    """
    rng = np.random.default_rng([seed, *part.encode()])
    by_writer = defaultdict(list)
    for sample in samples:
        by_writer[sample.writer].append(sample)
    writers = list(by_writer.values())

    def some() -> list[Sample]:
        return writers[rng.integers(len(writers))]

    kinds: dict[str, Callable[[], Ink]] = {
        "scribble": lambda: _written(rng, _scribble(rng)),
        "letter": lambda: _character(rng, part, "letter"),
        "zigzag": lambda: _written(rng, _zigzag(rng)),
        "other script": lambda: _character(rng, part, "other script"),
        "two digits": lambda: _written(rng, [*chain(*_pair(rng, some()))]),
        "sign": lambda: _character(rng, part, "sign"),
        "between two digits": lambda: _between(rng, some()),
        "doodle": lambda: _written(rng, doodle(rng)),
        "turned digit": lambda: _written(rng, _turned(rng, samples)),
        "ruled lines": lambda: _written(rng, _ruled(rng)),
        "blot": lambda: _blot(rng),
    }
    names = [[*kinds][index % len(kinds)] for index in range(count)]
    return np.stack([normalise(kinds[name]()) for name in names]), names


def _written(rng: np.random.Generator, strokes: Strokes) -> Ink:
    pen = math.exp(rng.uniform(math.log(0.04), math.log(0.18))) * extent(strokes)
    return draw(strokes, pen=pen, side=round(math.exp(rng.uniform(math.log(30), math.log(120)))))


def _scribble(rng: np.random.Generator) -> Strokes:
    """A pen that swings to and fro while it wanders: a sum of three circular movements each way."""
    turns = rng.uniform(2.0, 6.0)
    time = np.linspace(0, 2 * math.pi * turns, round(18 * turns))[:, None]
    speeds, phases = rng.uniform(0.3, 2.2, (2, 3)), rng.uniform(0, 2 * math.pi, (2, 3))
    sizes = rng.uniform(0.3, 1.0, (2, 3))
    return [np.stack([(sizes[axis] * np.sin(speeds[axis] * time + phases[axis])).sum(axis=1) for axis in (0, 1)], 1)]


def _zigzag(rng: np.random.Generator) -> Strokes:
    """Crossing something out."""
    count = int(rng.integers(6, 16))
    along = np.linspace(0, 1, count) + rng.normal(0, 0.03, count)
    across = np.where(np.arange(count) % 2, 1.0, 0.0) * rng.uniform(0.5, 1.3) + rng.normal(0, 0.08, count)
    angle = rng.uniform(0, math.pi)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    return [np.stack([along, across], axis=1) @ turn]


def _character(rng: np.random.Generator, part: str, script: str) -> Ink:
    """A letter or sign in a shaky hand."""
    of = letters.choose(part, rng, letters.characters(script, part))
    high = math.exp(rng.uniform(math.log(24), math.log(110)))
    pen = high * math.exp(rng.uniform(math.log(0.04), math.log(0.18)))
    lean, widen = math.tan(math.radians(rng.uniform(-15, 15))), math.exp(rng.uniform(-0.35, 0.3))
    ink = letters.written(of, rng, high / letters.HIGH, lean, widen, rng.uniform(0, 0.08) * high, pen)
    return ink.astype(np.float32) / np.float32(255)


def _pair(rng: np.random.Generator, samples: Sequence[Sample]) -> tuple[list[Curve], list[Curve]]:
    """Two digits of one writer close together, as a number looks that was not cut."""
    left, right = (samples[index] for index in rng.integers(len(samples), size=2))
    first = [np.asarray(stroke, np.float64) for stroke in left.strokes]
    second = [np.asarray(stroke, np.float64) for stroke in right.strokes]
    low, high = np.concatenate(first).min(axis=0), np.concatenate(first).max(axis=0)
    other_low, other_high = np.concatenate(second).min(axis=0), np.concatenate(second).max(axis=0)
    gap = rng.uniform(-0.05, 0.25) * (high[1] - low[1])
    middle = (low[1] + high[1] - other_low[1] - other_high[1]) / 2 + rng.normal(0, 0.05) * (high[1] - low[1])
    move = np.array([high[0] + gap - other_low[0], middle])
    return first, [stroke + move for stroke in second]


def _between(rng: np.random.Generator, samples: Sequence[Sample]) -> Ink:
    """The right half of one digit and the left half of the next, as a number looks that was cut in the wrong places."""
    first, second = _pair(rng, [sample for sample in samples if sample.digit != 1])
    ink = _written(rng, [*first, *second])
    start, end = _sides([*first, *second])
    cuts = [sum(_sides(one)) / 2 for one in (first, second)]
    left, right = (round((cut - start) / max(end - start, 1e-9) * ink.shape[1]) for cut in cuts)
    return ink[:, min(left, right - 1) : right]


def _sides(curves: Sequence[Curve]) -> tuple[float, float]:
    """Their smallest and largest x."""
    x = np.concatenate(curves)[:, 0]
    return float(x.min()), float(x.max())


def _turned(rng: np.random.Generator, samples: Sequence[Sample]) -> Strokes:
    """A 3 or 4 lying on its side; a lying 2, 5 or 7 may be meant as another digit."""
    lying = [sample for sample in samples if sample.digit in (3, 4)]
    sample = lying[rng.integers(len(lying))]
    sign = rng.choice((-1.0, 1.0))
    return [np.asarray(stroke, np.float64) @ np.array([[0, sign], [-sign, 0]]) for stroke in sample.strokes]


def _ruled(rng: np.random.Generator) -> Strokes:
    """One to four lines of a form, level or nearly so."""
    lines = rng.integers(1, 5)
    lean = rng.normal(0, 0.04)
    starts = rng.uniform(0, 0.15, lines)
    return [
        [(start, y), (1.0, y + lean)] for start, y in zip(starts, np.arange(lines) * rng.uniform(0.1, 0.3), strict=True)
    ]


def _blot(rng: np.random.Generator) -> Ink:
    """Ink that ran: smoothed noise above a level, the largest where it was densest."""
    side = 64
    noise = Image.fromarray(rng.uniform(0, 255, (side, side)).astype(np.uint8))
    field = np.asarray(noise.filter(ImageFilter.GaussianBlur(rng.uniform(4, 10))), np.float32)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    stretch, angle = rng.uniform(0.6, 1.6), rng.uniform(0, math.pi)
    across, along = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
    field = (field - field.mean()) / field.std() - 2.5 * ((across * stretch) ** 2 + along**2) + rng.uniform(0.5, 1.5)
    field = field - min(0.0, float(field.max()) - 0.5)
    return np.clip(field * 3, 0, 1).astype(np.float32)
