"""What is no digit: scribbles, letters, signs, ruled lines, blots, two digits in one.

Trained on with all ten digits equally likely (outlier exposure, D. Hendrycks et al., *Deep Anomaly Detection with
Outlier Exposure*, 2019), so that the network is unsure of what it was never taught. Letters and signs that are
trained on, chosen with and scored on are different ones.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from digits.data.pen import Sample, extent
from digits.ink import SIDE, Strokes, draw, normalise, slant

# Polylines on a grid two wide and two high, y down; shapes that could be meant as a digit are not among them.
_GLYPHS: dict[str, dict[str, Strokes]] = {
    "train": {
        "A": [[(0, 2), (1, 0), (2, 2)], [(0.4, 1.2), (1.6, 1.2)]],
        "E": [[(1.8, 0), (0, 0), (0, 2), (1.8, 2)], [(0, 1), (1.4, 1)]],
        "K": [[(0, 0), (0, 2)], [(1.6, 0), (0, 1.1), (1.7, 2)]],
        "M": [[(0, 2), (0.2, 0), (1, 1.4), (1.8, 0), (2, 2)]],
        "R": [[(0, 2), (0, 0), (1.4, 0.1), (1.5, 0.8), (0, 1), (1.6, 2)]],
        "X": [[(0, 0), (1.8, 2)], [(1.8, 0), (0, 2)]],
        "m": [[(0, 0.6), (0, 2), (0.3, 0.8), (0.9, 0.8), (1, 2), (1.3, 0.8), (1.9, 0.8), (2, 2)]],
        "+": [[(1, 0), (1, 2)], [(0, 1), (2, 1)]],
        "%": [[(0.3, 0), (0, 0.3), (0.3, 0.6), (0.6, 0.3), (0.3, 0)], [(1.8, 0), (0.2, 2)],
              [(1.7, 1.4), (1.4, 1.7), (1.7, 2), (2, 1.7), (1.7, 1.4)]],
        "=": [[(0, 0.5), (2, 0.5)], [(0, 1.2), (2, 1.2)]],
        "euro": [[(1.8, 0.2), (0.9, 0), (0.3, 1), (0.9, 2), (1.8, 1.8)], [(0, 0.8), (1.3, 0.8)],
                 [(0, 1.2), (1.3, 1.2)]],
        "box": [[(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)], [(0, 0), (2, 2)]],
    },
    "validation": {
        "H": [[(0, 0), (0, 2)], [(1.6, 0), (1.6, 2)], [(0, 1), (1.6, 1)]],
        "B": [[(0, 2), (0, 0), (1, 0), (1, 1), (0, 1), (1.3, 1.2), (1.2, 2), (0, 2)], [(-0.4, 0), (-0.4, 2)]],
        "k": [[(0, 0), (0, 2)], [(1, 0.8), (0, 1.4), (1.1, 2)]],
        "*": [[(1, 0), (1, 2)], [(0, 0.5), (2, 1.5)], [(2, 0.5), (0, 1.5)]],
        "arrow": [[(0, 1), (2, 1)], [(1.3, 0.4), (2, 1), (1.3, 1.6)]],
    },
    "test": {
        "F": [[(1.7, 0), (0, 0), (0, 2)], [(0, 1), (1.3, 1)]],
        "N": [[(0, 2), (0, 0), (1.6, 2), (1.6, 0)]],
        "W": [[(0, 0), (0.5, 2), (1, 0.6), (1.5, 2), (2, 0)]],
        "w": [[(0, 0.8), (0.3, 2), (0.9, 2), (1, 0.8), (1.1, 2), (1.8, 2), (2, 0.8)]],
        "#": [[(0.5, 0), (0.3, 2)], [(1.5, 0), (1.3, 2)], [(0, 0.6), (2, 0.6)], [(0, 1.4), (2, 1.4)]],
        "dollar": [[(1.7, 0.3), (0.9, 0.1), (0.3, 0.6), (1.6, 1.4), (1, 1.9), (0.2, 1.7)], [(0.8, -0.4), (0.8, 2.4)],
                   [(1.2, -0.4), (1.2, 2.4)]],
        "house": [[(0, 2), (0, 0.8), (1, 0), (2, 0.8), (2, 2), (0, 2)], [(0, 0.8), (2, 0.8)]],
    },
}  # fmt: skip


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
    kinds: dict[str, Callable[[], Strokes]] = {
        "scribble": lambda: _scribble(rng),
        "letter": lambda: _glyph(rng, list(_GLYPHS[part].values())),
        "zigzag": lambda: _zigzag(rng),
        "two digits": lambda: _pair(rng, writers[rng.integers(len(writers))]),
        "turned digit": lambda: _turned(rng, samples),
        "ruled lines": lambda: _ruled(rng),
    }
    images, names = np.empty((count, SIDE, SIDE), np.uint8), []
    for index in range(count):
        name = [*kinds, "blot"][index % (len(kinds) + 1)]
        images[index] = normalise(_blot(rng) if name == "blot" else _written(rng, kinds[name]()))
        names.append(name)
    return images, names


def _written(rng: np.random.Generator, strokes: Strokes) -> NDArray[np.float32]:
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


def _glyph(rng: np.random.Generator, glyphs: Sequence[Strokes]) -> Strokes:
    """A letter or sign in a shaky hand."""
    glyph = glyphs[int(rng.integers(len(glyphs)))]
    shaken = [_with_middles(np.asarray(stroke, np.float64)) for stroke in glyph]
    shaken = [stroke + rng.normal(0, 0.05, stroke.shape) + rng.normal(0, 0.06, 2) for stroke in shaken]
    return slant(shaken, rng.uniform(-15, 15), math.exp(rng.uniform(-0.35, 0.2)))


def _with_middles(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A polyline with two more points on each side, so that a smooth curve through them keeps its corners."""
    steps = np.linspace(0, 1, 3, endpoint=False)[:, None]
    sides = [start + (end - start) * steps for start, end in pairwise(points)]
    return np.concatenate([*sides, points[-1:]])


def _pair(rng: np.random.Generator, samples: Sequence[Sample]) -> Strokes:
    """Two digits of one writer close together, as a number looks that was not cut."""
    left, right = (samples[index] for index in rng.integers(len(samples), size=2))
    first = [np.asarray(stroke, np.float64) for stroke in left.strokes]
    second = [np.asarray(stroke, np.float64) for stroke in right.strokes]
    low, high = np.concatenate(first).min(axis=0), np.concatenate(first).max(axis=0)
    other_low, other_high = np.concatenate(second).min(axis=0), np.concatenate(second).max(axis=0)
    gap = rng.uniform(-0.05, 0.25) * (high[1] - low[1])
    middle = (low[1] + high[1] - other_low[1] - other_high[1]) / 2 + rng.normal(0, 0.05) * (high[1] - low[1])
    move = np.array([high[0] + gap - other_low[0], middle])
    return [*first, *(stroke + move for stroke in second)]


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


def _blot(rng: np.random.Generator) -> NDArray[np.float32]:
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
