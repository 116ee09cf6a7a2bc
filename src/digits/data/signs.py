"""What stands between and around the digits of a number, as pen movements: signs and doodles.

Everything is in heights of a digit: y is -1 at a digit's top and 0 on the line it stands on, x runs to the right.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from digits.ink import smooth

Curve = NDArray[np.float64]


def sign(name: str, rng: np.random.Generator) -> list[Curve]:
    """The strokes of one of `SIGNS`, as hands differ in writing it."""
    return [np.asarray(stroke, np.float64) for stroke in _DRAWN[name](rng)]


def _dot(x: float, y: float, rng: np.random.Generator) -> Curve:
    return np.array([[x, y], [x + rng.uniform(0, 0.05), y + rng.uniform(-0.02, 0.03)]])


def _bow(points: list[tuple[float, float]], rng: np.random.Generator, shake: float = 0.02) -> Curve:
    places = np.asarray(points, np.float64)
    return smooth(places + rng.normal(0, shake, places.shape))


def _comma(rng: np.random.Generator) -> list[Curve]:
    length = rng.uniform(0.12, 0.28)
    lean = rng.uniform(0.1, 0.6) * length
    return [_bow([(0, -0.06), (0.02, 0.3 * length), (-lean, length)], rng, 0.008)]


def _colon(rng: np.random.Generator) -> list[Curve]:
    return [_dot(0, -rng.uniform(0.45, 0.75), rng), _dot(0, -rng.uniform(0.02, 0.15), rng)]


def _dash(rng: np.random.Generator) -> list[Curve]:
    width, y = rng.uniform(0.22, 0.75), -rng.uniform(0.3, 0.6)
    middle = (width / 2, y + rng.normal(0, 0.04))
    return [_bow([(0, y), middle, (width, y + rng.normal(0, 0.04))], rng, 0.005)]


def _slash(rng: np.random.Generator) -> list[Curve]:
    width = rng.uniform(0.2, 0.6)
    low, high = rng.uniform(-0.05, 0.25), -rng.uniform(0.95, 1.3)
    return [_bow([(0, low), (width / 2 + rng.normal(0, 0.03), (low + high) / 2), (width, high)], rng, 0.01)]


def _bracket(rng: np.random.Generator, side: int) -> list[Curve]:
    deep = side * rng.uniform(0.12, 0.28)
    low, high = rng.uniform(0, 0.25), -rng.uniform(1.0, 1.3)
    middle = (low + high) / 2
    return [_bow([(deep, high), (0.25 * deep, 0.6 * high), (0, middle), (0.25 * deep, 0.3 * high), (deep, low)], rng)]


def _plus(rng: np.random.Generator) -> list[Curve]:
    half, y = rng.uniform(0.2, 0.38), -rng.uniform(0.35, 0.6)
    return [_bow([(-half, y), (half, y)], rng), _bow([(0, y - half), (0, y + half)], rng)]


def _equals(rng: np.random.Generator) -> list[Curve]:
    width, gap, y = rng.uniform(0.3, 0.65), rng.uniform(0.14, 0.3), -rng.uniform(0.3, 0.4)
    return [_bow([(0, y - gap), (width, y - gap)], rng), _bow([(0, y), (width, y)], rng)]


def _dollar(rng: np.random.Generator) -> list[Curve]:
    bow = [(0.5, -0.85), (0.25, -1.0), (0.02, -0.8), (0.25, -0.52), (0.5, -0.25), (0.25, -0.02), (0, -0.15)]
    strokes = [_bow(bow, rng)]
    for x in (0.25,) if rng.random() < 0.6 else (0.18, 0.34):
        strokes.append(_bow([(x, -rng.uniform(1.05, 1.25)), (x, rng.uniform(0.05, 0.25))], rng))
    return strokes


def _euro(rng: np.random.Generator) -> list[Curve]:
    bow = [(0.62, -0.85), (0.4, -1.0), (0.12, -0.75), (0.08, -0.4), (0.3, -0.02), (0.62, -0.12)]
    bars = [[(-0.08, y), (rng.uniform(0.35, 0.5), y)] for y in (-0.6, -0.4)]
    return [_bow(bow, rng), *(_bow(bar, rng, 0.015) for bar in bars)]


def _pound(rng: np.random.Generator) -> list[Curve]:
    bow = [(0.55, -0.8), (0.38, -1.0), (0.2, -0.8), (0.24, -0.4), (0.15, -0.05), (0, 0), (0.3, -0.04), (0.62, -0.05)]
    return [_bow(bow, rng), _bow([(0, -0.5), (rng.uniform(0.35, 0.5), -0.5)], rng, 0.015)]


_DRAWN: dict[str, Callable[[np.random.Generator], list[Curve]]] = {
    ".": lambda rng: [_dot(0, -0.03, rng)],
    ",": _comma,
    ":": _colon,
    "-": _dash,
    "/": _slash,
    "(": lambda rng: _bracket(rng, 1),
    ")": lambda rng: _bracket(rng, -1),
    "+": _plus,
    "=": _equals,
    "$": _dollar,
    "€": _euro,
    "£": _pound,
}


def doodle(rng: np.random.Generator) -> list[Curve]:
    """Ink that says nothing: a scribble, a zigzag, a tick, a cross, a ring, a star, an arrow or a long bow."""
    kind = rng.integers(6)
    if kind == 0:  # a pen that swings to and fro while it wanders: three circular movements each way
        time = np.linspace(0, 2 * math.pi * rng.uniform(1, 4), 60)[:, None]
        speeds, phases = rng.uniform(0.3, 2.2, (2, 3)), rng.uniform(0, 2 * math.pi, (2, 3))
        sizes = rng.uniform(0.1, 0.4, (2, 3))
        return [np.stack([(sizes[i] * np.sin(speeds[i] * time + phases[i])).sum(axis=1) for i in (0, 1)], 1) - (0, 0.5)]
    if kind == 1:
        count = int(rng.integers(5, 14))
        along = np.linspace(0, rng.uniform(0.6, 2.5), count)
        return [np.stack([along, -np.where(np.arange(count) % 2, 0.9, 0.1) + rng.normal(0, 0.08, count)], 1)]
    if kind == 2:
        return [_bow([(0, -0.5), (0.25, 0), (0.8, -1.1)], rng, 0.05)]
    if kind == 3:
        return [_bow([(0, -1), (0.8, 0)], rng, 0.08), _bow([(0.8, -1), (0, 0)], rng, 0.08)]
    if kind == 4:
        angle, count = rng.uniform(0, 6), int(rng.integers(3, 6))
        ends = [0.5 * np.array([math.cos(angle + math.pi * i / count), math.sin(angle + math.pi * i / count)])
                for i in range(count)]  # fmt: skip
        return [np.stack([-end, end]) - (0, 0.5) for end in ends]
    width = rng.uniform(1, 4)
    return [_bow([(0, 0.1), (width / 3, rng.uniform(-0.3, 0.3)), (width, rng.uniform(-0.3, 0.3))], rng, 0.05)]
