"""The sheet's edge: a thin line with round corners, smooth on every screen."""

import tkinter as tk

from PIL import Image, ImageDraw

from .icons import as_photo
from .look import Look, rgb

_RADIUS = 8
_OVERSAMPLING = 4


class Border:
    """Draws itself on top of a canvas, as wide and high as that is."""

    def __init__(self, canvas: tk.Canvas, look: Look) -> None:
        self._canvas, self._look = canvas, look
        self._corners: dict[tuple[str, str], list[tk.PhotoImage]] = {}

    def draw(self, colour: str) -> None:
        """In a colour, around what is there now."""
        canvas, line = self._canvas, self._look.px(1)
        width, height = canvas.winfo_width(), canvas.winfo_height()
        radius = self._look.px(_RADIUS)
        canvas.delete("border")
        near, right, bottom = line // 2, width - (line + 1) // 2, height - (line + 1) // 2
        for ends in (
            (radius, near, width - radius, near),
            (radius, bottom, width - radius, bottom),
            (near, radius, near, height - radius),
            (right, radius, right, height - radius),
        ):
            canvas.create_line(*ends, fill=colour, width=line, tags="border")
        key = (colour, self._look.palette.window)
        if key not in self._corners:
            self._corners[key] = self._round(colour, radius, line)
        places = ((0, 0), (width - radius, 0), (width - radius, height - radius), (0, height - radius))
        for photo, (x, y) in zip(self._corners[key], places, strict=True):
            canvas.create_image(x, y, image=photo, anchor="nw", tags="border")

    def _round(self, colour: str, radius: int, line: int) -> list[tk.PhotoImage]:
        """The four corners, clockwise from the upper left: outside the window's colour, inside nothing."""
        large = radius * _OVERSAMPLING
        outside, edge = Image.new("L", (large, large), 255), Image.new("L", (large, large))
        disc = (0, 0, 2 * large, 2 * large)
        ImageDraw.Draw(outside).ellipse(disc, fill=0)
        ImageDraw.Draw(edge).ellipse(disc, outline=255, width=line * _OVERSAMPLING)
        image = Image.new("RGB", (radius, radius), rgb(self._look.palette.window))
        image.putalpha(outside.reduce(_OVERSAMPLING))
        ring = Image.new("RGB", (radius, radius), rgb(colour))
        ring.putalpha(edge.reduce(_OVERSAMPLING))
        image = Image.alpha_composite(image, ring)
        return [as_photo(self._canvas, image.rotate(-90 * turn)) for turn in range(4)]
