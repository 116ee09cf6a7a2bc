"""The one normaliser: ink of any size becomes the 28x28 image that the network reads.

It repeats how MNIST itself was made (Y. LeCun, C. Cortes, C. Burges, *The MNIST database of
handwritten digits*): the box around the ink is scaled until its longer side is 20 pixels, the aspect
kept, and the centre of mass is put at the centre of a 28x28 field.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 28
"""Side of the normalised image, pixels."""

BOX = 20
"""Longer side of the ink box inside it, pixels."""

_CENTRE = 14.5
"""Where MNIST puts the centre of mass: the mean over its training images is 14.50 in y and 14.51 in x, counted
from the left or upper edge of pixel 0."""

_FAINT = 0.08
"""Ink below this part of the strongest is antialiasing or noise and does not widen the box."""


def ink_box(ink: NDArray[np.floating]) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of the ink in (H, W), right and bottom exclusive; None where there is none."""
    peak = float(ink.max(initial=0.0))
    if peak <= 0.0:
        return None
    strong = ink > _FAINT * peak
    rows, columns = np.flatnonzero(strong.any(axis=1)), np.flatnonzero(strong.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def normalise(ink: NDArray[np.floating]) -> NDArray[np.uint8]:
    """The image the network reads.

    Args:
        ink: (H, W), 0 paper, 1 ink; any size.

    Returns:
        (28, 28) uint8, 0 paper, 255 ink; all zeros where there is no ink.

    Raises:
        ValueError: `ink` is not two-dimensional.
    """
    if ink.ndim != 2:
        raise ValueError(f"ink must be (H, W), got shape {ink.shape}")
    box = ink_box(ink)
    if box is None:
        return np.zeros((SIDE, SIDE), np.uint8)
    left, top, right, bottom = box
    cut = ink[top:bottom, left:right].astype(np.float32)

    scale = BOX / max(cut.shape)
    height, width = (max(1, round(side * scale)) for side in cut.shape)
    small = np.asarray(Image.fromarray(cut).resize((width, height), Image.Resampling.BILINEAR))
    # A thin pen fades when it is scaled down; MNIST's digits all reach full ink.
    small = np.clip(small / small.max(), 0.0, 1.0)

    total = small.sum()
    centre_y = float((small.sum(axis=1) * (np.arange(height) + 0.5)).sum() / total)
    centre_x = float((small.sum(axis=0) * (np.arange(width) + 0.5)).sum() / total)
    top = min(max(round(_CENTRE - centre_y), 0), SIDE - height)
    left = min(max(round(_CENTRE - centre_x), 0), SIDE - width)

    image = np.zeros((SIDE, SIDE), np.uint8)
    image[top : top + height, left : left + width] = np.rint(small * 255)
    return image
