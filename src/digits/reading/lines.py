"""Lines: which candidates of the page network stand in one line, and the likeliest ways to read each line."""

import heapq
import math
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from digits.reading.found import Box, Found

_EVEN = 0.4  # heat from which on a candidate is worth taking
_OVERLAP = 0.6  # of the smaller box that the next may cover at no cost
_COST = 12.0  # of all of it, in log odds
_WAYS = 8  # to read a line, at most
_WORSE = 6.0  # log odds that a way may be worse than the best
_BACK = 12  # candidates between one that is taken and the next
_APART = 0.6  # heights of paper over the line's usual gap that are a space
_SMALL = ".,:-="  # lower than digits: they join a line, but make none


@dataclass
class Way:
    """One way to read a line, from left to right."""

    found: list[Found]
    score: float
    """Log odds of its heat, less what it costs that neighbours overlap."""
    overlap: float
    """How much they do: the sum of the parts of smaller boxes over `_OVERLAP`."""


def ways_of_lines(found: list[Found]) -> list[list[Way]]:
    """The lines that candidates stand in, of each the likeliest ways to read it, the best first."""
    return [ways for ways in map(_ways, lines(found)) if ways]


def lines(found: list[Found]) -> list[list[Found]]:
    """Candidates by line: each joins the line whose nearest digit to its left it stands beside."""
    lines: list[list[Found]] = []
    small = [one for one in found if one.sign in _SMALL]
    for one in sorted((one for one in found if one.sign not in _SMALL), key=lambda one: one.x):
        best, nearest = None, math.inf
        for line in lines:
            # The surest of its last few says where the line is.
            last = max(line[-3:], key=lambda other: (other.heat > 0.3, other.x))
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
    return abs(other.x - one.x) + 4 * off + (0 if other.heat > 0.3 else 20)


def _ways(line: list[Found]) -> list[Way]:
    """By dynamic programming that keeps so many ways to come to each candidate."""
    gains = [math.log(one.heat / (1 - one.heat + 1e-6)) - math.log(_EVEN / (1 - _EVEN)) for one in line]
    to: list[list[tuple[float, float, tuple[int, ...]]]] = []
    for right, gain in enumerate(gains):
        reached: list[tuple[float, float, tuple[int, ...]]] = [(gain, 0.0, (right,))]
        for left in range(max(0, right - _BACK), right):
            over = _over(line[left], line[right])
            reached += [(score + gain - _COST * over, all_over + over, (*path, right))
                        for score, all_over, path in to[left]]  # fmt: skip
        to.append(heapq.nlargest(_WAYS, reached))
    best = heapq.nlargest(_WAYS, (way for reached in to for way in reached))
    if not best or best[0][0] <= 0:
        return []
    # Between the same neighbours, a candidate is the same digit in every way.
    shared: dict[tuple[int, ...], Found] = {}
    ways = []
    for score, over, path in best:
        if score < best[0][0] - _WORSE:
            break
        keys = zip((-1, *path), path, (*path[1:], -1), strict=False)
        ways.append(Way([shared.setdefault(key, replace(line[key[1]])) for key in keys], score, over))
    return ways


def _over(left: Found, right: Found) -> float:
    wide = min(left.box[2], right.box[2]) - max(left.box[0], right.box[0])
    high = min(left.box[3], right.box[3]) - max(left.box[1], right.box[1])
    if wide <= 0 or high <= 0:
        return 0.0
    smaller = min((one.box[2] - one.box[0]) * one.height for one in (left, right))
    return max(0.0, wide * high / smaller - _OVERLAP)


def add_elsewhere(lines: list[list[Way]], others: list[list[Way]]) -> None:
    """Adds lines that stand where nothing was found yet: digits of another size."""
    for other in others:
        new = other[0].found
        apart = not any(_covers(one.box, kept.box) for one in new for line in lines for kept in line[0].found)
        if apart and min(one.heat for one in new) > 0.5 and any(one.is_digit for one in new):
            lines.append(other)


def _covers(box: Box, other: Box) -> bool:
    return min(box[2], other[2]) > max(box[0], other[0]) and min(box[3], other[3]) > max(box[1], other[1])


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
