"""Seams: where ink of neighbours may be cut apart, from top to bottom through as little ink as there is.

As in seam carving (S. Avidan, A. Shamir, 2007), a path moves at most one pixel sideways a row, so that it follows the
paper between slanted digits, and the cheapest is found by dynamic programming.
"""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.ink.parts import Grey, Mask, Parts

# A seam costs the ink it cuts through: 1 for a pixel of full ink. Lengths are in heights of the part.
_HEIGHT = 60  # pixels that the ink is reduced to, about
_LOWEST = 8  # pixels; nothing can be told apart in lower ink
_INK = 0.3  # of full ink; what is lighter is no ink on either side of a seam
_SIDEWAYS = np.float32(0.04)  # price of a step to the side, so that a seam runs straight where nothing is in its way
_HOLE = np.float32(0.5)  # price of a pixel of paper that ink encloses
_MERGED = 0.3  # ink thicker than the pen by this share of it has the least price: two strokes lie on each other there
_LEAST_PRICE = np.float32(0.3)  # of a pixel of ink
_ROWS = (0.1, 0.3, 0.5, 0.7, 0.9)  # heights at which seams are looked for
_REACH = 0.08  # heights; a seam is looked for in each column that is the cheapest within this on either side
_DEAREST = 0.7  # heights of ink that a seam may cut through: it may run along where two strokes lie on each other
_PART, _DIFFERENT = 0.06, 0.05  # of a digit's ink: the least on either side of a seam, and between two seams
_MOST = 9  # of the cheapest seams, for each height that the part is wide


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
    # Three prices, as digits touch in three ways. The plain price finds a thin bridge. Two round digits may touch along
    # more ink than their own walls are thick; a dear hole keeps the seam between the digits. Where strokes lie on each
    # other, a seam has to follow them through much ink; ink thicker than the pen is cheaper.
    found = _paths(small) + _paths(small + _HOLE * holes) + _paths(small * _price(inked) + _HOLE * holes)
    digit = inked.sum() / max(1.0, width / height)  # ink of one that is as wide as high
    kept: list[tuple[list[int], Mask]] = []
    for cost, path in sorted(found):
        beyond = inked & (np.arange(width) >= np.array(path)[:, None])
        if (
            cost < _DEAREST * height
            and _PART * digit < beyond.sum() < inked.sum() - _PART * digit
            and all((beyond ^ other).sum() > _DIFFERENT * digit for _, other in kept)
        ):
            kept.append((path, beyond))
    paths = np.array([path for path, _ in kept[: round(_MOST * max(1.0, width / height))]], np.intp).reshape(-1, height)
    rows = np.minimum(np.arange(len(ink)) // factor, height - 1)
    cuts = paths[:, rows] * factor + factor // 2
    return cuts[cuts.mean(axis=1).argsort()]


def _price(inked: Mask) -> Grey:
    """What each pixel of ink costs: 1, and less where it is thicker than the pen."""
    depth = _depth(inked)
    pen = 4 * (float(depth[inked].mean()) - 0.5)  # along a stroke, depth rises evenly from 0 to half the width
    return np.maximum(_LEAST_PRICE, 1 - np.maximum(2 * (depth - 0.5) / pen - 1, 0) / np.float32(_MERGED))


def _depth(inked: Mask) -> Grey:
    """How many layers of pixels deep each lies in the ink, 1 at its edge.

    Layers are taken off with four and eight neighbours in turn, which comes near to true distance.
    """
    depth, left, corners = np.zeros(inked.shape, np.float32), inked, False
    while left.any():
        depth += left
        around = np.pad(left, 1)
        left = left & around[:-2, 1:-1] & around[2:, 1:-1] & around[1:-1, :-2] & around[1:-1, 2:]
        if corners:
            left &= around[:-2, :-2] & around[2:, 2:] & around[:-2, 2:] & around[2:, :-2]
        corners = not corners
    return depth


def _paths(cost: Grey) -> list[tuple[float, list[int]]]:
    """Seams that are cheaper than all within `_REACH` of them in one of `_ROWS`: price, and column in each row."""
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
    """Columns whose price (W,) is the least within reach; the first of several that are equal."""
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
