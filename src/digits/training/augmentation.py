"""Augmentation of whole training batches: every digit is moved, and some are damaged, each by its own random amounts.

All randomness comes from torch's global generator, which the classifier seeds for every epoch.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

from digits.config.schema import Augmentation


def strength_at(config: Augmentation, progress: float) -> float:
    """The factor of all amounts when this fraction of the training is over.

    It falls towards the end, so that the last images are more like those that will be read.
    """
    return 1.0 - (1.0 - config.faded) * max(0.0, progress - (1 - config.fade)) / config.fade if config.fade else 1.0


def augment(images: Tensor, config: Augmentation, strength: float = 1.0) -> Tensor:
    """The images moved, and on average the fraction `config.damage` of them damaged.

    Args:
        images: (N, 1, H, W), 0 paper, 1 ink.
        config: how far, and how many.
        strength: multiplies both.
    """
    return damage(move(images, config, strength), strength * config.damage)


_KNOTS = 5
"""Points to a side at which the elastic field is drawn; it is interpolated between them."""


def move(images: Tensor, config: Augmentation, strength: float = 1.0) -> Tensor:
    """The images turned, scaled, sheared, shifted and bent at random.

    Args:
        images: (N, 1, H, W), background 0.
        config: how far, to either side.
        strength: multiplies every amount.

    Returns:
        (N, 1, H, W), sampled bicubically, which keeps edges sharp, background 0; `images` itself where every amount
        is 0.
    """
    if not (config.rotation or config.scale or config.shear or config.shift or config.elastic):
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
    if config.elastic:
        # P. Simard et al. (*Best Practices for Convolutional Neural Networks*, 2003), a smooth field from few knots.
        pull = (torch.rand(count, 2, _KNOTS, _KNOTS, device=device) * 2 - 1) * (2 / images.shape[3])
        field = functional.interpolate(pull, size=images.shape[2:], mode="bicubic", align_corners=True)
        grid = grid + strength * config.elastic * field.permute(0, 2, 3, 1)
    return functional.grid_sample(images, grid, mode="bicubic", align_corners=False).clamp(0, 1)


def damage(images: Tensor, share: float) -> Tensor:
    """The images, on average the fraction `share` of them damaged, each in one way and so that people could read it.

    The kinds of damage follow D. Hendrycks and T. Dietterich (*Benchmarking Neural Network Robustness to Common
    Corruptions and Perturbations*, 2019) and N. Mu and J. Gilmer (*MNIST-C*, 2019). The first images of the batch are
    damaged, for batches are shuffled: consecutive groups of equal size, one for each kind.

    Args:
        images: (N, 1, H, W), 0 paper, 1 ink.
        share: 0 to 1. Each kind gets at most a seventh of the images, rounded down.
    """
    wanted = share * len(images)
    each = min(math.ceil(wanted / len(_KINDS)), len(images) // len(_KINDS))
    if each == 0:
        return images
    first, rest = images[: each * len(_KINDS)], images[each * len(_KINDS) :]
    damaged = torch.cat([kind(part) for kind, part in zip(_KINDS, first.split(each), strict=True)]).clamp(0, 1)
    hit = _amount(first, 0, 1) < wanted / len(first)
    return torch.cat([torch.where(hit, damaged, first), rest])


def _amount(images: Tensor, low: float, high: float) -> Tensor:
    """A uniform random number for each image, (N, 1, 1, 1)."""
    return low + (high - low) * torch.rand(len(images), 1, 1, 1, device=images.device)


def _faint(images: Tensor) -> Tensor:
    mean = images.mean((2, 3), keepdim=True)
    return mean + _amount(images, 0.1, 1) * (images - mean)


_REACH = 4
"""Pixels to either side that a blurred pixel spreads over."""


def _blurred(images: Tensor) -> Tensor:
    at = torch.arange(-_REACH, _REACH + 1, device=images.device)
    kernels = torch.softmax(-(at**2) / (2 * _amount(images, 0.4, 2.2) ** 2), dim=3)
    across = functional.conv2d(images.transpose(0, 1), kernels, padding=(0, _REACH), groups=len(images))
    down = functional.conv2d(across, kernels.transpose(2, 3), padding=(_REACH, 0), groups=len(images))
    return down.transpose(0, 1)


def _noisy(images: Tensor) -> Tensor:
    return images + _amount(images, 0, 0.5) * torch.randn_like(images)


def _along(images: Tensor, direction: Tensor) -> Tensor:
    """Distance of each pixel from the middle, along a direction (N, 1, 1, 1) in radians."""
    y, x = (torch.arange(side, device=images.device) - (side - 1) / 2 for side in images.shape[2:])
    return torch.sin(direction) * y[:, None] + torch.cos(direction) * x


def _unevenly_lit(images: Tensor) -> Tensor:
    """Light that falls off from one side of the paper to the other."""
    far = _along(images, _amount(images, 0, 2 * math.pi))
    shadow = _amount(images, 0.1, 0.9) * (0.5 + far / (2 * far.amax((2, 3), keepdim=True)))
    return 1 - (1 - images) * (1 - shadow)


def _ruled(images: Tensor) -> Tensor:
    """Lines a pixel wide behind the digit, nearly horizontal or nearly vertical."""
    spacing = _amount(images, 5, 12)
    upright = torch.randint(2, (len(images), 1, 1, 1), device=images.device)
    across = _along(images, math.pi / 2 * (1 - upright) + _amount(images, -0.1, 0.1)) + _amount(images, 0, 1) * spacing
    off = (across - spacing * torch.round(across / spacing)).abs()
    return torch.maximum(images, _amount(images, 0.1, 1) * (1 - off).clamp(min=0))


def _covered(images: Tensor) -> Tensor:
    """A square of paper, sometimes of ink, over a random place on the stroke."""
    height, width = images.shape[2:]
    y, x = torch.arange(height, device=images.device), torch.arange(width, device=images.device)
    line = (images > 0.5) * torch.rand(images.shape, device=images.device)
    place = line.flatten(1).argmax(1).view(-1, 1, 1, 1)
    half = _amount(images, 1.5, 4.5)
    covered = ((y[:, None] - place // width).abs() < half) & ((x - place % width).abs() < half)
    ink = (_amount(images, 0, 1) < 0.3).float()
    return torch.where(covered, ink, images)


_KINDS = (_faint, _blurred, _noisy, _unevenly_lit, _ruled, _covered, _covered)
