"""What was read, on the sheet: a box and a label for each digit and sign, and an outline around unread ink."""

import tkinter as tk
from collections.abc import Callable, Sequence

from .. import words
from ..session.drawing import Box
from ..session.readout import Readout, Shown
from . import shapes
from .look import Look

Edges = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_TAG = "reading"


class FoundView:
    """Draws on the sheet's canvas.

    Args:
        canvas: the sheet.
        look: of the window.
        to_view: makes a box on the sheet, or on the whole picture, one on the canvas, so many pixels larger.
    """

    def __init__(self, canvas: tk.Canvas, look: Look, to_view: Callable[[Edges, float], Edges]) -> None:
        self._canvas, self._look, self._to_view = canvas, look, to_view

    def draw_regions(self, regions: Sequence[Box], shown: Box | None) -> None:
        """The parts of a picture that were chosen, numbered where there are several."""
        px, palette = self._look.px, self._look.palette
        for number, region in enumerate(regions, 1):
            box = self._to_view(region, 0)
            dash = () if region == shown else (px(2), px(3))
            self._canvas.create_rectangle(
                *box, outline=palette.accent, width=px(2 if region == shown else 1), dash=dash, tags="selection"
            )
            if len(regions) > 1 and self._is_seen(box):
                self._number(number, box)

    def _number(self, number: int, box: Edges) -> None:
        """That of a part, below its right corner, where it hides none of the ink; inside at the sheet's edge."""
        px, palette, look = self._look.px, self._look.palette, self._look
        wide, high = look.small.measure(str(number)) + px(8), look.small.metrics("linespace") + px(2)
        left, top = box[2] - wide, min(box[3], self._canvas.winfo_height() - high)
        place = (left, top, left + wide, top + high)
        self._canvas.create_rectangle(*place, fill=palette.accent, width=0, tags="selection")
        self._canvas.create_text(
            left + wide / 2, top + high / 2, text=str(number), font=look.small, fill=palette.paper, tags="selection"
        )

    def draw(self, readout: Readout, chosen: int | None, on_picture: bool) -> None:
        """Draws a reading; `chosen` is the index of the digit that was clicked."""
        px = self._look.px
        self._pad = px(3 if on_picture else 10)  # less on a picture, where neighbours are near
        boxes = [self._to_view(shown.box, self._pad) for shown in readout.digits]
        wide = sorted(right - left for left, _, right, _ in boxes)
        self._crowded = bool(wide) and wide[len(wide) // 4] < self._look.strong.measure("0") + px(12)
        for sign in readout.signs:
            if self._is_seen(place := self._to_view(sign.box, self._pad)):
                self._sign(sign.sign, place)
        for unread in readout.unread:
            self._unread(self._to_view(unread, self._pad))
        for index, (shown, box) in enumerate(zip(readout.digits, boxes, strict=True)):
            if self._is_seen(box):
                self._digit(shown, box, chosen=index == chosen)

    def _is_seen(self, box: Edges) -> bool:
        """Whether any of it is on the canvas: of an enlarged picture, a part is."""
        wide, high = self._canvas.winfo_width(), self._canvas.winfo_height()
        return box[0] < wide and box[1] < high and box[2] > 0 and box[3] > 0

    def _digit(self, shown: Shown, box: Edges, chosen: bool) -> None:
        palette, px = self._look.palette, self._look.px
        colour = palette.doubt if shown.uncertain else palette.accent
        shapes.rounded(
            self._canvas, box, px(6), fill="", outline=colour, width=px(2 if chosen else 1),
            dash=(px(5), px(4)) if shown.uncertain else (), tags=_TAG,
        )  # fmt: skip
        text = shown.sign
        if shown.taught or shown.corrected:
            text = words.reading.SAID_BY_PERSON.format(digit=text)
        elif shown.uncertain and shown.is_digit:
            text = words.reading.DOUBT.format(digit=text)
        self._label(text, box, colour, filled=not shown.uncertain)

    def _sign(self, sign: str, box: Edges) -> None:
        palette, px = self._look.palette, self._look.px
        shapes.rounded(self._canvas, box, px(4), fill="", outline=palette.muted, tags=(_TAG, "sign"))
        self._label(sign, box, palette.muted, filled=False)

    def _unread(self, box: Edges) -> None:
        """Dots instead of a line, shaded, and no label: nothing that was read looks like it."""
        palette, px = self._look.palette, self._look.px
        self._canvas.create_rectangle(
            *box, outline=palette.doubt, width=px(2), dash=(px(2), px(4)), fill=palette.doubt, stipple="gray12",
            tags=(_TAG, "unread"),
        )  # fmt: skip

    def _label(self, text: str, box: Edges, colour: str, filled: bool) -> None:
        """Over a box, or under it at the sheet's upper edge; small where boxes are too narrow for more."""
        canvas, look, px = self._canvas, self._look, self._look.px
        font, aside, high, apart = (look.small, 1, 13, 1) if self._crowded else (look.strong, 6, 22, 3)
        wide = font.measure(text) + 2 * px(aside)
        left, top = box[0], box[1] - px(high + apart)
        if self._crowded:
            left = (box[0] + box[2] - wide) / 2
        if top < 0:
            top = min(box[3] + px(apart), canvas.winfo_height() - px(high + apart))
        fill, shade = (colour, look.palette.paper) if filled else (look.palette.paper, colour)
        label = (left, top, left + wide, top + px(high))
        shapes.rounded(canvas, label, px(aside), fill=fill, outline=colour, tags=_TAG)
        canvas.create_text(left + wide / 2, top + px(high) / 2, text=text, font=font, fill=shade, tags=_TAG)
