"""Opening pictures: whatever people keep them in becomes brightness, upright and of a size to work with.

Whatever reads a picture (`Reader`, the window, the tests) goes this way.
"""

import math
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from digits.ink.files import MIN_SIDE, check_size, damaged, opened
from digits.ink.parts import Grey
from digits.ink.source import WORKING_SIDE, PageOf, PictureError, Region

_STRIP = 64  # rows reduced at a time, so that there is never a second picture of full size in memory
# The eight orientations of EXIF 2.32, 4.6.4: what is done with rows and columns, in this order.
_ON_ITS_SIDE, _UPSIDE_DOWN, _LEFT_IS_RIGHT = (5, 6, 7, 8), (3, 4, 7, 8), (2, 3, 6, 7)
_FULL_SCALES = (1.0, 255.0, 4095.0, 65535.0)  # white of floats, and of 8, 12 and 16 bits in wider numbers
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as in Pillow
_SAMPLE = 64  # pixels at most along a side of what channels are compared on
_PLAIN = 0.08  # standard deviation of a brightness that shows nothing
_MORE_CONTRAST = 1.5  # one colour channel replaces luminance if it shows so much more: red on green


class Picture(NamedTuple):
    """An opened picture."""

    brightness: Grey
    """(H, W), 0 black, 1 white; reduced to at most so many pixels in the longer side as were asked for."""
    size: tuple[int, int]
    """Width and height of the picture itself, or of the region that was asked for, upright, pixels."""
    turned: int = 0
    """Degrees by which `brightness` was turned clockwise: 0, 90, 180 or 270."""
    corner: tuple[int, int] = (0, 0)
    """Left and top of the region on the picture itself."""

    def turn(self, degrees: int) -> "Picture":
        """The picture turned clockwise by a multiple of 90 degrees."""
        brightness = np.ascontiguousarray(np.rot90(self.brightness, -degrees // 90))
        return self._replace(brightness=brightness, turned=(self.turned + degrees) % 360)

    def to_original(self, box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
        """A box (left, top, right, bottom) on `brightness` as the box on the picture itself."""
        height, width = self.brightness.shape
        left, top, right, bottom = box
        for _ in range(self.turned // 90):
            left, top, right, bottom = top, width - right, bottom, width - left
            width, height = height, width
        across, down = self.size[0] / width, self.size[1] / height
        left, right = (min(max(x, 0.0), width) * across for x in (left, right))
        top, bottom = (min(max(y, 0.0), height) * down for y in (top, bottom))
        x, y = self.corner
        return x + int(left), y + int(top), x + math.ceil(right), y + math.ceil(bottom)


def open_picture(source: "str | Path | PageOf | Image.Image | NDArray[np.uint8]", side: int = WORKING_SIDE) -> Picture:
    """A picture's brightness, upright, in a size to work with.

    Args:
        source: path of an image file (of several pages or frames, the first is read) or a pipe, "-" for
            standard input, a page of a file or a region of it, a PIL image, or an array (H, W), (H, W, 3) or
            (H, W, 4) of uint8.
        side: pixels of the longer side; a larger picture is reduced by a whole factor.

    Returns:
        The picture. Transparent parts are paper. Where one colour channel shows far more than luminance
        does, it is that channel.

    Raises:
        PictureError: no such file or page, not a picture, damaged, a side below 8 pixels, above 50 megapixels, a region
            that is empty or reaches beyond it.
    """
    if isinstance(source, Image.Image):
        name = str(getattr(source, "filename", "") or "the image")
        check_size(name, *source.size)
        return _upright(source, source.size, name, side)
    if isinstance(source, np.ndarray):
        if source.dtype != np.uint8 or source.ndim < 2 or source.shape[2:] not in ((), (3,), (4,)):
            found = f"{source.dtype} {source.shape}"
            raise PictureError(f"the array: expected uint8 (H, W), (H, W, 3) or (H, W, 4), found {found}; convert it")
        check_size("the array", source.shape[1], source.shape[0])
        image = Image.fromarray(source)
        return _upright(image, image.size, "the array", side)
    source = source if isinstance(source, PageOf) else PageOf(Path(source))
    with opened(source) as image:
        if source.region:
            return _part(image, source.region, str(source.path), side)
        size = image.size
        image.draft(None, (side, side))  # a large JPEG decodes to a part of its size
        return _upright(image, size, str(source.path), side)


def _upright(image: Image.Image, size: tuple[int, int], name: str, side: int) -> Picture:
    """`open_picture` for a picture that Pillow has opened but perhaps not decoded."""
    try:
        pixels = _reduced(image, side)
    except Exception as error:
        raise damaged(name, error) from error
    return _seen(pixels, size, _orientation(image))


def _part(image: Image.Image, region: Region, name: str, side: int) -> Picture:
    """A region of an opened picture, as if it had been cut out."""
    image.load()
    orientation = _orientation(image)
    upright = image.size[::-1] if orientation in _ON_ITS_SIDE else image.size
    left, top, right, bottom = region.on(upright, name)
    if min(right - left, bottom - top) < MIN_SIDE:
        found = f"{right - left} x {bottom - top} pixels"
        raise PictureError(f"{name}: the region {region} has {found}; ask for {MIN_SIDE} x {MIN_SIDE} or more")
    corner = left, top
    if orientation in _LEFT_IS_RIGHT:
        left, right = upright[0] - right, upright[0] - left
    if orientation in _UPSIDE_DOWN:
        top, bottom = upright[1] - bottom, upright[1] - top
    if orientation in _ON_ITS_SIDE:
        left, top, right, bottom = top, left, bottom, right
    part = image.crop((left, top, right, bottom))
    return _seen(_reduced(part, side), part.size, orientation)._replace(corner=corner)


def _orientation(image: Image.Image) -> int:
    with suppress(Exception):  # damaged EXIF data are no reason not to read the picture
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    return 1


def _seen(pixels: NDArray[np.uint8] | Grey, size: tuple[int, int], orientation: int) -> Picture:
    """Pixels as a decoder gives them, of a picture of this width and height, as people look at them."""
    if orientation in _ON_ITS_SIDE:
        pixels = pixels.swapaxes(0, 1)
        size = size[::-1]
    if orientation in _UPSIDE_DOWN:
        pixels = pixels[::-1]
    if orientation in _LEFT_IS_RIGHT:
        pixels = pixels[:, ::-1]

    if pixels.ndim == 3:
        return Picture(_grey(np.multiply(pixels, 1 / 255, dtype=np.float32)), size)
    values = np.nan_to_num(pixels.astype(np.float32), posinf=0.0, neginf=0.0)
    values *= np.float32(0.5)  # from the least to the largest number of a float it is farther than a float reaches
    values -= min(float(values.min()), 0.0)
    brightest = 2 * float(values.max())
    white = 255.0 if pixels.dtype == np.uint8 else next((s for s in _FULL_SCALES if brightest <= s), brightest)
    return Picture(values / np.float32(white / 2), size)


def _reduced(image: Image.Image, side: int) -> NDArray[np.uint8] | Grey:
    """Pixels (H, W) or (H, W, 3 or 4) uint8, or (H, W) float32 of unknown scale, `side` or less."""
    if image.mode == "F" or image.mode.startswith("I"):
        mode = "F"
    elif image.has_transparency_data:
        mode = "RGBA"
    else:
        mode = "L" if image.mode in ("1", "L") else "RGB"
    image.load()
    width, height = image.size
    factor = math.ceil(max(width, height) / side)
    if factor == 1:
        return np.asarray(image.convert(mode))
    rows = _STRIP * factor
    strips = (image.crop((0, top, width, min(top + rows, height))) for top in range(0, height, rows))
    return np.concatenate([np.asarray(strip.convert(mode).reduce(factor)) for strip in strips])


def _grey(colours: Grey) -> Grey:
    """(H, W, 3) or (H, W, 4), 0 to 1, as one brightness that shows the ink."""
    if colours.shape[2] == 4:
        colours, alpha = colours[..., :3], colours[..., 3:]
        visible = (colours @ _LUMA)[alpha[..., 0] > 0.5]
        if visible.size > 0.5 * alpha.size and visible.std() > _PLAIN:
            backdrop = float(np.median(visible))  # the paper is among what is visible
        else:
            backdrop = 0.0 if visible.size and visible.mean() > 0.5 else 1.0
        colours = colours * alpha + np.float32(backdrop) * (1 - alpha)
    grey = colours @ _LUMA
    step = math.ceil(max(grey.shape) / _SAMPLE)
    spreads = colours[::step, ::step].reshape(-1, 3).std(axis=0)
    best = int(spreads.argmax())
    return colours[..., best] if spreads[best] > _MORE_CONTRAST * grey[::step, ::step].std() else grey
