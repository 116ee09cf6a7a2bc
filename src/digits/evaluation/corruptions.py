"""Damage that pictures of digits come with, at five strengths: what robustness is measured with.

As N. Mu and J. Gilmer did for MNIST (*MNIST-C: A Robustness Benchmark for Computer Vision*, 2019), the image that
the network reads is damaged, behind the normaliser, which would mend a good part of it. Strength 1 is hardly seen,
3 is read by a person without trouble, 5 is hard.

What is drawn at random for an image follows from its own pixels: it is damaged in the same way, only more or less, at
every strength, for every model, and in whatever part of a set it is read.
"""

import io
import zlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from scipy.special import ndtri

from digits.ink import SIDE

Ink = NDArray[np.float32]
"""Images (N, 28, 28), 0 paper, 1 ink."""

Draws = NDArray[np.float64]
"""Random numbers (N, k), uniform from 0 to 1, of each image."""

STRENGTHS = range(1, 6)


class Corruption(NamedTuple):
    """A kind of damage."""

    apply: Callable[..., NDArray[np.floating]]
    """Damages images (N, 28, 28) by an amount, with what is drawn for them; may leave the range from 0 to 1."""
    amounts: tuple[float, float, float, float, float]
    """The amount at each strength."""
    draws: int
    """Random numbers that it takes for an image."""


CORRUPTIONS: dict[str, Corruption] = {}
"""Every corruption by its name; `corruption` adds them."""


def corruption(
    name: str, *amounts: float, draws: int = 0
) -> Callable[[Callable[..., NDArray[np.floating]]], Callable[..., NDArray[np.floating]]]:
    """Makes a function a corruption: evaluation, charts, model card and tests take it up by themselves.

    Args:
        name: for people.
        amounts: what the function is given at strength 1 to 5.
        draws: random numbers from 0 to 1 that it needs for an image; with none it is not given any.
    """
    one, two, three, four, five = amounts

    def add(function: Callable[..., NDArray[np.floating]]) -> Callable[..., NDArray[np.floating]]:
        CORRUPTIONS[name] = Corruption(function, (one, two, three, four, five), draws)
        return function

    return add


def corrupt(images: NDArray[np.uint8], name: str, strength: int, seed: int = 0) -> NDArray[np.uint8]:
    """The images, damaged.

    Args:
        images: (N, 28, 28), 0 paper, 255 ink, normalised.
        name: one of `CORRUPTIONS`.
        strength: 1 to 5.
        seed: another one draws other signs, places and noise.
    """
    apply, amounts, draws = CORRUPTIONS[name]
    ink, drawn = np.divide(images, 255, dtype=np.float32), np.empty((len(images), draws))
    if draws:
        for row, image in zip(drawn, images, strict=True):
            np.random.default_rng([seed, zlib.crc32(name.encode()), zlib.crc32(image.tobytes())]).random(out=row)
    damaged = apply(ink, amounts[strength - 1], *([drawn] if draws else []))
    return np.rint(255 * np.clip(damaged, 0, 1)).astype(np.uint8)


def _sign(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(drawn < 0.5, -1.0, 1.0)


_MIDDLE = (SIDE - 1) / 2
_Y, _X = np.mgrid[:SIDE, :SIDE] - _MIDDLE


def _warp(ink: Ink, back: NDArray[np.float64]) -> Ink:
    """Images seen through maps (N, 2, 3) from where a pixel is to where it was, in (y, x, 1) from the middle."""
    y, x = np.einsum("nij,jhw->inhw", back, np.stack([_Y, _X, np.ones_like(_X)])) + _MIDDLE
    image = np.broadcast_to(np.arange(len(ink), dtype=float)[:, None, None], y.shape)
    return ndimage.map_coordinates(ink, [image, y, x], order=1, mode="grid-constant")


def _maps(
    yy: NDArray[np.float64] | float = 1.0,
    yx: NDArray[np.float64] | float = 0.0,
    xy: NDArray[np.float64] | float = 0.0,
    xx: NDArray[np.float64] | float = 1.0,
    y: NDArray[np.float64] | float = 0.0,
    x: NDArray[np.float64] | float = 0.0,
) -> NDArray[np.float64]:
    """(N, 2, 3), of the rows [yy, yx, y] and [xy, xx, x]; numbers for all images or (N,)."""
    return np.stack(np.broadcast_arrays(yy, yx, y, xy, xx, x), axis=-1).reshape(-1, 2, 3)


@corruption("rotation", 8, 16, 25, 35, 45, draws=1)  # degrees, either way
def _rotated(ink: Ink, degrees: float, drawn: Draws) -> Ink:
    turn = np.radians(degrees) * _sign(drawn[:, 0])
    return _warp(ink, _maps(np.cos(turn), -np.sin(turn), np.sin(turn), np.cos(turn)))


@corruption("shift", 1, 2, 3.5, 5, 7, draws=1)  # pixels, in any direction
def _shifted(ink: Ink, pixels: float, drawn: Draws) -> Ink:
    direction = 2 * np.pi * drawn[:, 0]
    return _warp(ink, _maps(y=pixels * np.sin(direction), x=pixels * np.cos(direction)))


@corruption("scale", 1.1, 1.2, 1.35, 1.55, 1.8, draws=1)  # factor, smaller or larger
def _scaled(ink: Ink, factor: float, drawn: Draws) -> Ink:
    scale = factor ** _sign(drawn[:, 0])
    return _warp(ink, _maps(yy=scale, xx=scale))


@corruption("shear", 0.15, 0.3, 0.45, 0.65, 0.9, draws=1)  # slope, either way
def _sheared(ink: Ink, slope: float, drawn: Draws) -> Ink:
    return _warp(ink, _maps(xy=slope * _sign(drawn[:, 0])))


_THINNER = 0.45  # of the radius by which others are thickened: a pen of 3 pixels has little to lose
_OCTAGON = [(np.sin(turn), np.cos(turn)) for turn in np.arange(8) * np.pi / 4]
_ROOM = 3  # pixels around an image, as far as ink is moved


@corruption("stroke thickness", 0.4, 0.8, 1.2, 1.7, 2.3, draws=1)  # radius in pixels; thicker, or thinner
def _thickened(ink: Ink, radius: float, drawn: Draws) -> Ink:
    """Greyscale dilation by an octagon of `radius` pixels, or erosion by a smaller one, up to full ink again."""
    padded = np.pad(ink, ((0, 0), (_ROOM, _ROOM), (_ROOM, _ROOM)))
    thicker = drawn[:, 0] < 0.5
    for members, reach, extreme in ((thicker, radius, np.maximum), (~thicker, _THINNER * radius, np.minimum)):
        found = padded[members]
        for _ in range(2):  # by half of it, twice, so that the octagon has no hole
            found = extreme.reduce([found, *(_moved(found, reach / 2 * y, reach / 2 * x) for y, x in _OCTAGON)])
        padded[members] = found
    result = padded[:, _ROOM:-_ROOM, _ROOM:-_ROOM]
    return result / result.max(axis=(1, 2), keepdims=True).clip(0.1)


def _moved(ink: Ink, *by: float) -> Ink:
    """Images moved down and to the right, by parts of a pixel too, around their edges."""
    for axis, distance in enumerate(by, 1):
        whole, part = int(np.floor(distance)), np.float32(distance % 1)
        ink = (1 - part) * np.roll(ink, whole, axis) + part * np.roll(ink, whole + 1, axis)
    return ink


@corruption("blur", 0.5, 0.9, 1.3, 1.8, 2.4)  # sigma, pixels
def _blurred(ink: Ink, sigma: float) -> Ink:
    return ndimage.gaussian_filter(ink, (0, sigma, sigma), mode="constant")


@corruption("noise", 0.06, 0.12, 0.22, 0.38, 0.6, draws=SIDE * SIDE)  # sigma, 1 is full ink
def _noisy(ink: Ink, sigma: float, drawn: Draws) -> NDArray[np.floating]:
    return ink + sigma * ndtri(drawn).reshape(ink.shape)


@corruption("contrast", 0.8, 0.6, 0.4, 0.22, 0.12)  # share that is left
def _faint(ink: Ink, share: float) -> Ink:
    """Contrast around the image's own mean reduced to `share`: ink fades and paper darkens."""
    mean = ink.mean(axis=(1, 2), keepdims=True)
    return mean + share * (ink - mean)


@corruption("occlusion", 2, 4, 6, 8, 10, draws=2)  # side of the square, pixels
def _occluded(ink: Ink, side: float, drawn: Draws) -> Ink:
    """A square of paper, or of ink, over a random place on the digit's line."""
    line = (ink > 0.5).reshape(len(ink), SIDE * SIDE)
    pixel = (line.cumsum(axis=1) > drawn[:, :1] * line.sum(axis=1, keepdims=True)).argmax(axis=1)
    y, x = (pixel // SIDE)[:, None, None], (pixel % SIDE)[:, None, None]
    # Half a pixel up and to the left, where the side is even.
    covered = np.maximum(np.abs(_Y + _MIDDLE - y + 0.25), np.abs(_X + _MIDDLE - x + 0.25)) < side / 2
    return np.where(covered, (drawn[:, 1] < 0.5)[:, None, None], ink).astype(np.float32)


@corruption("JPEG", 30, 15, 8, 4, 1)  # Pillow's quality
def _compressed(ink: Ink, quality: float) -> Ink:
    damaged = np.empty_like(ink)
    for result, image in zip(damaged, np.rint(255 * ink).astype(np.uint8), strict=True):
        buffer = io.BytesIO()
        Image.fromarray(255 - image).save(buffer, "JPEG", quality=int(quality))
        result[:] = (255 - np.asarray(Image.open(buffer))) / np.float32(255)
    return damaged


def _along(direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each pixel is from the middle (N, 28, 28), in a direction (N,) in radians."""
    return np.sin(direction)[:, None, None] * _Y + np.cos(direction)[:, None, None] * _X


@corruption("uneven light", 0.15, 0.3, 0.5, 0.7, 0.9, draws=1)  # share of the light that is lost
def _unevenly_lit(ink: Ink, shadow: float, drawn: Draws) -> NDArray[np.floating]:
    """The light that falls on the paper falls off, from one side to the other, to 1 - `shadow`."""
    far = _along(2 * np.pi * drawn[:, 0])
    low, high = far.min(axis=(1, 2), keepdims=True), far.max(axis=(1, 2), keepdims=True)
    return 1 - (1 - ink) * (1 - shadow * (far - low) / (high - low))


_RULED = (6.0, 10.0)  # pixels from line to line
_ASKEW = np.radians(4.0)  # most that the paper is turned


@corruption("paper lines", 0.15, 0.3, 0.5, 0.75, 1.0, draws=3)  # darkness, 1 is full ink
def _ruled(ink: Ink, darkness: float, drawn: Draws) -> NDArray[np.floating]:
    """Printed lines a pixel wide, level or almost, behind the digit."""
    spacing = (_RULED[0] + (_RULED[1] - _RULED[0]) * drawn[:, 0])[:, None, None]
    across = _along(np.pi / 2 + _ASKEW * (2 * drawn[:, 1] - 1)) + spacing * drawn[:, 2, None, None]
    off = np.abs(across - spacing * np.rint(across / spacing))
    return np.maximum(ink, darkness * np.clip(1 - off, 0, 1))
