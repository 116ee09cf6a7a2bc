"""A page as the page network sees it: how much darker each pixel is than what is around it, in any light."""

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]

AROUND = 49
"""Side of the square whose mean brightness stands for the paper, pixels of the working size."""

_WINDOW = (160, 96)  # width and height over which contrast is made equal, pixels
_DARK, _FLAT = 0.1, 0.02  # brightness added to the paper's; contrast of paper with nothing on it
_RANGE = (-1.0, 3.0)  # in units of twice the contrast's root mean square
_STEPS = 63.75  # of a uint8 to one such unit


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
