"""Ways of writing that the people of data/ use too seldom to be measured, or to be learnt from, made from what they
wrote: the slash of a 0, the flag and foot of a 1, the closed top of a 4, the bar of a 7."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.ink import Strokes

Curve = NDArray[np.float64]


def slashed(strokes: Strokes, rng: np.random.Generator) -> list[Curve]:
    """A 0 with a slash from its lower left to its upper right, inside it or through its edge."""
    written, low, high = _box(strokes)
    reach = (high - low) / 2 * rng.uniform(0.55, 1.2, 2)
    centre = (low + high) / 2 + rng.normal(0, 0.04, 2) * (high - low)
    return [*written, np.stack([centre + reach * (1, -1), centre + reach * (-1, 1)])]


def flagged(strokes: Strokes, rng: np.random.Generator) -> list[Curve]:
    """A 1 with a flag at its top, a foot, or both."""
    written, low, high = _box(strokes)
    height = high[1] - low[1]
    points = np.concatenate(written)
    top, bottom = points[points[:, 1].argmin()], points[points[:, 1].argmax()]
    kind = rng.integers(3)
    if kind != 0:
        length, drop = height * rng.uniform(0.15, 0.45), rng.uniform(0.5, 1.2)
        written = [*written, np.stack([top + length * np.array([-1.0, drop]), top])]
    if kind != 1:
        half = height * rng.uniform(0.12, 0.35)
        side = half * np.array([1.0, rng.normal(0, 0.08)])
        written = [*written, np.stack([bottom - side, bottom + side])]
    return written


def closed(strokes: Strokes, rng: np.random.Generator) -> list[Curve]:
    """A 4 of an angle and a leg, its angle now drawn from the top of the leg."""
    (angle, leg), low, _ = _box(strokes)
    leg = leg[::-1] if leg[0, 1] > leg[-1, 1] else leg
    way = angle[-1] - angle[0]
    corner = int(np.abs(way[0] * (angle[:, 1] - angle[0, 1]) - way[1] * (angle[:, 0] - angle[0, 0])).argmax())
    lean = (leg[-1, 0] - leg[0, 0]) / max(leg[-1, 1] - leg[0, 1], 1e-9)
    top = np.array([leg[0, 0] + lean * (low[1] - leg[0, 1]), low[1]])
    meet = top + rng.normal(0, 0.03, 2) * np.ptp(leg[:, 1])
    return [np.concatenate([meet[None], angle[corner:]]), np.concatenate([top[None], leg])]


def crossed(strokes: Strokes, rng: np.random.Generator) -> list[Curve]:
    """A 7 with a bar through its leg."""
    written, low, high = _box(strokes)
    size = high - low
    y = low[1] + size[1] * rng.uniform(0.4, 0.65)
    leg = np.concatenate(written)
    x = leg[np.abs(leg[:, 1] - y).argmin(), 0]
    half = max(size[0], 0.4 * size[1]) * rng.uniform(0.22, 0.45)
    tilt = half * rng.normal(0, 0.15)
    return [*written, np.array([[x - half, y + tilt], [x + half, y - tilt]])]


class Style(NamedTuple):
    """What may be made of a digit."""

    strokes: int
    """With how many it must have been written."""
    make: Callable[[Strokes, np.random.Generator], list[Curve]]


STYLES = {0: Style(1, slashed), 1: Style(1, flagged), 4: Style(2, closed), 7: Style(1, crossed)}

TAUGHT = (0, 1, 7)
"""Digits that are also drawn so for training. MNIST is full of closed 4s: taught or not, as many of them are read."""


def _box(strokes: Strokes) -> tuple[list[Curve], Curve, Curve]:
    written = [np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in strokes]
    points = np.concatenate(written)
    return written, points.min(axis=0), points.max(axis=0)
