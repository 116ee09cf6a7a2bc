"""Lines: which candidates of the page network stand in one line, and the likeliest set of them to read."""

import math
from bisect import bisect_left, insort
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digits.reading.found import Box, Found

_OVERLAP = 0.6  # of the smaller box that the next may cover at no cost
_SAME = 0.65  # of two boxes' union that they share
_COST = 12.0  # of all of it, in log odds
_APART = 0.6  # heights of paper over the line's usual gap that are a space
_SMALL = ".,:-="  # lower than digits: they join a line, but make none

BACK = 12
"""Candidates between one that is taken and the next."""


def read_lines(found: list[Found]) -> list[list[Found]]:
    """What is to be read of all candidates: line by line from the top, each from left to right.

    Lines without a digit are left out.
    """
    read = [best for best in map(likeliest, lines(found)) if any(one.is_digit for one in best)]
    return sorted(read, key=lambda line: float(np.median([one.box[3] for one in line])))


def lines(found: list[Found]) -> list[list[Found]]:
    """Candidates by line: each joins the line whose nearest digit to its left it stands beside."""
    lines: list[_Line] = []
    small = [one for one in found if one.sign in _SMALL]
    tall = sorted((one for one in found if one.sign not in _SMALL), key=lambda one: one.x)
    lasts = np.empty((len(tall), 4))
    for one in tall:
        _, tops, rights, bottoms = lasts[: len(lines)].T
        overlap = np.minimum(one.box[3], bottoms) - np.maximum(one.box[1], tops)
        gaps = np.maximum(one.box[0] - rights, 0) + np.abs(one.box[3] - bottoms)
        gaps[overlap <= 0.45 * np.minimum(one.height, bottoms - tops)] = math.inf
        place = int(gaps.argmin()) if gaps.min(initial=math.inf) < math.inf else len(lines)
        if place == len(lines):
            lines.append(_Line(one))
        else:
            lines[place].add(one)
        lasts[place] = lines[place].last.box
    if not lines:
        return []
    extents = np.array([line.extent for line in lines]).T
    for one in small:
        place = _nearest_line(lines, extents, one)
        lines[place].add(one)
        extents[:, place] = lines[place].extent
    return [[one for _, _, one in line.sorted] for line in lines]


def _nearest_line(lines: "list[_Line]", extents: NDArray[np.float64], one: Found) -> int:
    """Which line a small sign is nearest to; only those are asked whose extents (5, N) say that they may be."""
    lefts, rights, tops, bottoms, heights = extents
    y = (one.box[1] + one.box[3]) / 2
    off = np.maximum(tops - y, y - bottoms - 0.15 * heights)
    least = np.maximum(np.maximum(lefts - one.x, one.x - rights), 0) + 4 * np.maximum(off, 0)
    best, place = math.inf, 0
    for other in least.argsort(kind="stable").tolist():
        if least[other] > best:
            break
        best, place = min((best, place), (lines[other].away(one), other))
    return place


class _Line:
    """A line to which candidates are added, on a page that may hold thousands."""

    def __init__(self, first: Found) -> None:
        self._last = [first]
        self.last = first
        self.sorted = [(first.x, 0, first)]
        """By where they stand, then in the order in which they were added."""
        self.extent = (first.x, first.x, first.box[1], first.box[3], first.height)
        """The first and last x, top and bottom of all, and the height of the tallest."""

    def add(self, one: Found) -> None:
        """Adds a candidate; the surest of the last few says where the line is."""
        self._last = [*self._last[-2:], one]
        self.last = max(self._last, key=lambda other: (other.gain > 0, other.x))
        insort(self.sorted, (one.x, len(self.sorted), one))
        left, right, top, bottom, high = self.extent
        self.extent = (min(left, one.x), max(right, one.x), min(top, one.box[1]), max(bottom, one.box[3]),
                       max(high, one.height))  # fmt: skip

    def away(self, one: Found) -> float:
        """How far a small sign is from the line: beside it counts once, over or under it four times."""
        y = (one.box[1] + one.box[3]) / 2
        other = self._nearest(one.x)
        off = max(other.box[1] - y, y - other.box[3] - 0.15 * other.height, 0)
        return abs(other.x - one.x) + 4 * off + (0 if other.gain > 0 else 20)

    def _nearest(self, x: float) -> Found:
        right = bisect_left(self.sorted, (x,))
        ways = self.sorted[right : right + 1]
        if right:
            ways.append(self.sorted[bisect_left(self.sorted, (self.sorted[right - 1][0],))])
        return min(ways, key=lambda way: (abs(way[0] - x), way[1]))[2]


def likeliest(line: list[Found]) -> list[Found]:
    """The set of a line's candidates that is worth most, by dynamic programming: gains, less what overlaps cost."""
    scores: list[float] = []
    before: list[int] = []
    for right, one in enumerate(line):
        ways = [(0.0, -1)]
        for left in range(max(0, right - BACK), right):
            ways.append((scores[left] - overlap_cost(line[left], one), left))
        score, place = max(ways)
        scores.append(score + one.gain)
        before.append(place)
    if not scores or max(scores) <= 0:
        return []
    place = scores.index(max(scores))
    best: list[Found] = []
    while place >= 0:
        best.append(line[place])
        place = before[place]
    return best[::-1]


def overlap_cost(left: Found, right: Found) -> float:
    """What it costs, in log odds, to take both."""
    wide = min(left.box[2], right.box[2]) - max(left.box[0], right.box[0])
    high = min(left.box[3], right.box[3]) - max(left.box[1], right.box[1])
    if wide <= 0 or high <= 0:
        return 0.0
    smaller = min(one.width * one.height for one in (left, right))
    return _COST * max(0.0, wide * high / smaller - _OVERLAP)


def elsewhere(lines: list[list[Found]], others: list[list[Found]]) -> list[list[Found]]:
    """Of other lines those that stand, surely, where nothing was found yet: digits of another size."""
    taken = [one for line in lines for one in line]
    return [line for line in others if min(one.heat for one in line) > 0.5
            and not any(overlap(one.box, other.box) for one in line for other in taken)]  # fmt: skip


def nearly(box: Box, boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of many boxes (N, 4) are nearly the same as one, (N,)."""
    wide = np.minimum(boxes[:, 2], box[2]) - np.maximum(boxes[:, 0], box[0])
    high = np.minimum(boxes[:, 3], box[3]) - np.maximum(boxes[:, 1], box[1])
    both = np.maximum(wide, 0) * np.maximum(high, 0)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return np.asarray(both > _SAME * ((box[2] - box[0]) * (box[3] - box[1]) + areas - both))


def overlap(box: Box, its: Box) -> bool:
    """Whether two boxes do."""
    return min(box[2], its[2]) > max(box[0], its[0]) and min(box[3], its[3]) > max(box[1], its[1])


def mark_spaces(line: list[Found]) -> None:
    """Marks what is written apart from what stands before it."""
    if len(line) < 2:
        return
    high = usual_height(line)
    gaps = np.array([right.box[0] - left.box[2] for left, right in pairwise(line)])
    usual = max(float(np.median(gaps)), 0.0) if len(gaps) > 1 else 0.35 * high
    for one, gap in zip(line[1:], gaps, strict=True):
        one.space = bool(gap > usual + _APART * high)


def usual_height(line: list[Found]) -> float:
    """Of what seems to be a line's digits."""
    return float(np.median([one.height for one in line if one.is_digit] or [one.height for one in line]))
