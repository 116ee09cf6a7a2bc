"""Layout: what is written, as groups of pieces that may be digits, and the choice among them.

`Reader` makes one of every picture, has the network read all its images, and gives the probabilities back.
"""

import math

import numpy as np
from numpy.typing import NDArray

from digits.ink.cutting import Group, best_cover, clusters, digit_height, is_rule, is_speck, lines
from digits.ink.pieces import Box, InkPieces, StrokePieces

FEATURES = (
    "log p",  # of the likeliest digit
    "log odds",  # of the same
    "wider",  # than high, as a part of its height
    "beside",  # paper within it
    "shared",  # width with a piece outside
    "cut",  # ink that goes on outside
    "crossed",  # strokes outside
    "low",  # for a digit
    "broad",  # for a digit
    "speck",  # left out as no digit; nothing else counts then
    *(f"is {digit}" for digit in range(10)),  # the likeliest digit
    *(f"{digit} of several" for digit in range(10)),  # strokes, not parts of ink: usual for a 4, not for a 0
    *(f"{digit} loose" for digit in range(10)),  # parts that do not touch: usual for a 5, not for a 9
)
"""What counts in the choice. It is a log-linear model: a cover's log-probability is the sum over its groups."""

STROKE_WEIGHTS = (
    *(1.36, 0.76, -2.01, -0.06, -2.11, -0.06, -2.97, -1.05, -1.39, -3.3),  # all digits
    *(-2.12, -0.86, -0.37, 0.85, 3.45, -0.32, 0.3, 0.49, 0.77, 1.03),  # is
    *(2.18, 0.14, -0.18, -0.5, 1.43, 3.08, -0.98, 0.55, -1.05, -0.04),  # of several
    *(0.59, -0.03, -1.1, -0.4, 0.57, -0.01, -0.68, -0.7, -0.05, -0.06),  # loose
)
INK_WEIGHTS = (
    *(2.94, 0.54, -2.58, -0.17, -1.62, -2.54, 0.0, -4.49, -1.47, -6.03),  # all digits
    *(-1.81, -3.62, -2.21, -1.24, -0.73, -2.11, -2.84, -3.05, -0.82, -1.16),  # is
    *(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),  # of several
    *(-1.25, -1.9, -3.36, -2.36, -2.27, -1.88, -2.13, -1.8, -2.31, -1.98),  # loose
)
"""Of greatest likelihood on numbers of pen-train and pen-validation writers, as benchmarks/cutting.py finds them."""

_COMMON = len(FEATURES) - 3 * 10  # features that are not of one digit
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


def features(group: Group, probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """`FEATURES` of a group that the network reads with these probabilities, (10,)."""
    found = np.zeros(len(FEATURES))
    if is_speck(group):
        found[_COMMON - 1] = 1.0
        return found
    digit = int(probabilities.argmax())
    confidence = min(float(probabilities[digit]), 1 - _SUREST)
    found[: _COMMON - 1] = (
        math.log(confidence),
        math.log(confidence / (1 - confidence)),
        max(group.width / group.height - 1, 0.0),
        max(group.beside, 0.0),
        group.shared,
        min(group.cut, _MOST_CUT),
        group.crossed,
        max(_LOW - group.height, 0.0),
        max(group.width - _BROAD, 0.0),
    )
    found[_COMMON + digit :: 10] = 1.0, float(group.strokes > 1), float(group.loose)
    return found
