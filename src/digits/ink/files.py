"""Opening files: what people keep pictures in, as Pillow's pictures, with errors that people understand.

Pillow knows most formats by itself; what opens PDF and HEIC is imported when the first comes.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from digits.ink import pdf
from digits.ink.source import MAX_PIXELS, PageOf, PictureError, content

logging.getLogger("PIL").addHandler(logging.NullHandler())  # else Python prints what Pillow notes of a damaged TIFF

MIN_SIDE = 8  # pixels; a smaller digit is not legible
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "PPM", "TIFF", "WEBP", "AVIF", "JPEG2000", "ICO", "TGA")
"""What people keep pictures in. Pillow knows more, some of which start other programs (EPS)."""
_PAGED = {"TIFF", "GIF", "WEBP"}
"""Formats whose further images are as good as the first; a phone's JPEG or HEIC holds previews and depths besides."""
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
"""Brands of HEIC and HEIF, ISO/IEC 23008-12."""


@contextmanager
def opened(source: Path | PageOf) -> Iterator[Image.Image]:
    """A picture's file, opened but not decoded yet; what fails while it is decoded is told as for `open_picture`."""
    source = source if isinstance(source, PageOf) else PageOf(source)
    name, page = str(source.path), source.page
    with _told(name), content(source) as file:
        image = _opened(file, name)
        if image is None:
            image = pdf.drawn(file, name, page)
        elif page != 1:
            count = _frames(image)
            if not 1 <= page <= count:
                raise pdf.no_page(name, page, count)
            image.seek(page - 1)
        check_size(name, *image.size)
        yield image


def pages(source: PageOf) -> int:
    """How many pages or frames its file has; 1 where it cannot be told, as of what is no picture."""
    name = str(source.path)
    with suppress(PictureError, OSError):
        if source.content is not None or source.path.is_file():
            with _told(name), content(source) as file:
                image = _opened(file, name)
                if image is None:
                    return pdf.pages(file, name)
                check_size(name, *image.size)
                return _frames(image)
    return 1


def check_size(name: str, width: int, height: int) -> None:
    """Refuses what is too small to be read, or too large.

    Raises:
        PictureError: a side below 8 pixels, or above 50 megapixels.
    """
    if min(width, height) < MIN_SIDE:
        raise PictureError(f"{name}: {width} x {height} pixels; scan or crop it to {MIN_SIDE} x {MIN_SIDE} or more")
    if width * height > MAX_PIXELS:
        raise PictureError(f"{name}: {width} x {height} pixels, above 50 megapixels; reduce it and try again")


def damaged(name: str, error: Exception) -> PictureError:
    """What is told when a decoder stumbles."""
    return PictureError(f"{name}: damaged or cut short ({str(error).strip()}); save or copy it again")


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Whatever fails in opening and decoding, as people understand it."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="PIL")  # of 89 megapixels, and of flaws it can cope with
            yield
    except Image.DecompressionBombError as error:
        raise PictureError(f"{name}: far above 50 megapixels; reduce it and try again") from error
    except PermissionError as error:
        raise PictureError(f"{name}: no permission to read it; change its permissions") from error
    except PictureError:
        raise
    except Exception as error:  # decoders raise whatever a damaged file makes them stumble over
        raise damaged(name, error) from error


def _opened(file: BinaryIO, name: str) -> Image.Image | None:
    """The first image of a file, for HEIC the main one; None for a PDF."""
    try:
        # Opened by us, since Pillow maps an uncompressed TIFF it opens itself, and skews it where EXIF turns it.
        return Image.open(file, formats=_FORMATS)
    except UnidentifiedImageError as error:
        file.seek(0)
        head = file.read(pdf.WITHIN)
        if pdf.BEGINS in head:
            return None
        if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
            return _heic(file, name)
        found = "not a picture that can be read" if head else "an empty file"
        raise PictureError(f"{name}: {found}; save it as PNG or JPEG") from error


def _heic(file: BinaryIO, name: str) -> Image.Image:
    try:
        from pillow_heif import HeifImageFile
    except ModuleNotFoundError as error:
        needed = "HEIC needs the package pillow-heif: pip install 'digits[heic]'"
        raise PictureError(f"{name}: {needed}, or save it as PNG or JPEG") from error
    file.seek(0)
    return HeifImageFile(file)


def _frames(image: Image.Image) -> int:
    return int(getattr(image, "n_frames", 1)) if image.format in _PAGED else 1
