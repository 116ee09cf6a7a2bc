"""Layout: what is written, as groups of pieces that may be digits, and the choice among them.

`Reader` makes one of every picture, has the network read all its images, and gives the probabilities back.
"""

import math

import numpy as np
from numpy.typing import NDArray

from digits.ink.cutting import Group, best_cover, clusters, digit_height, is_rule, is_speck, lines
from digits.ink.picture import Picture
from digits.ink.pieces import Box, InkPieces, StrokePieces

FEATURES = (
    "log p",  # of the likeliest digit
    "log odds",  # of the same
    "wider",  # than high, in its own heights
    "beside",  # `Group.beside`, and so on
    "shared",
    "cut",
    "crossed",
    "low",  # by how much it is lower than digits usually are
    "broad",  # by how much it is broader
    "speck",  # 1 if it is left out as no digit; nothing else counts then
    *(f"is {digit}" for digit in range(10)),  # 1 for the likeliest digit
    *(f"{digit} of several" for digit in range(10)),  # strokes, not parts of ink: usual for a 4, not for a 0
    *(f"{digit} loose" for digit in range(10)),  # parts that do not touch: usual for a 5, not for a 9
)
"""What counts in the choice, a log-linear model: the score of a reading is the weighted sum over all its groups."""

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
"""Likeliest on numbers of the writers of pen-train and pen-validation: benchmarks/cutting.py --fit finds them."""

_COMMON = len(FEATURES) - 3 * 10  # features that are not of one digit
_SUREST = 1e-4  # less doubt counts as this much: where the network errs, it is often as sure
_MOST_CUT = 2.0  # a larger cut counts as this
_LOW, _BROAD = 0.6, 1.1  # heights of a usual digit; few digits are lower or broader
_WIDE, _SURE = 1.0, 0.97  # times its height, confidence: what is wider, or less sure, may be two digits that touch
_LONE_WIDE, _LONE_SURE = 1.4, 0.5  # the same where nothing else is written, which is one digit as a rule
_ALONE = 3.0  # added to the score of one digit where nothing else is written: most pictures show just one


class Layout:
    """The pieces of one picture or drawing, grouped.

    Args:
        written: what has the pieces.
        picture: where they are from; None for strokes.

    Attributes:
        clusters: groups that may be digits; no digit holds pieces of two clusters.
        groups: of all clusters, one after the other.
        images: of each group, (28, 28) uint8 as the network reads it.
    """

    def __init__(self, written: StrokePieces | InkPieces, picture: Picture | None = None) -> None:
        pieces = written.pieces
        height = digit_height(pieces) if pieces else 1.0
        ruled = {index for index, piece in enumerate(pieces) if is_rule(piece, height)}
        self.written, self._picture = written, picture
        self.clusters = clusters(written, height, set(range(len(pieces))) - ruled or ruled)
        self._weights = INK_WEIGHTS if isinstance(written, InkPieces) else STROKE_WEIGHTS
        self.groups = [group for cluster in self.clusters for group in cluster]
        self.images = [written.image(group.pieces) for group in self.groups]

    def box(self, index: int) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of a group in the source's unit, rounded outwards."""
        left, top, right, bottom = self.written.box(self.groups[index].pieces)
        box = math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)
        return self._picture.to_original(box) if self._picture else box

    def strokes(self, index: int) -> tuple[int, ...]:
        """Which of the source's strokes make a group; none on a picture."""
        return self.written.strokes_of(self.groups[index].pieces)

    def finer(self, probabilities: NDArray[np.float32]) -> "Layout | None":
        """The same ink with parts cut where neighbours may touch; None where nothing suggests that they do.

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
        return Layout(written, self._picture) if len(written.pieces) > len(self.written.pieces) else None

    def lines(self, probabilities: NDArray[np.float32]) -> list[list[int]]:
        """The digits, as indices of groups: lines from top to bottom, each from left to right."""
        cover = self._cover(probabilities)
        digits = [index for index in cover if not is_speck(self.groups[index])]
        if not digits:  # where there are but specks, the highest is read as what it is most like
            digits = sorted(cover, key=lambda index: -self.groups[index].height)[:1]
        boxes: list[Box] = [self.written.box(self.groups[index].pieces) for index in digits]
        return [[digits[place] for place in line] for line in lines(boxes)]

    def _cover(self, probabilities: NDArray[np.float32]) -> list[int]:
        """The likeliest reading, as indices of groups that hold every piece once."""
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
