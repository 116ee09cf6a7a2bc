"""PDF: its pages as pictures, drawn by PDFium, the library that Chromium shows them with."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from io import SEEK_END
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

from PIL import Image

from digits.ink.source import MAX_PIXELS, WORKING_SIDE, PictureError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfImage, PdfPage

SIDE = 3 * WORKING_SIDE
"""Pixels of a drawn page's longer side, a whole multiple of what is read; of A4 308 to the inch, as scans have."""

_COVERS = 0.5  # of the page: a picture that is larger is a scan
BEGINS, _ENDS, WITHIN = b"%PDF-", b"%%EOF", 1024
"""What stands so many bytes from the beginning and the end of a PDF: PDF Reference 1.7, H.3, notes 13 and 18."""
_LOCKED = {4, 5}  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY of fpdfview.h

_alone = Lock()  # PDFium is for one thread at a time


def pages(file: BinaryIO, name: str) -> int:
    """How many pages there are.

    Raises:
        PictureError: it is locked, or damaged; names it.
    """
    with _document(file, name) as document:
        return len(document)


def drawn(file: BinaryIO, name: str, page: int) -> Image.Image:
    """A page, from 1, upright on white, with what was written on it as annotations or into its fields.

    Raises:
        PictureError: the PDF is locked, damaged, or has no such page; names it.
    """
    with _document(file, name) as document:
        if not 1 <= page <= len(document):
            raise no_page(name, page, len(document))
        sheet = document[page - 1]
        longer = max(sheet.get_size())
        side = min(_side(sheet), math.sqrt(MAX_PIXELS * longer / min(sheet.get_size())))
        # What is asked for is rounded up, so a scan would get a pixel more than it has, and be blurred.
        scale = (side - 0.01) / longer
        picture = sheet.render(scale=scale).to_pil()
        if picture.getcolors(1):  # one colour: it is blank, or what is on it is damaged, which only this tells
            for one in _pictures(sheet):
                one.get_bitmap()
        return picture


def no_page(name: str, page: int, count: int) -> PictureError:
    """What is told of a page that a file has not."""
    return PictureError(
        f"{name}: has no page {page}, {'only 1' if count == 1 else f'its last is {count}'}; ask for another"
    )


def _pictures(page: "PdfPage") -> "Iterator[PdfImage]":
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    return page.get_objects([FPDF_PAGEOBJ_IMAGE], max_depth=1)


def _side(page: "PdfPage") -> int:
    """Pixels for the longer side: as many as a scan that fills the page has, for that is not resampled, else `SIDE`."""
    width, height = page.get_size()
    finest = 0.0  # pixels to the point; some scanners lay a fine one of the ink over a coarse one of the paper
    for picture in _pictures(page):
        left, bottom, right, top = picture.get_bounds()
        area = (right - left) * (top - bottom)
        if area > _COVERS * width * height:
            finest = max(finest, math.sqrt(math.prod(picture.get_px_size()) / area))
    side = round(max(width, height) * finest)
    return side if side >= WORKING_SIDE else SIDE


@contextmanager
def _document(file: BinaryIO, name: str) -> Iterator["PdfDocument"]:
    import pypdfium2

    file.seek(-min(file.seek(0, SEEK_END), WITHIN), SEEK_END)
    if _ENDS not in file.read():  # PDFium would show what is left of it, perhaps a blank page
        raise PictureError(f"{name}: a PDF that is cut short; copy or save it again")
    file.seek(0)
    try:
        with _alone, pypdfium2.PdfDocument(file) as document:
            document.init_forms()
            yield document
    except pypdfium2.PdfiumError as error:
        file.seek(0)
        # Of a PDF without pages, the code is what the last file left there.
        if error.err_code in _LOCKED and b"/Encrypt" in file.read():
            raise PictureError(f"{name}: a PDF that is locked with a password; save it without one") from error
        raise PictureError(f"{name}: a PDF that is damaged or has no pages; save it again") from error
