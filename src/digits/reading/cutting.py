"""A digit's own ink, cut out of the page for the digit network."""

import math
from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.reading.found import Box

Grey = NDArray[np.float32]

_MOSTLY = 0.7  # of a part of the ink: enough to be given the whole of it
_UNCUT = 0.02  # of a digit's ink: where less was cut from other ink, it was not cut
_FULL = 0.96  # quantile of the contrast inside a digit's box that is full ink
_SOFT = (0.25, 0.8)  # of full ink: where ink begins and is full


def cut_out(contrast: Grey, box: Box, others: Iterable[Box]) -> tuple[Grey, bool]:
    """A digit's ink, 0 to 1, without what belongs to its neighbours; and whether it hangs together with nothing else.

    Ink that hangs together goes whole to the digit it mostly lies in; where digits touch, each keeps what is nearer
    to its own middle.

    Args:
        contrast: (H, W), 0 on paper.
        box: of the digit, pixels.
        others: boxes of what stands near it.
    """
    left, top, right, bottom = box
    high = bottom - top
    x0, y0 = max(int(left - 0.35 * high), 0), max(int(top - 0.2 * high), 0)
    x1, y1 = math.ceil(right + 0.35 * high), math.ceil(bottom + 0.2 * high)
    part = contrast[y0:y1, x0:x1]
    grow = 0.08 * high
    y, x = (
        np.arange(start, start + side, dtype=np.float32) + 0.5 for start, side in zip((y0, x0), part.shape, strict=True)
    )
    y = y[:, None]
    inside = (x > left - grow) & (x < right + grow) & (y > top - grow) & (y < bottom + grow)
    if not inside.any():
        return np.zeros((1, 1), np.float32), False
    full = max(float(np.quantile(part[inside], _FULL)), 1.0)
    ink = np.clip((part / full - _SOFT[0]) / (_SOFT[1] - _SOFT[0]), 0, 1)
    own = np.ones(part.shape, np.bool_)
    own_distance = distance(box, x, y)
    for theirs in others:
        if theirs[0] < x1 and theirs[2] > x0 and theirs[1] < y1 and theirs[3] > y0:
            own &= distance(theirs, x, y) >= own_distance
    count, labels = cv2.connectedComponents((ink > 0).astype(np.uint8), connectivity=8)
    parts = np.bincount(labels[own & inside], minlength=count)
    share = parts / np.maximum(np.bincount(labels.ravel(), minlength=count), 1)
    parts[0] = 0
    # Ink that is mostly another's goes, unless it is most of what there is: a 1 may touch on both sides.
    whole, foreign = share > _MOSTLY, (share < 1 - _MOSTLY) & (parts < (1 - _MOSTLY) * parts.sum())
    kept = whole[labels] | (own & inside & ~foreign[labels])
    cut: Grey = (ink * kept).astype(np.float32)
    return cut, bool((cut * ~whole[labels]).sum() < _UNCUT * cut.sum())


def distance(box: Box, x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """How far places are from a box's middle, in its own sides: across counts more than up and down."""
    left, top, right, bottom = box
    wide, high = max(right - left, 4), max(bottom - top, 4)
    return ((x - (left + right) / 2) / wide) ** 2 + 0.3 * ((y - (top + bottom) / 2) / high) ** 2
