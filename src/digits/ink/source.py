"""What is asked to be opened: a file, a page of it, a part of that; and where its bytes come from."""

import math
import sys
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from digits.errors import DigitsError

STDIN = "-"
"""The path of standard input."""


WORKING_SIDE = 1200  # pixels; a picture is reduced by a whole factor until its longer side has at most these
MAX_PIXELS = 8192 * 6144  # the most that cameras sold as 50 megapixels give; in colour 200 MB


class PictureError(DigitsError):
    """A picture cannot be read; the message names it, the reason and what to do."""


class Region(NamedTuple):
    """A part of the upright picture, in pixels or in percent of its sides; right and bottom are the first not in it."""

    left: float
    top: float
    right: float
    bottom: float
    percent: bool = False

    def on(self, size: tuple[int, int], name: str) -> tuple[int, int, int, int]:
        """The same in whole pixels of a picture of this width, height and name, rounded outwards.

        Raises:
            PictureError: it is empty, or reaches beyond the picture.
        """
        across, down = (side / 100 if self.percent else 1 for side in size)
        left, top = math.floor(self.left * across), math.floor(self.top * down)
        right, bottom = math.ceil(self.right * across), math.ceil(self.bottom * down)
        if not (left < right and top < bottom):
            raise PictureError(f"{name}: the region {self} is empty; left and top come first, then right and bottom")
        if left < 0 or top < 0 or right > size[0] or bottom > size[1]:
            raise PictureError(
                f"{name}: the region {self} reaches beyond its {size[0]} x {size[1]} pixels; keep it inside"
            )
        return left, top, right, bottom

    def __str__(self) -> str:
        return ",".join(f"{value:g}{'%' * self.percent}" for value in self[:4])


class PageOf(NamedTuple):
    """A page of a file: of a PDF or TIFF, or a frame of an animation; a picture is page 1."""

    path: Path
    page: int = 1
    """From 1."""
    region: Region | None = None
    """The only part that is read."""
    content: bytes | None = None
    """What the file holds where it has been read already, as standard input can be but once."""


def content(source: PageOf) -> BinaryIO:
    """A file, to be closed; of a pipe or standard input (-) all that comes.

    Raises:
        PictureError: it does not exist, is a folder, or standard input is closed.
        OSError: it cannot be read.
    """
    path = source.path
    if source.content is not None:
        return BytesIO(source.content)
    if str(path) == STDIN:
        if sys.stdin is None:
            raise PictureError(f"{path}: standard input is closed; give the path of a picture")
        return BytesIO(sys.stdin.buffer.read())
    if path.is_dir():
        raise PictureError(f"{path}: is a folder; give the path of a picture")
    if not path.exists():
        raise PictureError(f"{path}: does not exist; give the path of a picture")
    return path.open("rb") if path.is_file() else BytesIO(path.read_bytes())
