"""Hands that write numbers on made pages: the digits of one pen writer, or MNIST digits of one slant and pen.

A hand draws digits and signs as small patches of ink; `pages` puts them on paper.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.data import allographs, letters, signs
from digits.data.pen import Sample
from digits.data.sets import DigitSet
from digits.ink import smooth
from digits.ink.opencv import cv2

Ink = NDArray[np.uint8]
Curve = NDArray[np.float64]

_FINE = 3  # strokes are drawn so many times larger, for soft edges
_SCHOOLS, _TAUGHT = 0.5, 0.5  # of the pens' hands; of such a hand's digits: in another form than their writer's
_FULL = 64  # of 255: ink from which on a pixel belongs to a glyph's box


class Glyph(NamedTuple):
    """A digit or sign as drawn."""

    ink: Ink
    """(H, W), cut to its ink, 0 paper, 255 ink."""
    top: float
    """Where its upper edge is over the line it stands on, pixels; negative is above."""
    ends: Curve | None = None
    """Where the pen came down and where it left, (2, 2) x and y, pixels from the upper left corner; None if that is not
    known."""


class _Pens:
    """The digits of every pen writer, as smooth curves."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        by_writer: dict[str, list[Sample]] = defaultdict(list)
        for sample in samples:
            by_writer[sample.writer].append(sample)
        self.writers: list[list[list[list[Curve]]]] = []
        for writer in sorted(by_writer):
            written = by_writer[writer]
            heights = [float(np.ptp(np.concatenate([np.asarray(s, np.float64) for s in one.strokes])[:, 1]))
                       for one in written]  # fmt: skip
            height = float(np.median(heights)) or 1.0
            digits: list[list[list[Curve]]] = [[] for _ in range(10)]
            for one in written:
                digits[one.digit].append(
                    _standing([np.asarray(stroke, np.float64).reshape(-1, 2) / height for stroke in one.strokes])
                )
            self.writers.append(digits)
        # Who gave some digits only writes the others as the first who gave them does.
        for digits in self.writers:
            for value, some in enumerate(digits):
                some += [] if some else next((other[value] for other in self.writers if other[value]), [])


def _standing(strokes: list[Curve]) -> list[Curve]:
    """Strokes in heights, as curves whose lowest point and leftmost have y and x 0."""
    points = np.concatenate(strokes)
    corner = np.array([points[:, 0].min(), points[:, 1].max()])
    return [smooth(stroke - corner) for stroke in strokes]


class _Images:
    """MNIST digits in the order of how thick their pen is, with the slant of each."""

    def __init__(self, digits: DigitSet) -> None:
        self.images = digits.images
        ink = digits.images.astype(np.float32) / 255
        y, x = np.mgrid[:28, :28].astype(np.float32)
        total = ink.sum((1, 2))
        middle_y, middle_x = ((ink * axis).sum((1, 2)) / total for axis in (y, x))
        off_y = y - middle_y[:, None, None]
        spread = (ink * off_y**2).sum((1, 2))
        self.lean = -(ink * off_y * (x - middle_x[:, None, None])).sum((1, 2)) / spread
        # Ink over the length of its outline grows with the pen.
        outline = (ink > 0.5).sum((1, 2)) / (np.abs(np.diff(ink > 0.5, axis=2)).sum((1, 2)) + 1)
        self.by_digit = [own[np.argsort(outline[own], kind="stable")] for own in
                         (np.flatnonzero(digits.labels == digit) for digit in range(10))]  # fmt: skip


@dataclass
class Hand:
    """One person's way of writing on one page.

    Args:
        source: writers of pens, or images.
        rng: everything random about the hand, and about each glyph.
        height: of a digit, pixels.
    """

    source: "_Pens | _Images"
    rng: np.random.Generator
    height: float

    def __post_init__(self) -> None:
        rng = self.rng
        self.pen = self.height * max(math.exp(rng.uniform(math.log(0.05), math.log(0.2))), 1.1 / self.height)
        self.lean = rng.normal(0.04, 0.21)
        self.widen = math.exp(rng.normal(0, 0.18))
        self.uneven = abs(rng.normal(0, 0.06))
        self.lift = abs(rng.normal(0, 0.04))
        self.warp = rng.uniform(0, 0.05)
        self.ragged, self.loose, self.linked = rng.random(3) < (0.15, 0.3, 0.3)
        self.thick = rng.random()
        self.firm = rng.uniform(1.2, 3.0), rng.uniform(88, 150)
        if isinstance(self.source, _Pens):
            self._digits = self.source.writers[int(rng.integers(len(self.source.writers)))]
        often = _TAUGHT if rng.random() < _SCHOOLS else 0.0
        self._forms = {digit: allographs.choose(digit, rng) for digit in range(10) if rng.random() < often}

    def digit(self, value: int, size: float = 1.0) -> Glyph:
        """A digit, `size` times as large as this hand writes otherwise."""
        size *= self.height * math.exp(self.rng.normal(0, self.uneven))
        lift = self.rng.normal(0, self.lift) * self.height
        if self.ragged and self.rng.random() < (0.5 if value == 1 else 0.2):  # a small one, anywhere in the line
            size, usual = size * self.rng.uniform(0.45, 0.9), size
            lift -= self.rng.uniform(0, 0.7) * (usual - size)
        if isinstance(self.source, _Images):
            return self._from_image(self.source, value, size, lift)
        some = self._digits[value]
        if form := self._forms.get(value):
            curves = _standing(allographs.written(form, self.rng))
        else:
            curves = some[int(self.rng.integers(len(some)))]
        if self.loose:
            curves = _loosened(curves, self.rng, value)
        return self._drawn(curves, size, lift)

    def link(self, way: Curve) -> tuple[Ink, Curve]:
        """The ink of a pen that is not lifted on its way to the next digit.

        Args:
            way: where it goes, x and y, pixels from where it starts.

        Returns:
            (H, W) ink, and where its upper left corner lies, from the same start.
        """
        along = np.linspace(0, 1, 9)[:, None]
        sag = self.height * np.array([0.0, self.rng.uniform(-0.1, 0.25)])
        return self._inked([along * way + 4 * along * (1 - along) * sag])

    def sign(self, name: str, size: float = 1.0) -> Glyph:
        """One of `ink.marks.SIGNS`."""
        lift = self.rng.normal(0, self.lift) * self.height
        return self._drawn(signs.sign(name, self.rng), size * self.height, lift, 1.25 if name in ".:," else 1.0)

    def doodle(self) -> Glyph:
        """Ink that says nothing."""
        return self._drawn(signs.doodle(self.rng), self.height * self.rng.uniform(0.6, 1.8), 0.0)

    def letter(self, part: str, letter: str) -> Glyph:
        """A letter in this hand: of a font whose lines are bent, leant and drawn with this pen."""
        size = self.height * math.exp(self.rng.normal(0, 0.05)) / letters.HIGH
        lean = self.lean + self.rng.normal(0, 0.05)
        of = letters.choose(part, self.rng, letter)
        ink = letters.written(of, self.rng, size, lean, self.widen, self.warp * self.height, self.pen)
        lift = self.rng.normal(0, self.lift) * self.height
        return _cut(ink, lift - letters.LINE * size)

    def _drawn(self, curves: list[Curve], size: float, lift: float, wider: float = 1.0) -> Glyph:
        rng = self.rng
        matrix = np.array([[size * self.widen, 0], [-(self.lean + rng.normal(0, 0.03)) * size, size]])
        curves = [curve @ matrix for curve in curves]
        if self.warp:
            curves = _pushed(curves, rng, self.warp * size, size)
        ink, corner = self._inked(curves, wider)
        return _cut(ink, corner[1] + lift, np.stack([curves[0][0], curves[-1][-1]]) - corner)

    def _inked(self, curves: list[Curve], wider: float = 1.0) -> tuple[Ink, Curve]:
        """Curves, pixels, as this hand's pen draws them, and where the upper left corner lies."""
        points = np.concatenate(curves)
        low = points.min(axis=0)
        thick = max(round(self.pen * wider * math.exp(self.rng.normal(0, 0.08)) * _FINE), 2)
        margin = thick / 2 + 2 * _FINE
        extent = np.ceil((points.max(axis=0) - low) * _FINE + 2 * margin).astype(int)
        extent += -extent % _FINE
        canvas = np.zeros((int(extent[1]), int(extent[0])), np.uint8)
        paths = [np.rint(((curve - low) * _FINE + margin) * 8).astype(np.int32) for curve in curves]
        cv2.polylines(canvas, [path[:, None] for path in paths], False, 255, thick, cv2.LINE_8, 3)
        ink = cv2.resize(canvas, (int(extent[0]) // _FINE, int(extent[1]) // _FINE), interpolation=cv2.INTER_AREA)
        return ink, low - margin / _FINE

    def _from_image(self, source: _Images, value: int, size: float, lift: float) -> Glyph:
        rng = self.rng
        order = source.by_digit[value]
        place = (self.thick + rng.uniform(-0.08, 0.08)) * len(order)
        index = int(order[min(max(int(place), 0), len(order) - 1)])
        scale = size / 20
        lean = self.lean - 0.7 * source.lean[index]
        side = math.ceil(32 * scale * max(self.widen, 1) + abs(lean) * 28 * scale)
        down = math.ceil(30 * scale)
        matrix = np.array(
            [
                [scale * self.widen, -lean * scale, side / 2 - 14 * scale * self.widen + lean * scale * 14],
                [0, scale, down / 2 - 14 * scale],
            ]
        )
        ink = cv2.warpAffine(source.images[index], matrix, (side, down), flags=cv2.INTER_LINEAR)
        if self.warp > 0.02:
            ink = letters.bent(ink, rng, self.warp * self.height)
        gain, level = self.firm
        ink = np.clip((ink.astype(np.float32) - level) * gain + 128, 0, 255).astype(np.uint8)
        glyph = _cut(ink, 0.0)
        # A 0 begins and ends at its top; where the other digits of MNIST do is not known.
        top = np.array([float(np.median(np.flatnonzero(glyph.ink[0] > 0))), 0.5 * self.pen])
        return Glyph(glyph.ink, lift - glyph.ink.shape[0], np.stack([top, top]) if value == 0 else None)


class Hands:
    """Everyone whose digits a part's pages may show.

    Args:
        samples: pen digits of this part's writers.
        images: MNIST digits of this part.
    """

    def __init__(self, samples: Sequence[Sample], images: DigitSet) -> None:
        self._sources = (_Pens(samples), _Images(images))

    def hand(self, rng: np.random.Generator, height: float) -> Hand:
        """A hand that writes digits so many pixels high: as often a pen writer's as MNIST's."""
        return Hand(self._sources[int(rng.integers(2))], rng, height)


def _cut(ink: Ink, top: float, ends: Curve | None = None) -> Glyph:
    """The ink without the empty rows and columns around it."""
    full = ink > _FULL
    rows, columns = np.flatnonzero(full.any(axis=1)), np.flatnonzero(full.any(axis=0))
    if not len(rows):
        return Glyph(np.full((1, 1), 255, np.uint8), top)
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Glyph(cut, top + float(rows[0]), None if ends is None else ends - (columns[0], rows[0]))


def _loosened(curves: list[Curve], rng: np.random.Generator, digit: int) -> list[Curve]:
    """Strokes that come down a little beside where they should; the bar of a 5 flies off to the right."""

    def moved(curve: Curve) -> Curve:
        wide, high = np.ptp(curve, axis=0)
        if digit == 5 and wide > 2 * high:
            return curve + np.array([rng.uniform(-0.05, 0.4), rng.uniform(-0.15, 0.05)])
        return curve + rng.normal(0, 0.04, 2)

    return [moved(curve) for curve in curves] if len(curves) > 1 else curves


def _pushed(curves: list[Curve], rng: np.random.Generator, amount: float, size: float) -> list[Curve]:
    """The curves with every point pushed along a long random wave."""
    cycles, phases = rng.uniform(-1, 1, (2, 2)) * (2 * math.pi / size), rng.uniform(0, 2 * math.pi, 2)
    return [curve + amount * np.sin(curve @ cycles + phases) for curve in curves]
