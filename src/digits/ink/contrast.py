"""A page as the page network sees it: how much darker each pixel is than what is around it, in any light."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.ink.normalise import BOX, SIDE
from digits.ink.opencv import cv2

Grey = NDArray[np.float32]

AROUND = 49
"""Side of the square whose mean brightness stands for the paper, pixels of the working size."""

_WINDOW = (160, 96)  # width and height over which contrast is made equal, pixels
_DARK, _FLAT = 0.1, 0.02  # brightness added to the paper's; contrast of paper with nothing on it
_RANGE = (-1.0, 3.0)  # in units of twice the contrast's root mean square
_STEPS = 63.75  # of a uint8 to one such unit

PAPER = 64
"""What paper is in the result."""

_FULL = 0.96  # quantile of the contrast inside a digit's box that counts as full ink


def local_contrast(brightness: Grey) -> NDArray[np.uint8]:
    """What the page network takes.

    Args:
        brightness: (H, W), 0 black, 1 white, at working size; dark on light or light on dark.

    Returns:
        (H, W) uint8: 64 is paper, what is darker (or lighter, on dark paper) lies above.
    """
    off = cv2.blur(brightness, (AROUND, AROUND), borderType=cv2.BORDER_REFLECT_101) - brightness
    # Ink is the smaller part of a page, so the differences lean towards it.
    if float((off * off * off).mean()) < 0:
        off, brightness = -off, 1 - brightness
    relative = off / (off + brightness + np.float32(_DARK))
    power = cv2.blur(relative * relative, _WINDOW, borderType=cv2.BORDER_REFLECT_101)
    scaled = relative / (2 * np.sqrt(np.maximum(power, 0)) + np.float32(_FLAT))
    return np.rint((np.clip(scaled, *_RANGE) - _RANGE[0]) * _STEPS).astype(np.uint8)


def in_place(contrast: NDArray[np.uint8], box: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    """A digit as it stands on its page, what is beside it included: the image that the digit network reads of it.

    As `normalise` does with ink that was cut out, it makes the longer side 20 pixels; the middle of the box comes to
    the middle.

    Args:
        contrast: (H, W), as `local_contrast` gives it.
        box: of the digit: left, top, right, bottom, pixels.

    Returns:
        (28, 28) uint8, 0 paper, 255 ink.
    """
    left, top, right, bottom = box
    wide, high = max(right - left, 1.0), max(bottom - top, 1.0)
    step = max(wide, high) / BOX
    matrix = np.array([[step, 0, (left + right) / 2 - step * SIDE / 2 + step / 2 - 0.5],
                       [0, step, (top + bottom) / 2 - step * SIDE / 2 + step / 2 - 0.5]])  # fmt: skip
    patch: Any = cv2.warpAffine(
        contrast, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=PAPER
    )
    ink = np.maximum(patch.astype(np.float32) - PAPER, 0)
    across, down = (max(1, round(side / step / 2)) for side in (wide, high))
    middle = SIDE // 2
    inside = ink[middle - down : middle + down, middle - across : middle + across]
    flat = inside.ravel()
    place = int(_FULL * (flat.size - 1))
    full = max(float(np.partition(flat, place)[place]), 1.0)
    return np.rint(np.minimum(ink * (255 / full), 255)).astype(np.uint8)


def cut_out(contrast: NDArray[np.uint8], box: tuple[float, float, float, float]) -> Grey:
    """A digit's ink by itself, for `normalise`: (H, W), 0 paper, 1 ink, just as large as its box.

    Args:
        contrast: (H, W), as `local_contrast` gives it.
        box: of the digit: left, top, right, bottom, pixels.
    """
    left, top = (max(0, math.floor(side)) for side in box[:2])
    right, bottom = (math.ceil(side) for side in box[2:])
    ink = np.maximum(contrast[top:bottom, left:right].astype(np.float32) - PAPER, 0)
    full = max(float(np.quantile(ink, _FULL)), 1.0)
    return np.minimum(ink / np.float32(full), np.float32(1))
