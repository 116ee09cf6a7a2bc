"""The forms that people give each digit, from country to country, as movements of a pen."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from digits.data.movement import Curve, Reach, shaken, write

Form = tuple[tuple[float, ...], ...]
"""A stroke: where the pen is set down (x, y), then each movement (x, y) or (x, y, bow); in heights, y down."""


class Allograph(NamedTuple):
    """A form of a digit."""

    digit: int
    name: str
    share: float
    """Of the digit's forms, as parts of a whole."""
    strokes: tuple[Form, ...]

    @override
    def __str__(self) -> str:
        return f"{self.digit} {self.name}"


_RING: Form = ((0.45, 0.0), (0.25, 1.0, -150), (0.45, 0.0, -190), (0.32, 0.06, -40))

ALLOGRAPHS = (
    Allograph(0, "plain", 4, (_RING,)),
    Allograph(0, "open at the top", 1, (((0.3, 0.06), (0.25, 1.0, -150), (0.5, 0.12, -150)),)),
    Allograph(0, "looped", 1, (((0.3, 0.1), (0.25, 1.0, -150), (0.45, 0.03, -180), (0.2, 0.12, -150),
              (0.6, 0.02, -60)),)),
    Allograph(0, "slashed", 1, (_RING, ((0.62, 0.05), (0.1, 0.95)))),
    Allograph(0, "slashed beyond", 0.5, (_RING, ((0.75, -0.08), (-0.02, 1.08)))),
    Allograph(0, "slashed back", 0.5, (_RING, ((-0.02, -0.05), (0.7, 1.05)))),
    Allograph(0, "barred", 0.25, (_RING, ((-0.15, 0.55), (0.85, 0.48)))),
    Allograph(0, "dotted", 0.5, (_RING, ((0.35, 0.46), (0.37, 0.52)))),
    Allograph(1, "bare", 3, (((0.05, 0.0), (0.0, 1.0)),)),
    Allograph(1, "flagged", 3, (((-0.25, 0.3), (0.0, 0.0), (0.0, 1.0)),)),
    Allograph(1, "long flag", 1, (((-0.42, 0.55), (0.0, 0.0, 10), (0.0, 1.0)),)),
    Allograph(1, "flagged and footed", 1, (((-0.25, 0.25), (0.0, 0.0), (0.0, 1.0)), ((-0.22, 1.0), (0.22, 1.0)))),
    Allograph(1, "footed", 0.5, (((0.0, 0.0), (0.0, 1.0)), ((-0.22, 1.0), (0.22, 1.0)))),
    Allograph(2, "angular", 3, (((0.03, 0.2), (0.5, 0.25, 170), (0.0, 1.0, 20), (0.6, 1.0)),)),
    Allograph(2, "looped", 3, (((0.03, 0.2), (0.5, 0.25, 170), (0.08, 0.95, 40), (0.1, 0.8, 230), (0.65, 0.95, 60)),)),
    Allograph(2, "eyed", 0.5, (((0.3, 0.3), (0.35, 0.02, -200), (0.45, 0.3, 150), (0.02, 0.95, 20), (0.1, 0.8, 230),
              (0.6, 0.97, 60)),)),
    Allograph(2, "swan", 1, (((0.0, 0.25), (0.45, 0.22, 190), (0.02, 0.92, 30), (0.3, 0.9, 60), (0.65, 0.93, -60)),)),
    Allograph(3, "round", 3, (((0.05, 0.12), (0.2, 0.47, 230), (0.0, 0.9, 210)),)),
    Allograph(3, "flat top", 1, (((0.05, 0.0), (0.5, 0.0), (0.22, 0.42), (0.0, 0.92, 210)),)),
    Allograph(3, "looped waist", 1, (((0.05, 0.12), (0.2, 0.5, 220), (0.14, 0.46, 200), (0.0, 0.9, 240)),)),
    Allograph(4, "open", 3, (((0.15, 0.0), (0.02, 0.6, -20), (0.6, 0.58)), ((0.48, 0.1), (0.42, 1.0)))),
    Allograph(4, "open, one stroke", 1, (((0.1, 0.0), (0.05, 0.55, -30), (0.5, 0.52, -40), (0.5, 0.05, -130),
              (0.45, 1.0)),)),
    Allograph(4, "closed", 2, (((0.45, 0.0), (0.0, 0.65), (0.65, 0.65)), ((0.45, 0.0), (0.43, 1.0)))),
    Allograph(4, "closed, one stroke", 1, (((0.43, 1.0), (0.45, 0.0), (0.0, 0.65), (0.65, 0.62)),)),
    Allograph(5, "two strokes", 3, (((0.1, 0.0), (0.05, 0.42), (0.0, 0.92, 230)), ((0.1, 0.0), (0.55, -0.02)))),
    Allograph(5, "one stroke", 2, (((0.55, 0.0), (0.12, 0.02), (0.06, 0.42), (0.0, 0.92, 230)),)),
    Allograph(5, "as an S", 1, (((0.55, 0.05), (0.12, 0.3, -110), (0.4, 0.6, 20), (0.0, 0.93, 160)),)),
    Allograph(5, "as an S with a hook", 0.5, (((0.5, 0.0), (0.1, 0.1), (0.12, 0.35, -60), (0.6, 0.62, 40),
              (0.1, 0.9, 150), (0.15, 0.7, 120)),)),
    Allograph(5, "bar aloft", 1, (((0.08, 0.1), (0.03, 0.45), (0.0, 0.95, 230)), ((0.15, 0.0), (0.75, -0.12)))),
    Allograph(5, "as a root", 0.5, (((0.0, 0.7), (0.12, 0.98, 30), (0.25, 0.02, -20), (0.8, 0.0)),)),
    Allograph(6, "closed", 3, (((0.45, 0.0), (0.05, 0.7, -60), (0.5, 0.75, -170), (0.06, 0.72, -170)),)),
    Allograph(6, "open", 1, (((0.4, 0.0), (0.05, 0.75, -50), (0.45, 0.75, -180), (0.2, 0.62, -110)),)),
    Allograph(6, "curled", 1, (((0.5, 0.12), (0.3, 0.02, -90), (0.05, 0.7, -70), (0.5, 0.75, -170),
              (0.06, 0.72, -170)),)),
    Allograph(7, "plain", 3, (((0.0, 0.0), (0.55, 0.0), (0.2, 1.0, 10)),)),
    Allograph(7, "crossed", 2, (((0.0, 0.0), (0.55, 0.0), (0.2, 1.0, 10)), ((0.12, 0.5), (0.55, 0.48)))),
    Allograph(7, "hooked", 1, (((0.0, 0.2), (0.03, 0.02), (0.55, 0.0), (0.25, 1.0, -20)),)),
    Allograph(7, "curled", 1, (((0.0, 0.12), (0.2, 0.05, 120), (0.55, 0.03, -100), (0.2, 1.0, 20)),)),
    Allograph(7, "curled and crossed", 1, (((0.0, 0.12), (0.2, 0.05, 120), (0.55, 0.03, -100), (0.2, 1.0, 20)),
              ((0.1, 0.52), (0.55, 0.45)))),
    Allograph(8, "one stroke", 3, (((0.5, 0.12), (0.12, 0.25, -190), (0.45, 0.75, 20), (0.05, 0.78, 180),
              (0.5, 0.12, 30)),)),
    Allograph(8, "two rings", 1, (((0.3, 0.0), (0.3, 0.46, -180), (0.3, 0.0, -180)), ((0.3, 0.46), (0.3, 1.0, -180),
              (0.3, 0.46, -180)))),
    Allograph(8, "from below", 1, (((0.3, 0.45), (0.3, 0.0, -190), (0.3, 0.48, -170), (0.3, 1.0, 180),
              (0.3, 0.45, 180)),)),
    Allograph(9, "straight", 3, (((0.5, 0.1), (0.05, 0.25, -150), (0.5, 0.2, -170), (0.45, 1.0)),)),
    Allograph(9, "curved", 2, (((0.5, 0.12), (0.05, 0.25, -160), (0.5, 0.22, -170), (0.3, 1.0, 60)),)),
    Allograph(9, "hooked", 2, (((0.5, 0.12), (0.05, 0.25, -160), (0.5, 0.22, -170), (0.45, 0.75, 30),
              (0.02, 0.88, 140)),)),
    Allograph(9, "as a q", 1, (((0.5, 0.0), (0.48, 1.0)), ((0.5, 0.05), (0.48, 0.5, -220)))),
    Allograph(9, "tail curled up", 1, (((0.5, 0.12), (0.05, 0.25, -160), (0.5, 0.22, -170), (0.48, 0.8, 15),
              (0.0, 0.75, 190)),)),
    Allograph(9, "as a g", 0.5, (((0.5, 0.1), (0.05, 0.22, -160), (0.5, 0.2, -170), (0.45, 0.85, 10),
              (0.05, 0.9, 170), (0.3, 0.75, 60)),)),
)  # fmt: skip


def choose(digit: int, rng: np.random.Generator) -> Allograph:
    """One of a digit's forms, by their shares."""
    return _drawn(BY_DIGIT[digit], rng.random())


def of_set(count: int, even: bool) -> list[Allograph]:
    """The forms of a set's images: digit by digit in turn by their shares, or all of them in turn."""
    if even:
        return [ALLOGRAPHS[index % len(ALLOGRAPHS)] for index in range(count)]
    spread = (math.sqrt(5) - 1) / 2  # multiples of the golden ratio fill 0 to 1 evenly
    return [_drawn(BY_DIGIT[index % 10], index // 10 * spread % 1) for index in range(count)]


BY_DIGIT = [[form for form in ALLOGRAPHS if form.digit == digit] for digit in range(10)]


def _drawn(forms: Sequence[Allograph], place: float) -> Allograph:
    ends = np.cumsum([form.share for form in forms])
    return forms[int(np.searchsorted(ends, place * ends[-1], side="right"))]


def written(form: Allograph, rng: np.random.Generator) -> list[Curve]:
    """The form as somebody might write it: places a little off, bows fuller or flatter, in haste or with care."""
    off, haste, tremor = rng.uniform(0.015, 0.06), rng.uniform(0.25, 0.62), rng.uniform(0, 0.012)
    full = rng.normal(1, 0.1)
    moved: dict[tuple[float, ...], NDArray[np.float64]] = {}
    curves = []
    for stroke in form.strokes:
        places = [np.array(one[:2]) + rng.normal(0, off, 2) for one in stroke]
        for one, place in zip(stroke, places, strict=True):
            place[:] = moved.setdefault(tuple(one[:2]), place)  # strokes that meet still do
        reaches = [
            Reach(place[0], place[1], (one[2] if len(one) > 2 else 0) * full + rng.normal(0, 9))
            for one, place in zip(stroke[1:], places[1:], strict=True)
        ]
        curves.append(shaken(write((places[0][0], places[0][1]), reaches, haste), tremor, rng))
    return curves
