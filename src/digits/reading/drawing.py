"""Strokes as a page to be seen, and which of them make each digit that was found there."""

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.ink import Strokes, draw, normalise, sampled
from digits.ink.strokes import as_arrays
from digits.reading.found import Box, Found
from digits.reading.page import Grey, Seen

PEN = 0.09
"""Strokes come without a pen: a digit is drawn with one this wide, as a part of its longer side."""

_HEIGHT = 24.0  # pixels of a digit on the page that is drawn
_PAPER = 12  # pixels of paper around it
_LONGEST = 4000  # pixels of its longer side at most
_WHOLE = 0.7  # of a stroke lies in one digit; else it runs on into the next
_OUTSIDE = 1.0  # `distance` from which on a stroke belongs to nothing that was found
_OVER = 0.3  # of a stroke's width that lies over what stands to its left: it belongs to that
_FINE = 0.1  # heights between the points of a stroke that are looked at


class Drawing:
    """What was written with strokes.

    Args:
        strokes: as a pen or a mouse left them.

    Raises:
        ValueError: a coordinate is not finite.
    """

    def __init__(self, strokes: Strokes) -> None:
        self._strokes = as_arrays(strokes)
        points = np.concatenate([*self._strokes.values(), np.zeros((0, 2))])
        self._low, self._off, extent = np.zeros(2), np.zeros(2), 0.0
        if len(points):
            self._low = points.min(axis=0)
            extent = float((points.max(axis=0) - self._low).max())
        heights = np.sort([float(np.ptp(stroke[:, 1])) for stroke in self._strokes.values()])
        # The median, each stroke counting as much as it is high: bars and dots do not.
        middle = int(np.searchsorted(heights.cumsum(), heights.sum() / 2)) if len(heights) else 0
        self._height = max(float(heights[middle]) if len(heights) else 0.0, extent * _HEIGHT / _LONGEST, 1e-9)
        self._scale = _HEIGHT / self._height

    def page(self) -> Grey:
        """Brightness of the strokes as black ink on white paper, (H, W)."""
        extent = float(np.ptp(np.concatenate([*self._strokes.values()]), axis=0).max()) if self._strokes else 0.0
        self._drawn = extent > 0
        if not self._drawn:
            return np.ones((2 * _PAPER, 2 * _PAPER), np.float32)
        ink = draw(list(self._strokes.values()), PEN * self._height, max(1, round(extent * self._scale)))
        page: Grey = 1 - np.pad(ink, _PAPER)
        wide, high = np.ptp(np.concatenate([*self._strokes.values()]), axis=0) * self._scale
        self._off = np.array([(page.shape[1] - wide) / 2, (page.shape[0] - high) / 2])
        return page

    def to_strokes(self, box: Box) -> Box:
        """A box of the page in the strokes' unit."""
        corners = (np.array(box).reshape(2, 2) - self._off) / self._scale + self._low
        left, top, right, bottom = corners.ravel().tolist()
        return left, top, right, bottom

    def box(self, one: Found) -> Box:
        """Of a digit's strokes, or of what was found if it has none of its own."""
        if not one.strokes:
            return self.to_strokes(one.box)
        points = np.concatenate([self._strokes[place] for place in one.strokes])
        (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return left, top, right, bottom

    def take_images(self, seen: Seen) -> list[Found]:
        """Gives the digits that are read their strokes, and those of them an image of these alone that share none.

        Returns:
            the digits with a new image.
        """
        everything = [one for line in seen.lines for one in line]
        own, shared = self._owned(everything)
        redrawn = []
        for index, one in enumerate(everything):
            one.strokes = one.strokes or tuple(own[index])
            if one.strokes and one.is_digit and not one.alone and index not in shared:
                one.image, one.alone = self._image(one), True
                redrawn.append(one)
        return redrawn

    def parts(self, classes: int) -> list[Found]:
        """Strokes that stand over one another, by groups: each may be a digit, whatever is found in it."""
        if not self._drawn:
            return []
        order = sorted(self._strokes, key=lambda place: float(self._strokes[place][:, 0].min()))
        groups: list[list[int]] = []
        right = -np.inf
        for place in order:
            left, to = (float(side) for side in (self._strokes[place][:, 0].min(), self._strokes[place][:, 0].max()))
            if min(to, right) - left > _OVER * (to - left) or (left == to and left < right):
                groups[-1].append(place)
                right = max(right, to)
            else:
                groups.append([place])
                right = to
        found = []
        for group in groups:
            points = (np.concatenate([self._strokes[place] for place in group]) - self._low) * self._scale + self._off
            (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
            pen = PEN * _HEIGHT / 2
            box = (left - pen, top - pen, right + pen, bottom + pen)
            one = Found("", box, 0.0, np.zeros(classes, np.float32), 0.0, alone=True, strokes=tuple(sorted(group)))
            one.image = self._image(one)
            found.append(one)
        return found

    def _owned(self, found: list[Found]) -> tuple[dict[int, list[int]], set[int]]:
        """Which strokes each of what was found has most of, and which of it share one."""
        own: dict[int, list[int]] = defaultdict(list)
        shared = set[int]()
        for place, stroke in self._strokes.items():
            points = (sampled(stroke, _FINE * self._height) - self._low) * self._scale + self._off
            x, y = points.T.astype(np.float32)
            away = np.stack([_distance(one.box, x, y) for one in found]) if found else np.zeros((0, len(x)))
            nearest = away.argmin(axis=0)[away.min(axis=0) < _OUTSIDE] if found else np.zeros(0, int)
            if len(nearest):
                counts = np.bincount(nearest, minlength=len(found))
                own[int(counts.argmax())].append(place)
                if counts.max() < _WHOLE * counts.sum():
                    shared.update(np.flatnonzero(counts > 0.15 * counts.sum()).tolist())
        return own, shared

    def _image(self, one: Found) -> NDArray[np.uint8]:
        left, top, right, bottom = self.box(one)
        pen = PEN * (max(right - left, bottom - top) or 1.0)
        return normalise(draw([self._strokes[place] for place in one.strokes], pen))


def _distance(box: Box, x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """How far places are from a box's middle, in its own sides: across counts more than up and down."""
    left, top, right, bottom = box
    wide, high = max(right - left, 4), max(bottom - top, 4)
    return ((x - (left + right) / 2) / wide) ** 2 + 0.3 * ((y - (top + bottom) / 2) / high) ** 2
