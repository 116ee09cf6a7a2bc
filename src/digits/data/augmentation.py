"""Random affine movement of whole batches, each image by its own amounts."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from digits.config import Augmentation


def strength_at(config: Augmentation, progress: float) -> float:
    """What all amounts are multiplied with after this part of the training: towards its end the images become
    more like those that will be read."""
    return 1.0 - (1.0 - config.faded) * max(0.0, progress - (1 - config.fade)) / config.fade if config.fade else 1.0


def augment(images: Tensor, config: Augmentation, strength: float = 1.0) -> Tensor:
    """The images turned, scaled, sheared and shifted at random, with torch's global random generator.

    Args:
        images: (N, 1, H, W), background 0.
        config: how far, to either side.
        strength: multiplies every amount.

    Returns:
        (N, 1, H, W), sampled bilinearly, background 0; `images` itself where every amount is 0.
    """
    if not (config.rotation or config.scale or config.shear or config.shift):
        return images
    count, device = len(images), images.device
    uniform = (torch.rand(6, count, device=device) * 2 - 1) * strength
    angle = uniform[0] * math.radians(config.rotation)
    # The grid maps output to input coordinates: dividing by the scale makes digits larger where it is above 1.
    x_scale, y_scale = 1 / (1 + uniform[1:3] * config.scale)
    shear = uniform[3] * config.shear
    cos, sin = torch.cos(angle), torch.sin(angle)
    matrix = torch.empty(count, 2, 3, device=device)
    matrix[:, 0, 0] = cos * x_scale
    matrix[:, 0, 1] = (cos * shear - sin) * x_scale
    matrix[:, 1, 0] = sin * y_scale
    matrix[:, 1, 1] = (sin * shear + cos) * y_scale
    matrix[:, :, 2] = (uniform[4:6] * config.shift).T
    grid = functional.affine_grid(matrix, list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)
