"""Lines: which candidates of the page network stand in one line, and the likeliest set of them to read."""

import math
from functools import partial
from itertools import pairwise

import numpy as np

from digits.reading.found import Box, Found

_OVERLAP = 0.6  # of the smaller box that the next may cover at no cost
_SAME = 0.65  # of two boxes' union that they share
_COST = 12.0  # of all of it, in log odds
_BACK = 12  # candidates between one that is taken and the next
_APART = 0.6  # heights of paper over the line's usual gap that are a space
_SMALL = ".,:-="  # lower than digits: they join a line, but make none


def read_lines(found: list[Found]) -> list[list[Found]]:
    """What is to be read of all candidates: line by line from the top, each from left to right.

    Lines without a digit are left out.
    """
    read = [best for best in map(likeliest, lines(found)) if any(one.is_digit for one in best)]
    return sorted(read, key=lambda line: float(np.median([one.box[3] for one in line])))


def lines(found: list[Found]) -> list[list[Found]]:
    """Candidates by line: each joins the line whose nearest digit to its left it stands beside."""
    lines: list[list[Found]] = []
    small = [one for one in found if one.sign in _SMALL]
    for one in sorted((one for one in found if one.sign not in _SMALL), key=lambda one: one.x):
        best, nearest = None, math.inf
        for line in lines:
            # The surest of its last few says where the line is.
            last = max(line[-3:], key=lambda other: (other.gain > 0, other.x))
            overlap = min(one.box[3], last.box[3]) - max(one.box[1], last.box[1])
            if overlap > 0.45 * min(one.height, last.height):
                gap = max(one.box[0] - last.box[2], 0) + abs(one.box[3] - last.box[3])
                if gap < nearest:
                    best, nearest = line, gap
        if best is None:
            lines.append([one])
        else:
            best.append(one)
    if not lines:
        return []
    for one in small:
        min(lines, key=partial(_away, one)).append(one)
    return [sorted(line, key=lambda one: one.x) for line in lines]


def _away(one: Found, line: list[Found]) -> float:
    """How far a small sign is from a line: beside it counts once, over or under it four times."""
    y = (one.box[1] + one.box[3]) / 2
    other = min(line, key=lambda other: abs(other.x - one.x))
    off = max(other.box[1] - y, y - other.box[3] - 0.15 * other.height, 0)
    return abs(other.x - one.x) + 4 * off + (0 if other.gain > 0 else 20)


def likeliest(line: list[Found]) -> list[Found]:
    """The set of a line's candidates that is worth most, by dynamic programming: gains, less what overlaps cost."""
    scores: list[float] = []
    before: list[int] = []
    for right, one in enumerate(line):
        ways = [(0.0, -1)]
        for left in range(max(0, right - _BACK), right):
            ways.append((scores[left] - _COST * _over(line[left], one), left))
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


def _over(left: Found, right: Found) -> float:
    wide = min(left.box[2], right.box[2]) - max(left.box[0], right.box[0])
    high = min(left.box[3], right.box[3]) - max(left.box[1], right.box[1])
    if wide <= 0 or high <= 0:
        return 0.0
    smaller = min(one.width * one.height for one in (left, right))
    return max(0.0, wide * high / smaller - _OVERLAP)


def elsewhere(lines: list[list[Found]], others: list[list[Found]]) -> list[list[Found]]:
    """Of other lines those that stand, surely, where nothing was found yet: digits of another size."""
    taken = [one for line in lines for one in line]
    return [line for line in others if min(one.heat for one in line) > 0.5
            and not any(overlap(one.box, other.box) for one in line for other in taken)]  # fmt: skip


def same(one: Found, other: Found) -> bool:
    """Whether two boxes are nearly the same."""
    wide = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    high = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    if wide <= 0 or high <= 0:
        return False
    return wide * high > _SAME * (one.width * one.height + other.width * other.height - wide * high)


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
