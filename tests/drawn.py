"""Digits of real pens on empty pages, and how alike two pictures of one are."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.data import pen
from digits.ink import draw, normalise

Page = NDArray[np.float32]
"""Brightness, or ink, (H, W), 0 to 1."""

SAMPLES = pen.read_samples(Path(__file__).parents[1] / "data")
DIGITS = [draw(s.strokes, pen=(20, 32, 45)[i % 3]) for i, s in enumerate(SAMPLES[:: len(SAMPLES) // 24][:24])]


def placed(ink: Page, shape: tuple[int, int], share: float = 0.55, at: tuple[float, float] = (0.5, 0.5)) -> Page:
    """Ink on an empty page, its longer side a share of the page's shorter one."""
    scale = share * min(shape) / max(ink.shape)
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    small = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BOX))
    top, left = (round((room - side) * where) for room, side, where in zip(shape, small.shape, at, strict=True))
    page = np.zeros(shape, np.float32)
    page[top : top + small.shape[0], left : left + small.shape[1]] = small
    return page


def agreement(one: Page, other: Page) -> float:
    """Correlation of two inks, normalised, where rounding may have moved one by a pixel."""
    first, second = normalise(one).astype(float), normalise(other).astype(float)
    if not first.any():
        return 0.0
    moved = [np.roll(first, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    return max(float(np.corrcoef(image.ravel(), second.ravel())[0, 1]) for image in moved)
