"""Layout: what is written, as groups of pieces that may be digits, and the choice among them.

`Reader` makes one of every picture, has the network read all its images, and gives the probabilities back.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digits.ink.cutting import Group, best_cover, clusters, digit_height, is_rule, is_speck, lines
from digits.ink.pieces import Box, InkPieces, StrokePieces

FEATURES = (
    "one",  # each digit
    "log p",  # of the likeliest digit
    "log odds",  # of the same
    "several",  # strokes, not parts of ink
    "wider",  # than high, as a part of its height
    "beside",  # paper within it
    "shared",  # width with a piece outside
    "cut",  # ink that goes on outside
    "loose",  # parts that do not touch
    "low",  # for a digit
    "broad",  # for a digit
    "speck",  # left out as no digit; nothing else counts then
)
"""What counts in the choice. It is a log-linear model: a cover's log-probability is the sum over its groups."""

STROKE_WEIGHTS = (0.39, 0.12, 0.7, 2.36, -1.01, 0.03, -1.94, -0.57, -0.26, -0.34, -0.61, -1.58)
INK_WEIGHTS = (-1.52, 0.52, 0.41, 0.0, -1.16, -0.07, -2.32, -1.08, -3.27, -1.08, -2.32, -3.72)
"""Of greatest likelihood on numbers of pen-train and pen-validation writers. benchmarks/cutting.py finds them; of those
found with two networks, these read more numbers of the validation writers."""

_SUREST = 1e-4  # doubt below this is all the same: where the network errs, it is often as sure
_MOST_CUT = 2.0  # more contacts, or heights of digits cut through, count the same
_LOW, _BROAD = 0.6, 1.1  # usual heights; few digits are lower or broader
_WIDE, _SURE = 1.0, 0.97  # times the height, confidence: what is wider or less sure may be two digits that touch
_ALONE = 3.0  # log-odds that pieces near each other, with nothing else written, are one digit: most pictures show one
_LONE_WIDE, _LONE_SURE = 1.4, 0.5  # the same where nothing else is written: it is a digit, as a rule


class Layout:
    """The pieces of one picture or drawing, grouped.

    Attributes:
        written: what has the pieces.
        clusters: groups that may be digits; no digit holds pieces of two clusters.
        groups: of all clusters, one after the other.
        images: of each group, (28, 28) uint8 as the network reads it.
    """

    def __init__(self, written: StrokePieces | InkPieces) -> None:
        pieces = written.pieces
        height = digit_height(pieces) if pieces else 1.0
        ruled = {index for index, piece in enumerate(pieces) if is_rule(piece, height)}
        self.written = written
        self.clusters = clusters(written, height, set(range(len(pieces))) - ruled or ruled)
        self._weights = INK_WEIGHTS if isinstance(written, InkPieces) else STROKE_WEIGHTS
        self.groups = [group for cluster in self.clusters for group in cluster]
        self.images = [written.image(group.pieces) for group in self.groups]

    def box(self, index: int) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of a group in the source's unit, rounded outwards."""
        left, top, right, bottom = self.written.box(self.groups[index].pieces)
        return math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)

    def strokes(self, index: int) -> tuple[int, ...]:
        """Which of the source's strokes make a group; none on a picture."""
        return self.written.strokes_of(self.groups[index].pieces)

    def finer(self, probabilities: NDArray[np.float32]) -> "Layout | None":
        """A second layout with the parts of ink cut wherever neighbours may touch; None where that is out of question.

        Args:
            probabilities: of each group, (groups, 10).
        """
        if not isinstance(self.written, InkPieces) or not self.groups:
            return None
        cover = self._cover(probabilities)
        width, sure = (_LONE_WIDE, _LONE_SURE) if len(cover) == 1 else (_WIDE, _SURE)
        parts = set[int]()
        for index in cover:
            group = self.groups[index]
            if not is_speck(group) and (group.width > width * group.height or probabilities[index].max() < sure):
                parts.update(group.pieces)
        if not parts:
            return None
        written = self.written.split(parts)
        return Layout(written) if len(written.pieces) > len(self.written.pieces) else None

    def lines(self, probabilities: NDArray[np.float32]) -> list[list[int]]:
        """The digits, as indices of groups: lines from top to bottom, each from left to right."""
        cover = self._cover(probabilities)
        digits = [index for index in cover if not is_speck(self.groups[index])]
        if not digits:  # a dot alone is read as what it is most like
            digits = sorted(cover, key=lambda index: -self.groups[index].height)[:1]
        boxes: list[Box] = [self.written.box(self.groups[index].pieces) for index in digits]
        return [[digits[place] for place in line] for line in lines(boxes)]

    def _cover(self, probabilities: NDArray[np.float32]) -> list[int]:
        """Indices of the groups that are the likeliest reading, which hold every piece once."""
        found, start = [], 0
        for cluster in self.clusters:
            rows = probabilities[start : start + len(cluster)]
            scores = [
                float(np.dot(self._weights, features(group, row))) for group, row in zip(cluster, rows, strict=True)
            ]
            if len(self.clusters) == 1:
                everything = max(range(len(cluster)), key=lambda index: len(cluster[index].pieces))
                scores[everything] += _ALONE
            found += [start + index for index in best_cover(cluster, scores)]
            start += len(cluster)
        return found


def features(group: Group, probabilities: NDArray[np.float32]) -> Sequence[float]:
    """`FEATURES` of a group that the network reads with these probabilities, (10,)."""
    if is_speck(group):
        return (0.0,) * (len(FEATURES) - 1) + (1.0,)
    confidence = min(float(probabilities.max()), 1 - _SUREST)
    return (
        1.0,
        math.log(confidence),
        math.log(confidence / (1 - confidence)),
        float(group.strokes > 1),
        max(group.width / group.height - 1, 0.0),
        max(group.beside, 0.0),
        group.shared,
        min(group.cut, _MOST_CUT),
        float(group.loose),
        max(_LOW - group.height, 0.0),
        max(group.width - _BROAD, 0.0),
        0.0,
    )
