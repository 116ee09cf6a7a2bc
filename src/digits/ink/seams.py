"""Seams: where ink of neighbours may be cut apart, from top to bottom through as little ink as there is.

As in seam carving (S. Avidan, A. Shamir, 2007), a path moves at most one pixel sideways a row, so that it follows the
paper between slanted digits, and the cheapest is found by dynamic programming.
"""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.ink.parts import Grey, Mask, Parts

_HEIGHT = 60  # pixels; the ink is reduced to about this
_LOWEST = 8  # pixels; in less, nothing can be told apart
_INK = 0.3  # of full ink; what has less is on neither side
_SIDEWAYS = np.float32(0.04)  # ink; price of a step to the side: a seam runs straight where nothing is in its way
_HOLE = np.float32(0.5)  # ink; price of a pixel of paper inside a digit
_MERGED = 0.3  # ink this much thicker than the pen has the least price: there two strokes lie on each other
_LEAST_PRICE = np.float32(0.3)  # of ink
_ROWS = (0.1, 0.3, 0.5, 0.7, 0.9)  # of the height, where the cheapest columns are sought
_REACH = 0.08  # of the height; the cheapest of all columns within it is one
_DEAREST = 0.7  # of the height may a seam cut through ink: along where two strokes lie on each other
_PART, _DIFFERENT = 0.06, 0.05  # of the ink of a part as wide as high: beyond a seam at least, and between two
_MOST = 9  # seams for each height of width, the cheapest


def seams(ink: Grey) -> NDArray[np.intp]:
    """Candidate cuts of one connected part.

    Args:
        ink: (H, W), 0 paper, 1 ink, cut out to its box.

    Returns:
        (seams, H): in each row the first column to the right of the seam; the seams from left to right.
    """
    if len(ink) < _LOWEST:
        return np.zeros((0, len(ink)), np.intp)
    factor = max(1, round(len(ink) / _HEIGHT))
    small: Grey = np.asarray(Image.fromarray(ink).reduce(factor))
    height, width = small.shape
    inked = small > _INK
    paper = Parts(np.pad(~inked, 1, constant_values=True))
    holes = paper.mask(paper.outline == 0)[1:-1, 1:-1].astype(np.float32)
    # Round digits touch along more ink than their walls have, but no way between them leads through a hole; strokes
    # that lie on each other do so along more ink than any stroke is wide, but it is thicker there.
    found = _paths(small) + _paths(small + _HOLE * holes) + _paths(small * _price(inked) + _HOLE * holes)
    usual = inked.sum() / max(1.0, width / height)
    kept: list[tuple[list[int], Mask]] = []
    for cost, path in sorted(found):
        beyond = inked & (np.arange(width) >= np.array(path)[:, None])
        if (
            cost < _DEAREST * height
            and _PART * usual < beyond.sum() < inked.sum() - _PART * usual
            and all((beyond ^ other).sum() > _DIFFERENT * usual for _, other in kept)
        ):
            kept.append((path, beyond))
    paths = np.array([path for path, _ in kept[: round(_MOST * max(1.0, width / height))]], np.intp).reshape(-1, height)
    rows = np.minimum(np.arange(len(ink)) // factor, height - 1)
    cuts = paths[:, rows] * factor + factor // 2
    return cuts[cuts.mean(axis=1).argsort()]


def _price(inked: Mask) -> Grey:
    """What ink costs where it is thicker than the pen, as a part of its price elsewhere."""
    depth = _depth(inked)
    pen = 4 * (float(depth[inked].mean()) - 0.5)  # along a stroke, depth rises evenly from 0 to half the width
    return np.maximum(_LEAST_PRICE, 1 - np.maximum(2 * (depth - 0.5) / pen - 1, 0) / np.float32(_MERGED))


def _depth(inked: Mask) -> Grey:
    """How many layers of pixels deep each lies in the ink, 1 at its edge; neighbours are four and eight in turn."""
    depth, left, round_ = np.zeros(inked.shape, np.float32), inked, False
    while left.any():
        depth += left
        around = np.pad(left, 1)
        left = left & around[:-2, 1:-1] & around[2:, 1:-1] & around[1:-1, :-2] & around[1:-1, 2:]
        if round_:
            left &= around[:-2, :-2] & around[2:, 2:] & around[:-2, 2:] & around[2:, :-2]
        round_ = not round_
    return depth


def _paths(cost: Grey) -> list[tuple[float, list[int]]]:
    """Price and column in each row of the seams that are cheapest for some way to each side."""
    above, from_above = _cheapest(cost)
    below, from_below = _cheapest(cost[::-1])
    price = above + below[::-1] - cost  # of the cheapest seam through each pixel
    found = []
    for row in (len(cost) * np.array(_ROWS)).astype(int).tolist():
        for column in _valleys(price[row], max(1, round(_REACH * len(cost)))):
            path = _walk(from_above[: row + 1], column)[::-1] + _walk(from_below[: len(cost) - row], column)[1:]
            found.append((float(price[row, column]), path))
    return found


def _valleys(price: Grey, reach: int) -> list[int]:
    """Columns that are cheapest within reach; the first of several that are equal."""
    padded = np.pad(price, reach, constant_values=np.inf)
    least = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).min(axis=1)
    falls = np.append(True, price[1:] < price[:-1])
    return np.flatnonzero(falls & (price <= least)).tolist()


def _cheapest(ink: Grey) -> tuple[Grey, NDArray[np.int8]]:
    """Least ink on the way from the first row to each pixel, and the step to where it comes from: -1, 0 or 1."""
    total, step = ink.copy(), np.zeros(ink.shape, np.int8)
    for row in range(1, len(ink)):
        before = np.pad(total[row - 1], 1, constant_values=np.float32(math.inf))
        ways = np.stack([before[1:-1], before[:-2] + _SIDEWAYS, before[2:] + _SIDEWAYS])
        step[row] = np.array([0, -1, 1], np.int8)[ways.argmin(axis=0)]
        total[row] += ways.min(axis=0)
    return total, step


def _walk(step: NDArray[np.int8], column: int) -> list[int]:
    """Columns of the way that `_cheapest` found to `column` of the last row, from there to the first."""
    columns = [column]
    for row in range(len(step) - 1, 0, -1):
        columns.append(columns[-1] + int(step[row, columns[-1]]))
    return columns
