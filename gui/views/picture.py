"""The picture on the sheet as it is seen: the part that is shown, and what of it is read."""

from PIL import Image

from ..session.drawing import Box, Drawing
from ..session.paint import Colour

_FADED = 0.65
"""How far what lies outside the parts that are read goes back into the paper."""

_REDUCING = 1.5
"""How much larger than shown a large picture is when it is resized well: 10 ms of 12 megapixels, 50 with twice."""

_KEPT = 3_000_000
"""Pixels of a picture that is kept in the size in which it is shown, some screens full."""

Place = tuple[float, int, int]
"""Scale, left and top of a picture on the sheet."""


class ShownPicture:
    """Makes images as large as the sheet of what lies on it."""

    def __init__(self) -> None:
        self._resized: tuple[Image.Image, Image.Image] | None = None
        """A picture, and all of it in the size in which it was shown last."""

    def forget(self) -> None:
        """There is no picture any more."""
        self._resized = None

    def image(self, drawing: Drawing, place: Place, size: tuple[int, int], paper: Colour) -> Image.Image:
        """The drawing's picture at its place on paper of a size."""
        seen = _on_paper((0, 0, *drawing.picture.size), place, (0, 0, *size))
        left, top = seen[:2]
        shown = self._seen(drawing.picture, place, seen)
        image = Image.new("RGB", size, paper)
        if not drawing.selection:
            image.paste(shown, (left, top))
            return image
        image.paste(Image.blend(shown, Image.new("RGB", shown.size, paper), _FADED), (left, top))
        for region in drawing.regions:
            clear = _on_paper(region, place, seen)
            image.paste(shown.crop((clear[0] - left, clear[1] - top, clear[2] - left, clear[3] - top)), clear[:2])
        return image

    def _seen(self, picture: Image.Image, place: Place, seen: Box) -> Image.Image:
        """What is seen of a picture in a box of the sheet.

        All of it is resized once and kept, if it is not too large: when it is moved it has to follow the hand.
        """
        scale, *start = place
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        left, top, right, bottom = (value - first for value, first in zip(seen, 2 * start, strict=True))
        if size[0] * size[1] > _KEPT:
            part = (left / scale, top / scale, right / scale, bottom / scale)
            box = (max(part[0], 0), max(part[1], 0), min(part[2], picture.width), min(part[3], picture.height))
            return picture.resize((right - left, bottom - top), Image.Resampling.BICUBIC, box=box)
        if self._resized is None or self._resized[0] is not picture or self._resized[1].size != size:
            way = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
            self._resized = (picture, picture.resize(size, way, reducing_gap=_REDUCING))
        return self._resized[1].crop((left, top, right, bottom))


def _on_paper(box: Box, place: Place, within: Box) -> Box:
    """What is seen of a box of the picture within one of the sheet, in whole pixels of it; a pixel at least."""
    scale, *start = place
    ends = []
    for side in (0, 1):
        low, high = within[side], within[side + 2]
        first = min(max(round(box[side] * scale) + start[side], low), high - 1)
        last = min(max(round(box[side + 2] * scale) + start[side], first + 1), high)
        ends.append((first, last))
    return ends[0][0], ends[1][0], ends[0][1], ends[1][1]
