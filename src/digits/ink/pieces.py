"""Pieces of handwriting: strokes as they come, and the connected parts of ink on a picture, cut where they may touch.

A piece is ink of one digit. A stroke, or a part that is left whole, is one piece. A part that is cut becomes several,
and each stretch between two of its cuts is a unit that may be a digit.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.ink.normalise import normalise
from digits.ink.parts import Grey, Parts
from digits.ink.seams import seams
from digits.ink.strokes import Strokes, as_arrays, draw, sampled

PEN = 0.09
"""Strokes come without a pen: a digit is drawn with one this wide, as a part of its longer side."""

_INK = 0.3  # of the strongest ink; lighter ink joins nothing, or neighbours would touch by their soft edges
_EDGE = 2  # pixels that soft edges reach out from ink
_LEAST = 0.1  # of the ink of a part as wide as high; with less, what lies between two cuts is no digit

Labels = NDArray[np.int32]

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in the strokes' unit or in pixels."""

Unit = tuple[int, ...]
"""Indices of pieces that may be a digit without their neighbours."""


class Piece(NamedTuple):
    """Ink of one digit, or of something else."""

    box: Box
    mass: float
    """How much ink: its area, or the length of a stroke."""
    strokes: tuple[int, ...] = ()
    """Which of the source's strokes it is; none for ink."""


class _Pieces:
    """What pieces of strokes and of ink have in common."""

    def __init__(self, pieces: list[Piece], units: list[Unit] | None = None) -> None:
        self.pieces = pieces
        self.units = [(index,) for index in range(len(pieces))] if units is None else units

    def box(self, chosen: Iterable[int]) -> Box:
        """Around pieces: their points in the strokes' unit, or their pixels, right and bottom exclusive."""
        left, top, right, bottom = zip(*(self.pieces[index].box for index in chosen), strict=True)
        return min(left), min(top), max(right), max(bottom)

    def strokes_of(self, chosen: Iterable[int]) -> tuple[int, ...]:
        """Which of the source's strokes pieces are; none for ink."""
        return tuple(stroke for index in chosen for stroke in self.pieces[index].strokes)


class StrokePieces(_Pieces):
    """Strokes, each a piece.

    Args:
        strokes: as a pen or a mouse left them; those without a point are no pieces.

    Raises:
        ValueError: a coordinate is not finite.
    """

    def __init__(self, strokes: Strokes) -> None:
        written = as_arrays(strokes)
        self._strokes = list(written.values())
        super().__init__([_stroke_piece(place, stroke) for place, stroke in written.items()])

    def image(self, chosen: Collection[int]) -> NDArray[np.uint8]:
        """Pieces as the network gets them, (28, 28)."""
        left, top, right, bottom = self.box(chosen)
        pen = PEN * (max(right - left, bottom - top) or 1.0)
        return normalise(draw([self._strokes[index] for index in chosen], pen))

    def touching(self, height: float) -> NDArray[np.float64]:
        """1 for pieces that touch when digits of this height are drawn with the usual pen, else 0: (N, N)."""
        pen = PEN * height
        points = [sampled(stroke, pen) for stroke in self._strokes]
        touching = np.zeros((len(points), len(points)))
        for one, other in self._near(pen):
            gap = points[one][:, None] - points[other]
            touching[one, other] = np.einsum("ijk,ijk->ij", gap, gap).min() < pen**2
        return touching + touching.T

    def crossing(self) -> NDArray[np.float64]:
        """1 for pieces whose lines run through each other, else 0: (N, N)."""
        crossing = np.zeros((len(self.pieces), len(self.pieces)))
        for one, other in self._near(0.0):
            crossing[one, other] = _cross(self._strokes[one], self._strokes[other])
        return crossing + crossing.T

    def _near(self, distance: float) -> list[list[int]]:
        """Pairs of pieces whose boxes are less than this apart, each pair once."""
        low, high = np.array([piece.box for piece in self.pieces]).reshape(-1, 2, 2).swapaxes(0, 1)
        near = ((low[:, None] - high < distance) & (low - high[:, None] < distance)).all(axis=2)
        return np.argwhere(np.triu(near, 1)).tolist()


def _stroke_piece(place: int, stroke: NDArray[np.float64]) -> Piece:
    (left, top), (right, bottom) = stroke.min(axis=0).tolist(), stroke.max(axis=0).tolist()
    return Piece((left, top, right, bottom), float(np.hypot(*np.diff(stroke, axis=0).T).sum()), (place,))


def _cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Whether any two segments of two lines (N, 2) and (M, 2) cross."""
    start, end, first, last = one[:-1, None], one[1:, None], other[:-1], other[1:]
    apart = _turn(start, end, first) * _turn(start, end, last), _turn(first, last, start) * _turn(first, last, end)
    return bool(((apart[0] < 0) & (apart[1] < 0)).any())


def _turn(start: NDArray[np.float64], end: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Positive where the way from start over end to a point turns right, as seen with y down."""
    way, further = end - start, point - start
    return way[..., 0] * further[..., 1] - way[..., 1] * further[..., 0]


class InkPieces(_Pieces):
    """The parts of the ink on a picture that do not touch, each a piece; `split` makes more of them.

    Args:
        ink: (H, W), 0 paper, 1 ink.
        labels: (H, W), 0 for paper, else a piece's index plus 1; by default, parts that do not touch are pieces.
        units: what may be a digit; by default, each piece.
    """

    def __init__(self, ink: Grey, labels: Labels | None = None, units: list[Unit] | None = None) -> None:
        self.ink = ink
        self.labels = Parts(ink > _INK * ink.max(initial=0.0)).labels() if labels is None else labels
        super().__init__(_ink_pieces(ink, self.labels), units)

    def image(self, chosen: Collection[int]) -> NDArray[np.uint8]:
        """Pieces as the network gets them, (28, 28)."""
        if len(chosen) == len(self.pieces):
            return normalise(self.ink)
        left, top, right, bottom = (int(side) for side in self.box(chosen))
        field = np.s_[max(top - _EDGE, 0) : bottom + _EDGE, max(left - _EDGE, 0) : right + _EDGE]
        labels = _with_edges(self.labels[field], self.ink[field])
        return normalise(self.ink[field] * np.isin(labels, np.array(list(chosen)) + 1))

    def touching(self, height: float) -> NDArray[np.float64]:
        """Along how much of a digit's height each two pieces lie next to each other, (N, N)."""
        touching = np.zeros((len(self.pieces), len(self.pieces)))
        for one, other in ((self.labels[1:], self.labels[:-1]), (self.labels[:, 1:], self.labels[:, :-1])):
            meet = (one != other) & (one > 0) & (other > 0)
            np.add.at(touching, (one[meet] - 1, other[meet] - 1), 1 / height)
        return touching + touching.T

    def crossing(self) -> NDArray[np.float64]:
        """All 0, (N, N): parts of ink do not cross."""
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
            # On which side of each cut a pixel lies, one bit a cut: pixels that agree in all of them are a piece.
            right_of = (np.arange(right - left) >= cuts[:, :, None]) << np.arange(len(cuts))[:, None, None]
            sides, piece = np.unique(right_of.sum(axis=0)[inside], return_inverse=True)
            labels[top:bottom, left:right][inside] = piece + count + 1
            mass = np.bincount(piece, ink[inside])
            least = _LEAST * mass.sum() / max(1.0, ink.shape[1] / ink.shape[0])
            for between in _stretches(sides, len(cuts)):
                if mass[between].sum() >= least:
                    units[tuple((np.flatnonzero(between) + count).tolist())] = None
            count += len(sides)
        return InkPieces(self.ink, labels, list(units))


def _ink_pieces(ink: Grey, labels: Labels) -> list[Piece]:
    rows, columns = np.nonzero(labels)
    owner = labels[rows, columns] - 1
    count = int(owner.max(initial=-1)) + 1
    low, high = np.full((2, count), max(labels.shape)), np.zeros((2, count), np.intp)
    for axis, places in enumerate((columns, rows)):
        np.minimum.at(low[axis], owner, places)
        np.maximum.at(high[axis], owner, places + 1)
    mass = np.bincount(owner, ink[rows, columns], count)
    boxes = np.concatenate([low, high]).T.tolist()
    return [Piece((*box,), area) for box, area in zip(boxes, mass.tolist(), strict=True)]


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
    upper, lower, left, right = np.s_[:-1], np.s_[1:], np.s_[:, :-1], np.s_[:, 1:]
    for _ in range(_EDGE):
        grown = labels.copy()
        for to, of in ((lower, upper), (upper, lower), (right, left), (left, right)):
            free = (grown[to] == 0) & (ink[to] > 0)
            grown[to][free] = labels[of][free]
        labels = grown
    return labels
