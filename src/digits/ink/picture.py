"""Opening pictures: whatever people keep them in becomes brightness, upright and of a size to work with.

Whatever reads a picture (`Reader`, the window, the tests) goes this way.
"""

import logging
import math
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from digits.errors import DigitsError
from digits.ink.parts import Grey

logging.getLogger("PIL").addHandler(logging.NullHandler())  # else Python prints what Pillow notes of a damaged TIFF

STDIN = "-"
"""The path of standard input."""

MIN_SIDE = 8  # pixels; a smaller digit is not legible
MAX_PIXELS = 8192 * 6144  # the most that cameras sold as 50 megapixels give; in colour 200 MB
WORKING_SIDE = 1200  # pixels; a picture is reduced by a whole factor until its longer side has at most these
_STRIP = 64  # rows reduced at a time, so that there is never a second picture of full size in memory
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "PPM", "TIFF", "WEBP", "AVIF", "JPEG2000", "ICO", "TGA")
"""What people keep pictures in. Pillow knows more, some of which start other programs (EPS)."""
_PAGED = {"TIFF", "GIF", "WEBP"}
"""Formats whose further images are as good as the first; a phone's JPEG holds previews and depths besides."""
_FULL_SCALES = (1.0, 255.0, 4095.0, 65535.0)  # white of floats, and of 8, 12 and 16 bits in wider numbers
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as in Pillow
_SAMPLE = 64  # pixels at most along a side of what channels are compared on
_PLAIN = 0.08  # standard deviation of a brightness that shows nothing
_MORE_CONTRAST = 1.5  # one colour channel replaces luminance if it shows so much more: red on green


class PictureError(DigitsError):
    """A picture cannot be read; the message names it, the reason and what to do."""


class PageOf(NamedTuple):
    """A page of a TIFF, or a frame of an animation."""

    path: Path
    page: int
    """From 1."""


class Picture(NamedTuple):
    """An opened picture."""

    brightness: Grey
    """(H, W), 0 black, 1 white; reduced to at most `WORKING_SIDE` pixels in the longer side, or so many as were asked
    for."""
    size: tuple[int, int]
    """Width and height of the picture itself, upright, pixels."""
    turned: int = 0
    """Degrees by which `brightness` was turned clockwise: 0, 90, 180 or 270."""

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
        return int(left), int(top), math.ceil(right), math.ceil(bottom)


def open_picture(
    source: "str | Path | PageOf | Image.Image | NDArray[np.uint8]", side: int = WORKING_SIDE
) -> Picture:
    """A picture's brightness, upright, in a size to work with.

    Args:
        source: path of an image file (of several pages or frames, the first is read) or a pipe, "-" for
            standard input, a page of a file, a PIL image, or an array (H, W), (H, W, 3) or (H, W, 4) of uint8.
        side: pixels of the longer side; a larger picture is reduced by a whole factor.

    Returns:
        The picture. Transparent parts are paper. Where one colour channel shows far more than luminance
        does, it is that channel.

    Raises:
        PictureError: no such file, not a picture, damaged, a side below 8 pixels, above 50 megapixels.
    """
    if isinstance(source, Image.Image):
        name = str(getattr(source, "filename", "") or "the image")
        _check_size(name, *source.size)
        return _upright(source, source.size, name, side)
    if isinstance(source, np.ndarray):
        if source.dtype != np.uint8 or source.ndim < 2 or source.shape[2:] not in ((), (3,), (4,)):
            found = f"{source.dtype} {source.shape}"
            raise PictureError(f"the array: expected uint8 (H, W), (H, W, 3) or (H, W, 4), found {found}; convert it")
        _check_size("the array", source.shape[1], source.shape[0])
        image = Image.fromarray(source)
        return _upright(image, image.size, "the array", side)
    path, page = source if isinstance(source, PageOf) else (Path(source), 1)
    with opened(path) as image:
        image.seek(page - 1)
        size = image.size
        image.draft(None, (side, side))  # a large JPEG decodes to a part of its size
        return _upright(image, size, str(path), side)


def pages(path: Path) -> int:
    """How many pages or frames a file has; 1 where it cannot be told, as of what is no picture."""
    with suppress(PictureError, OSError):
        if path.is_file():
            with opened(path) as image:
                return int(getattr(image, "n_frames", 1)) if image.format in _PAGED else 1
    return 1


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """A picture's file, opened but not decoded yet; what fails while it is decoded is told as for `open_picture`."""
    try:
        # Opened here, since Pillow maps an uncompressed TIFF it opens itself, and skews it where EXIF turns it.
        with _content(path) as file, warnings.catch_warnings():
            empty = not file.read(1)
            file.seek(0)
            warnings.filterwarnings("ignore", module="PIL")  # of 89 megapixels, and of flaws it can cope with
            image = Image.open(file, formats=_FORMATS)
            _check_size(str(path), *image.size)
            yield image
    except UnidentifiedImageError as error:
        found = "an empty file" if empty else "not a picture that can be read"
        raise PictureError(f"{path}: {found}; save it as PNG or JPEG") from error
    except Image.DecompressionBombError as error:
        raise PictureError(f"{path}: far above 50 megapixels; reduce it and try again") from error
    except PermissionError as error:
        raise PictureError(f"{path}: no permission to read it; change its permissions") from error
    except PictureError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever a damaged file makes them stumble over
        raise _damaged(str(path), error) from error


def _content(path: Path) -> BinaryIO:
    """A picture's file; of a pipe or standard input (-) all that comes."""
    if str(path) == STDIN:
        return BytesIO(sys.stdin.buffer.read())
    if path.is_dir():
        raise PictureError(f"{path}: is a folder; give the path of a picture")
    if not path.exists():
        raise PictureError(f"{path}: does not exist; give the path of a picture")
    return path.open("rb") if path.is_file() else BytesIO(path.read_bytes())


def _damaged(name: str, error: Exception) -> PictureError:
    return PictureError(f"{name}: damaged or cut short ({error}); save or copy it again")


def _check_size(name: str, width: int, height: int) -> None:
    if min(width, height) < MIN_SIDE:
        raise PictureError(f"{name}: {width} x {height} pixels; scan or crop it to {MIN_SIDE} x {MIN_SIDE} or more")
    if width * height > MAX_PIXELS:
        raise PictureError(f"{name}: {width} x {height} pixels, above 50 megapixels; reduce it and try again")


def _upright(image: Image.Image, size: tuple[int, int], name: str, side: int) -> Picture:
    """`open_picture` for a picture that Pillow has opened but perhaps not decoded."""
    try:
        pixels = _reduced(image, side)
    except Exception as error:
        raise _damaged(name, error) from error
    turn = 1
    with suppress(Exception):  # damaged EXIF data are no reason not to read the picture
        turn = image.getexif().get(ExifTags.Base.Orientation, 1)
    # The eight orientations of EXIF 2.32, 4.6.4.
    if turn in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
        size = size[::-1]
    if turn in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if turn in (2, 3, 6, 7):
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
