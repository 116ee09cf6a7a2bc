"""How a hand moves: from one place to the next in bows, each begun before the one before has ended.

The kinematic theory of R. Plamondon, *A Kinematic Theory of Rapid Human Movements*, Biological Cybernetics 72, 1995, in
the form of C. O'Reilly, R. Plamondon, *Development of a Sigma-Lognormal representation for on-line signatures*, Pattern
Recognition 42, 2009: the speed of each movement is a lognormal function of time, and what the pen does is their sum.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Curve = NDArray[np.float64]

_SPREAD = 0.25
"""Sigma of the lognormal speed: how far it is from even."""

_POINTS = 14
"""Of the curve, for each movement."""


class Reach(NamedTuple):
    """A movement of the pen."""

    x: float
    """Where it goes to, in heights of a digit to the right."""
    y: float
    """And downwards."""
    bow: float = 0.0
    """Degrees by which it turns on its way, clockwise as seen."""


def write(start: tuple[float, float], reaches: Sequence[Reach], haste: float) -> Curve:
    """The curve of one stroke (points, 2): a pen that comes by all places, the less exactly the more it hurries.

    Args:
        start: where the pen is set down.
        reaches: its movements.
        haste: which part of a movement's time the next does not wait for it, 0 to 1: at 0 it stops at every place.
    """
    at = np.array([start, *((reach.x, reach.y) for reach in reaches)], np.float64)
    bows = np.radians([reach.bow for reach in reaches])
    chords = np.diff(at, axis=0)
    begins = np.arange(len(reaches)) * 2.2 * (1 - haste)  # of 2.2 median times a movement is as good as done
    time = np.linspace(0, begins[-1] + 2.2, _POINTS * len(reaches) + 1)
    with np.errstate(divide="ignore"):
        done = ndtr(np.log(np.maximum(time[:, None] - begins, 0)) / _SPREAD)
    return np.asarray(at[0] + np.einsum("tmij,mj->ti", _along(bows, done), chords))


def _along(bows: NDArray[np.float64], done: NDArray[np.float64]) -> NDArray[np.float64]:
    """Maps each movement's chord to what of its arc is done: (times, movements, 2, 2)."""
    bows = np.where(np.abs(bows) < 1e-6, 1e-6, bows)
    angle = bows * done
    stretch = 1 / (2 * np.sin(bows / 2))
    along = stretch * (np.sin(angle - bows / 2) + np.sin(bows / 2))
    aside = stretch * (np.cos(bows / 2) - np.cos(angle - bows / 2))
    return np.moveaxis(np.array([[along, -aside], [aside, along]]), (0, 1), (2, 3))


def shaken(curve: Curve, tremor: float, rng: np.random.Generator) -> Curve:
    """A curve by a hand that trembles: smooth noise of this size, in heights."""
    noise = rng.normal(0, 1, (len(curve) + 8, 2))
    window = np.hanning(9)
    smooth = np.stack(
        [np.convolve(noise[:, axis], window / math.sqrt((window**2).sum()), "valid") for axis in (0, 1)], 1
    )
    return np.asarray(curve + tremor * smooth)
