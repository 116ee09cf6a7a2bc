"""One digit in the panel: what the network got, how sure it is of each answer, and in doubt what others look like."""

import base64
import io
import tkinter as tk
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from .. import words
from ..session.paint import ppm
from ..session.readout import Shown
from .look import Look, rgb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SIDE = 28

_SIDES = ((400, 196), (300, 140), (0, 112), (0, 84))
"""From which width of the panel on, and then how large the digit's image is, pixels of a 96 dpi screen."""

_BELOW = 26
"""What the note under the image takes, pixels of a 96 dpi screen."""

_STRONGEST = 0.8
"""How much of the heat's colour the hottest place takes."""

_VISIBLE = 0.005
"""Probabilities below show no bar."""

_EXAMPLES = 6
"""In a row: so many the model's file holds of each digit."""

_OVERSAMPLING = 4


class DigitView:
    """Draws on the panel's canvas."""

    def __init__(self, canvas: tk.Canvas, look: Look) -> None:
        self._canvas, self._look = canvas, look
        self._photos: list[tk.PhotoImage] = []
        """What is shown now; Tk does not hold on to it."""

    def draw(
        self,
        y: int,
        width: int,
        shown: Shown,
        place: str,
        heat: "NDArray[np.float32] | None",
        examples: dict[str, str],
    ) -> None:
        """Draws all about a digit.

        Args:
            y: where it begins.
            width: how much room there is.
            shown: the digit.
            place: where in the number it stands, for people.
            heat: which parts of its image speak for it, (28, 28), 0 to 1, as far as that is known.
            examples: typical training images, base64 of a PNG for each digit.
        """
        palette, look, canvas, px = self._look.palette, self._look, self._canvas, self._look.px
        self._photos.clear()
        canvas.create_line(px(4), y, width - px(4), y, fill=palette.line)
        y += px(14)
        colour = palette.doubt if shown.uncertain else palette.text
        canvas.create_text(px(4), y, text=shown.doubt or shown.digit, font=look.title, fill=colour, anchor="nw")
        if shown.taught:
            place = words.reading.TAUGHT.format(digit=shown.best)
        elif shown.corrected:
            place = words.reading.CORRECTED.format(digit=shown.best)
        canvas.create_text(width - px(4), y + px(6), text=place, font=look.small, fill=palette.muted, anchor="ne")
        y += px(36)
        room = canvas.winfo_height() - y - px(_BELOW)
        wanted = [px(side) for least, side in _SIDES if width >= px(least)]
        factor = max(2, next((side for side in wanted if side <= room), wanted[-1]) // _SIDE)
        side = factor * _SIDE
        canvas.create_rectangle(px(4) - 1, y - 1, px(4) + side, y + side, outline=palette.line)
        self._show(px(4), y, self._image(shown, heat).resize((side, side), Image.Resampling.NEAREST))
        self._draw_bars(px(4) + side + px(18), y, width - px(4), side, shown)
        y += side + px(6)
        note = words.reading.AS_NETWORK_SEES_IT if heat is None else words.reading.ORANGE_INK
        canvas.create_text(px(4), y, text=note, font=look.small, fill=palette.muted, anchor="nw")
        if shown.uncertain and examples:
            self._draw_examples(y + px(28), width, shown, examples)

    def _show(self, x: float, y: float, image: Image.Image) -> None:
        photo = tk.PhotoImage(master=self._canvas, data=ppm(image))
        self._photos.append(photo)
        self._canvas.create_image(x, y, image=photo, anchor="nw")

    def _image(self, shown: Shown, heat: "NDArray[np.float32] | None") -> Image.Image:
        """What the network got, in the theme's colours."""
        ink = Image.new("RGB", (_SIDE, _SIDE), rgb(self._look.palette.ink))
        if heat is not None:
            strength = Image.fromarray((heat * (255 * _STRONGEST)).astype("uint8"))
            ink.paste(rgb(self._look.palette.heat), (0, 0, _SIDE, _SIDE), strength)
        return self._on_paper(ink, Image.fromarray(shown.image))

    def _on_paper(self, ink: Image.Image, mask: Image.Image) -> Image.Image:
        image = Image.new("RGB", mask.size, rgb(self._look.palette.paper))
        image.paste(ink, (0, 0), mask)
        return image

    def _draw_bars(self, left: int, top: int, right: int, height: int, shown: Shown) -> None:
        """Probabilities, one below the other."""
        palette, look = self._look.palette, self._look
        px, step = look.px, height / 10
        bars = []
        for digit, probability in enumerate(shown.probabilities):
            named = digit == shown.best or (shown.uncertain and digit == shown.rival)
            colour = palette.doubt if shown.uncertain else palette.accent
            bars.append((probability, colour if named else palette.muted))
            text = palette.text if named else palette.muted
            middle = top + step * (digit + 0.5)
            self._canvas.create_text(left, middle, text=str(digit), anchor="w", font=look.small, fill=text)
            if probability >= _VISIBLE:
                share = words.reading.SHARE.format(share=probability)
                self._canvas.create_text(right, middle, text=share, anchor="e", font=look.small, fill=text)
        self._show(left + px(16), top, self._bars_image(bars, right - px(48) - left - px(16), height))

    def _bars_image(self, bars: list[tuple[float, str]], width: int, height: int) -> Image.Image:
        """Bars with soft round ends; a length 0 to 1 and a colour each."""
        palette, large = self._look.palette, _OVERSAMPLING
        image = Image.new("RGB", (width * large, height * large), rgb(palette.window))
        pencil = ImageDraw.Draw(image)
        step = height * large / len(bars)
        half = step / 4
        for row, (length, colour) in enumerate(bars):
            middle = step * (row + 0.5)
            for end, fill in ((width * large - 1, palette.line), (max(width * large * length, 2 * half), colour)):
                if fill == palette.line or length >= _VISIBLE:
                    pencil.rounded_rectangle((0, middle - half, end, middle + half), half, fill=fill)
        return image.reduce(large)

    # --- in doubt

    def _draw_examples(self, y: int, width: int, shown: Shown, examples: dict[str, str]) -> None:
        """The digit beside training images of both that it may be, if there is room."""
        palette, look, canvas, px = self._look.palette, self._look, self._canvas, self._look.px
        widest = max(1, min(px(44), (width - px(40)) // (_EXAMPLES + 1)))
        room = canvas.winfo_height() - y - px(20)
        side = next((side for side in (widest, px(28), px(24)) if 2 * (side + px(8)) <= room), None)
        if side is None:
            return
        canvas.create_text(px(4), y, text=words.reading.YOURS, font=look.small, fill=palette.muted, anchor="nw")
        canvas.create_text(
            px(28) + side, y, text=words.reading.TYPICAL, font=look.small, fill=palette.muted, anchor="nw"
        )
        y += px(20)
        own = self._image(shown, None).resize((side, side), Image.Resampling.LANCZOS)
        self._show(px(4), y + (side + px(8)) / 2, own)
        for digit in (shown.digit, shown.rival):
            row = self._row(examples.get(str(digit), ""), side)
            if row is not None:
                x = px(12) + side
                canvas.create_text(x, y + side / 2, text=str(digit), font=look.strong, fill=palette.text, anchor="w")
                self._show(x + px(16), y, row)
            y += side + px(8)

    def _row(self, encoded: str, side: int) -> Image.Image | None:
        """Training images side by side, `side` pixels each; None where there are none to be read."""
        try:
            mask = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("L")
        except (ValueError, OSError):  # an unreadable example is no reason to stop reading
            return None
        ink = Image.new("RGB", mask.size, rgb(self._look.palette.ink))
        size = (mask.width // mask.height * side, side)
        return self._on_paper(ink, mask).resize(size, Image.Resampling.LANCZOS)
