"""Pieces of handwriting: strokes as they come, and the connected parts of ink on a picture, cut where they may touch.

A piece is ink of one digit. Strokes and parts are pieces as they are; a part that is cut becomes a unit of many pieces,
of which each stretch between two cuts may be a digit.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.ink.normalise import normalise
from digits.ink.parts import Grey, Parts
from digits.ink.seams import seams
from digits.ink.strokes import Strokes, draw

PEN = 0.09
"""Strokes come without a pen: a digit is drawn with one this wide, as a part of its longer side."""

_INK = 0.3  # of the strongest ink; what is lighter joins nothing: soft edges of neighbours
_EDGE = 2  # pixels, how far those soft edges reach
_LEAST = 0.1  # of the ink of a part as wide as high; less between two cuts is no digit

Labels = NDArray[np.int32]

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in the strokes' unit or in pixels."""

Unit = tuple[int, ...]
"""Pieces that may be a digit without their neighbours."""


class Piece(NamedTuple):
    """Ink of one digit, or of nothing."""

    box: Box
    mass: float
    """How much ink: its area, or the length of a stroke."""


def around(boxes: Iterable[Box]) -> Box:
    """The box around boxes."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


class StrokePieces:
    """Strokes, each a piece.

    Args:
        strokes: as a pen or a mouse left them; those without a point are no pieces.

    Raises:
        ValueError: a coordinate is not finite.
    """

    def __init__(self, strokes: Strokes) -> None:
        written = {place: np.asarray(s, np.float64).reshape(-1, 2) for place, s in enumerate(strokes) if len(s)}
        if not all(np.isfinite(stroke).all() for stroke in written.values()):
            raise ValueError("strokes hold a coordinate that is not finite")
        self._strokes, self._places = list(written.values()), list(written)
        self.pieces = [_stroke_piece(stroke) for stroke in self._strokes]
        self.units: list[Unit] = [(index,) for index in range(len(self.pieces))]

    def image(self, chosen: Collection[int]) -> NDArray[np.uint8]:
        """Pieces as the network gets them, (28, 28)."""
        left, top, right, bottom = self.box(chosen)
        pen = PEN * (max(right - left, bottom - top) or 1.0)
        return normalise(draw([self._strokes[index] for index in chosen], pen))

    def box(self, chosen: Iterable[int]) -> Box:
        """Around the points of pieces, in the strokes' unit."""
        return around(self.pieces[index].box for index in chosen)

    def strokes_of(self, chosen: Iterable[int]) -> tuple[int, ...]:
        """Where pieces stand among the strokes."""
        return tuple(self._places[index] for index in chosen)

    def touching(self, height: float) -> NDArray[np.float64]:
        """1 for pieces that touch when digits of this height are drawn with the usual pen, else 0: (N, N)."""
        pen = PEN * height
        points = [_finely(stroke, pen) for stroke in self._strokes]
        low, high = np.array([piece.box for piece in self.pieces]).reshape(-1, 2, 2).swapaxes(0, 1)
        near = ((low[:, None] - high < pen) & (low - high[:, None] < pen)).all(axis=2)
        touching = np.zeros(near.shape)
        for one, other in np.argwhere(np.triu(near, 1)).tolist():
            gap = points[one][:, None] - points[other]
            touching[one, other] = touching[other, one] = np.einsum("ijk,ijk->ij", gap, gap).min() < pen**2
        return touching

    def crossing(self) -> NDArray[np.float64]:
        """1 for pieces whose lines run through each other, else 0: (N, N)."""
        sides = [np.stack([stroke[:-1], stroke[1:]]) for stroke in self._strokes]
        low, high = np.array([piece.box for piece in self.pieces]).reshape(-1, 2, 2).swapaxes(0, 1)
        near = ((low[:, None] < high) & (low < high[:, None])).all(axis=2)
        crossing = np.zeros(near.shape)
        for one, other in np.argwhere(np.triu(near, 1)).tolist():
            crossing[one, other] = crossing[other, one] = _cross(sides[one], sides[other])
        return crossing


def _stroke_piece(stroke: NDArray[np.float64]) -> Piece:
    (left, top), (right, bottom) = stroke.min(axis=0).tolist(), stroke.max(axis=0).tolist()
    return Piece((left, top, right, bottom), float(np.hypot(*np.diff(stroke, axis=0).T).sum()))


def _cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Whether any two segments cross: of (2, N, 2) and (2, M, 2), starts and ends."""
    (start, end), (first, last) = one[:, :, None], other[:, None]
    apart = _turn(start, end, first) * _turn(start, end, last), _turn(first, last, start) * _turn(first, last, end)
    return bool(((apart[0] < 0) & (apart[1] < 0)).any())


def _turn(start: NDArray[np.float64], end: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Positive where the way from start over end to a point turns right, as seen with y down."""
    way, further = end - start, point - start
    return way[..., 0] * further[..., 1] - way[..., 1] * further[..., 0]


def _finely(stroke: NDArray[np.float64], spacing: float) -> NDArray[np.float64]:
    """Points at most `spacing` apart along a stroke, (N, 2)."""
    along = np.append(0.0, np.hypot(*np.diff(stroke, axis=0).T).cumsum())
    at = np.linspace(0, along[-1], int(along[-1] / spacing) + 2)
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], axis=1)


class InkPieces:
    """The parts of the ink on a picture that do not touch, each a piece; `split` makes more of them.

    Args:
        ink: (H, W), 0 paper, 1 ink.

    Attributes:
        labels: (H, W), 0 for paper, else the piece's index plus 1.
    """

    def __init__(self, ink: Grey) -> None:
        self.ink = ink
        self._label(Parts(ink > _INK * ink.max(initial=0.0)).labels())
        self.units: list[Unit] = [(index,) for index in range(len(self.pieces))]

    def _label(self, labels: Labels) -> None:
        """Makes pieces of labels."""
        self.labels = labels
        rows, columns = np.nonzero(labels)
        owner = labels[rows, columns] - 1
        count = int(owner.max(initial=-1)) + 1
        low, high = np.full((2, count), max(labels.shape)), np.zeros((2, count), np.intp)
        for axis, places in enumerate((columns, rows)):
            np.minimum.at(low[axis], owner, places)
            np.maximum.at(high[axis], owner, places + 1)
        mass = np.bincount(owner, self.ink[rows, columns], count)
        boxes = np.concatenate([low, high]).T.tolist()
        self.pieces = [Piece((*box,), area) for box, area in zip(boxes, mass.tolist(), strict=True)]

    def image(self, chosen: Collection[int]) -> NDArray[np.uint8]:
        """Pieces as the network gets them, (28, 28)."""
        if len(chosen) == len(self.pieces):
            return normalise(self.ink)
        left, top, right, bottom = (int(side) for side in self.box(chosen))
        field = np.s_[max(top - _EDGE, 0) : bottom + _EDGE, max(left - _EDGE, 0) : right + _EDGE]
        labels = _with_edges(self.labels[field], self.ink[field])
        return normalise(self.ink[field] * np.isin(labels, np.array(list(chosen)) + 1))

    def box(self, chosen: Iterable[int]) -> Box:
        """Around pieces, in pixels, right and bottom exclusive."""
        return around(self.pieces[index].box for index in chosen)

    def strokes_of(self, chosen: Iterable[int]) -> tuple[int, ...]:
        """None: a picture has no strokes."""
        return ()

    def touching(self, height: float) -> NDArray[np.float64]:
        """Along how much of a digit's height each two pieces lie next to each other, (N, N)."""
        touching = np.zeros((len(self.pieces), len(self.pieces)))
        for one, other in ((self.labels[1:], self.labels[:-1]), (self.labels[:, 1:], self.labels[:, :-1])):
            meet = (one != other) & (one > 0) & (other > 0)
            np.add.at(touching, (one[meet] - 1, other[meet] - 1), 1 / height)
        return touching + touching.T

    def crossing(self) -> NDArray[np.float64]:
        """None: parts of ink do not cross, (N, N)."""
        return np.zeros((len(self.pieces), len(self.pieces)))

    def split(self, chosen: Collection[int]) -> "InkPieces":
        """The same ink with these pieces, all of them whole parts, cut wherever neighbours may touch."""
        labels = np.zeros_like(self.labels)
        units: dict[Unit, None] = {}
        count = 0
        for index in range(len(self.pieces)):
            left, top, right, bottom = (int(side) for side in self.box([index]))
            inside = self.labels[top:bottom, left:right] == index + 1
            ink = self.ink[top:bottom, left:right] * inside
            cuts = seams(ink) if index in chosen else np.zeros((0, len(ink)), np.intp)
            # On which side of each cut: one bit a cut.
            right_of = (np.arange(right - left) >= cuts[:, :, None]) << np.arange(len(cuts))[:, None, None]
            sides, piece = np.unique(right_of.sum(axis=0)[inside], return_inverse=True)
            labels[top:bottom, left:right][inside] = piece + count + 1
            mass = np.bincount(piece, ink[inside])
            least = _LEAST * mass.sum() / max(1.0, ink.shape[1] / ink.shape[0])
            for between in _stretches(sides, len(cuts)):
                if mass[between].sum() >= least:
                    units[tuple((np.flatnonzero(between) + count).tolist())] = None
            count += len(sides)
        finer = InkPieces.__new__(InkPieces)
        finer.ink = self.ink
        finer._label(labels)
        finer.units = list(units)
        return finer


def _stretches(sides: NDArray[np.intp], cuts: int) -> Iterable[NDArray[np.bool_]]:
    """Which pieces lie between each two cuts that do not cross, the ends being cuts too.

    Args:
        sides: bit k says whether a piece is to the right of cut k, (pieces,).
        cuts: how many, from left to right.
    """
    every = np.ones(len(sides), np.bool_)
    right_of = [every, *((sides >> cut) & 1 > 0 for cut in range(cuts)), ~every]
    for place, after in enumerate(right_of):
        for before in right_of[place + 1 :]:
            if not (before & ~after).any():
                yield after & ~before


def _with_edges(labels: Labels, ink: Grey) -> Labels:
    """The labels, grown into the soft edges of ink around them."""
    for _ in range(_EDGE):
        grown = labels.copy()
        for to, of in (
            (np.s_[1:], np.s_[:-1]),
            (np.s_[:-1], np.s_[1:]),
            (np.s_[:, 1:], np.s_[:, :-1]),
            (np.s_[:, :-1], np.s_[:, 1:]),
        ):
            free = (grown[to] == 0) & (ink[to] > 0)
            grown[to][free] = labels[of][free]
        labels = grown
    return labels
