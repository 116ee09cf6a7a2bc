"""Ink that stands alone: what hangs together, with its bars and dots, at about twice the size that pages are seen in.

Each may be a digit, whatever the page network finds in it; two ways of reading that agree are rarely wrong.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.ink.contrast import PAPER, local_contrast
from digits.ink.normalise import normalise
from digits.ink.opencv import cv2
from digits.reading.found import Box, Found

Grey = NDArray[np.float32]

_FINER = 2.2  # times the size that the page network sees
_AREA = 1_500_000  # pixels of a page at most
_INK = 0.5 * PAPER  # over paper, of the contrast
_SPECK = 12  # pixels of the smallest part
_LOW, _TALL = 7, 60  # pixels, where the page network sees it: a digit is higher than the one and lower than the other
_AS_WIDE = 1.3  # heights
_BY_HAND = 0.75  # of what the network says of a hand's ink
_OVER, _BESIDE = 0.3, 0.3  # of the smaller part's sides: as much of its width and less of its height lie over another
_AS_HIGH = 1.35  # times the usual height that parts over one another may have together
_FULL = 0.9  # quantile of a part's contrast that counts as full ink


def standing_alone(brightness: Grey, scale: float, classes: int, by_hand: Callable[[Box], float]) -> list[Found]:
    """What may be digits, from left to right, each with its image.

    Args:
        brightness: of the page, (H, W), 0 black, 1 white.
        scale: at which the page network saw it best.
        classes: that the page network tells apart.
        by_hand: how far a hand wrote the ink in a box of the page, 0 to 1.
    """
    finer = max(1.0, min(_FINER, math.sqrt(_AREA / (brightness.size * scale * scale))))
    size = (max(8, round(brightness.shape[1] * scale * finer)), max(8, round(brightness.shape[0] * scale * finer)))
    smooth = cv2.INTER_AREA if size[0] < brightness.shape[1] else cv2.INTER_CUBIC
    contrast = local_contrast(np.asarray(cv2.resize(brightness, size, interpolation=smooth)))
    ink = np.maximum(contrast.astype(np.float32) - PAPER, 0)
    _, labels, stats, _ = cv2.connectedComponentsWithStats((ink > _INK).astype(np.uint8), connectivity=8)
    step = np.array([size[0] / brightness.shape[1], size[1] / brightness.shape[0]] * 2)

    def on_page(box: NDArray[Any]) -> Box:
        left, top, right, bottom = (box / step).tolist()
        return left, top, right, bottom

    boxes = np.concatenate([stats[:, :2], stats[:, :2] + stats[:, 2:4]], axis=1)
    large = (stats[:, cv2.CC_STAT_AREA] >= _SPECK * finer) & (stats[:, cv2.CC_STAT_HEIGHT] < _TALL * finer)
    kept = [part for part in range(1, len(stats)) if large[part] and by_hand(on_page(boxes[part])) > _BY_HAND]
    found = []
    for group in _groups(boxes, kept):
        left, top, right, bottom = box = _around(boxes, group)
        if not _LOW * finer < bottom - top < _TALL * finer or right - left > _AS_WIDE * (bottom - top):
            continue
        own = ink[top:bottom, left:right] * np.isin(labels[top:bottom, left:right], group)
        full = max(float(np.quantile(own[own > 0], _FULL)), 1.0)
        image = normalise(np.minimum(own / full, 1))
        found.append(Found("", on_page(box), 0.0, np.zeros(classes, np.float32), 0.0, image, True))
    return found


def _around(boxes: NDArray[Any], group: list[int]) -> NDArray[Any]:
    return np.concatenate([boxes[group, :2].min(axis=0), boxes[group, 2:].max(axis=0)])


def _groups(boxes: NDArray[Any], parts: list[int]) -> list[list[int]]:
    """Parts that stand over one another, as the bar of a 5 does, and are together no higher than a digit."""
    heights = boxes[parts, 3] - boxes[parts, 1]
    high = np.sort(heights)[np.searchsorted(np.sort(heights).cumsum(), heights.sum() / 2)] if parts else 0
    groups: list[list[int]] = []
    for part in sorted(parts, key=lambda part: int(boxes[part, 0])):
        for group in groups[-4:]:
            other, together = _around(boxes, group), _around(boxes, [*group, part])
            wide, tall = np.minimum(boxes[part, 2:], other[2:]) - np.maximum(boxes[part, :2], other[:2])
            least = np.minimum(boxes[part, 2:] - boxes[part, :2], other[2:] - other[:2])
            if wide > _OVER * least[0] and tall < _BESIDE * least[1] and together[3] - together[1] <= _AS_HIGH * high:
                group.append(part)
                break
        else:
            groups.append([part])
    return groups
