"""Beside the sheet: the number in large type, and all about one of its digits."""

import base64
import io
import tkinter as tk
from collections.abc import Callable
from tkinter import font as tkfont
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from gui.look import Look, rgb
from gui.paint import ppm
from gui.readout import Readout, Shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WIDTHS = ((1400, 412), (900, 332), (0, 272))
"""From which width of the window on, and then how wide the panel is, pixels of a 96 dpi screen."""

_SIDES = ((400, 196), (300, 140), (0, 112))
"""The same for the enlarged image of a digit, by the panel's width."""
_LARGEST, _MEDIUM, _SMALLEST = 68, 44, 22
"""Type size of the number, pixels."""

_LOW = 440
"""Below this height the number is smaller, so that examples still find room, pixels of a 96 dpi screen."""

_SIDE = 28
_EXAMPLES = 6
_VISIBLE = 0.005
"""Probabilities below show no bar."""

_OVERSAMPLING = 4
_STRONGEST = 0.8
"""How much of the heat's colour the hottest place takes."""


_HINTS = (
    ("Write", "and it is read as you go"),
    ("Point", "at a digit: how sure is it?"),
    ("Click", "a digit, type the right one"),
    ("Open", "a picture, drag over a part"),
)


class Panel(tk.Canvas):
    """Draws a readout.

    Args:
        parent: where it lies.
        look: colours and fonts.
        choose: told which digit of the number was clicked.
    """

    def __init__(self, parent: tk.Misc, look: Look, choose: Callable[[int | None], None]) -> None:
        super().__init__(parent, borderwidth=0, highlightthickness=0, width=look.px(WIDTHS[1][1]), height=1)
        self._look, self._choose = look, choose
        self._readout, self._index = Readout(), None
        self._state = ""
        self._heat: NDArray[np.float32] | None = None
        self._others: list[tuple[str, str]] = []
        self._examples: dict[str, str] = {}
        self._strips: dict[tuple[int, int, str], tk.PhotoImage] = {}
        self._photo: tk.PhotoImage | None = None
        self._yours: tk.PhotoImage | None = None
        self._number = tkfont.Font(self, family=look.family, size=-look.px(_LARGEST), weight="bold")
        self._waiting: str | None = None
        self.bind("<Configure>", lambda event: self._later())

    _index: int | None

    def show(self, readout: Readout, index: int | None, state: str) -> None:
        """A reading, the digit in focus, and what to say where nothing is read."""
        self._readout, self._index, self._state, self._heat = readout, index, state, None
        self._draw()

    def show_heat(self, heat: "NDArray[np.float32] | None") -> None:
        """Which parts speak for the digit in focus."""
        self._heat = heat
        self._draw()

    def compare(self, others: list[tuple[str, str]]) -> None:
        """What several models read: name and text of each; none to end it."""
        self._others = others
        self._draw()

    def teach_examples(self, examples: dict[str, str]) -> None:
        """The model's typical training images: base64 of a PNG for each digit."""
        self._examples = examples
        self._strips.clear()
        self._draw()

    def recolour(self) -> None:
        """Draws everything again in the theme of now."""
        self._strips.clear()
        self._draw()

    def _later(self) -> None:
        if self._waiting is None:
            self._waiting = self.after_idle(self._draw)

    def _draw(self) -> None:
        self._waiting = None
        self.delete("all")
        self.configure(background=self._look.palette.window)
        px, width = self._look.px, self.winfo_width()
        if width < 2:
            return
        y = self._draw_number(px(4), width)
        if self._others:
            y = self._draw_comparison(y + px(14), width)
        if self._index is not None and self._index < len(self._readout.digits):
            y = self._draw_digit(y + px(16), width, self._readout.digits[self._index])

    # --- the number

    def _draw_number(self, y: int, width: int) -> int:
        palette, look = self._look.palette, self._look
        px = look.px
        if not self._readout.digits:
            self.create_text(px(4), y + px(4), text="", font=look.small, fill=palette.muted, anchor="nw")
            self.create_text(
                px(4),
                y + px(24),
                text=self._state,
                font=look.body,
                fill=palette.muted,
                anchor="nw",
                width=width - px(12),
            )
            if not self._state:
                self._draw_hints(y + px(24), width)
            return y + px(84)
        lines = self._readout.lines
        longest = max(lines, key=len)
        low = self.winfo_height() < px(_LOW)
        size = _MEDIUM if low or len(lines) > 1 else _LARGEST
        self._number.configure(size=-px(size))
        wide = self._number.measure(longest)
        if wide > width - px(8):
            size = max(_SMALLEST, int(size * (width - px(8)) / wide))
            self._number.configure(size=-px(size))
        index = 0
        for line in lines:
            x = px(4)
            for sign in line:
                tag = f"number{index}"
                shown = self._readout.digits[index] if sign.isdigit() else None
                colour = palette.doubt if shown and shown.uncertain else palette.text
                self.create_text(x, y, text=sign, font=self._number, fill=colour, anchor="nw", tags=tag)
                advance = self._number.measure(sign)
                if shown is not None:
                    base = y + self._number.metrics("linespace")
                    if index == self._index and len(self._readout.digits) > 1:
                        self.create_line(x + 2, base, x + advance - 2, base, fill=colour, width=px(3), capstyle="round")
                    self.tag_bind(tag, "<Button-1>", self._chooser(index))
                    index += 1
                x += advance
            y += self._number.metrics("linespace") + px(4)
        doubts = sum(shown.uncertain for shown in self._readout.digits)
        least = min(shown.confidence for shown in self._readout.digits)
        count = len(self._readout.digits)
        note = f"{least:.1%} sure" if count == 1 else f"each at least {least:.1%} sure"
        if doubts:
            note = f"{doubts} of {count} in doubt" if count > 1 else "in doubt"
        if all(shown.taught for shown in self._readout.digits):
            note = "as you taught it"
        if low:
            return y
        self.create_text(
            px(4), y + px(4), text=note, font=look.small, fill=palette.doubt if doubts else palette.muted, anchor="nw"
        )
        return y + px(20)

    def _draw_hints(self, y: int, width: int) -> None:
        palette, look = self._look.palette, self._look
        for key, text in _HINTS:
            self.create_text(look.px(4), y, text=key, font=look.strong, fill=palette.text, anchor="nw")
            lines = self.create_text(
                look.px(84), y, text=text, font=look.body, fill=palette.muted, anchor="nw", width=width - look.px(92)
            )
            y = self.bbox(lines)[3] + look.px(10)

    def _chooser(self, index: int) -> Callable[[Any], None]:
        return lambda event: self._choose(index)

    # --- one digit

    def _draw_digit(self, y: int, width: int, shown: Shown) -> int:
        palette, look = self._look.palette, self._look
        px = look.px
        self.create_line(px(4), y, width - px(4), y, fill=palette.line)
        y += px(14)
        heading = shown.doubt or f"{shown.digit}"
        colour = palette.doubt if shown.uncertain else palette.text
        self.create_text(px(4), y, text=heading, font=look.title, fill=colour, anchor="nw")
        place = f"digit {(self._index or 0) + 1} of {len(self._readout.digits)}"
        if shown.taught:
            place = f"taught by you; read as {max(range(10), key=lambda d: shown.probabilities[d])}"
        self.create_text(width - px(4), y + px(6), text=place, font=look.small, fill=palette.muted, anchor="ne")
        y += px(36)
        factor = max(2, px(next(side for least, side in _SIDES if width >= px(least))) // _SIDE)
        side = factor * _SIDE
        self._photo = tk.PhotoImage(master=self, data=ppm(self._image(shown, factor)))
        self.create_rectangle(px(4) - 1, y - 1, px(4) + side, y + side, outline=palette.line)
        self.create_image(px(4), y, image=self._photo, anchor="nw")
        self._draw_bars(px(4) + side + px(18), y, width - px(4), side, shown)
        y += side + px(6)
        note = "as the network gets it" if self._heat is None else "orange ink speaks most for it"
        self.create_text(px(4), y, text=note, font=look.small, fill=palette.muted, anchor="nw")
        y += px(20)
        if shown.uncertain and self._examples:
            y = self._draw_examples(y + px(8), width, shown)
        return y

    def _image(self, shown: Shown, factor: int) -> Image.Image:
        palette = self._look.palette
        mask = Image.fromarray(shown.image)
        ink = Image.new("RGB", mask.size, rgb(palette.ink))
        if self._heat is not None:
            strength = Image.fromarray((self._heat * (255 * _STRONGEST)).astype("uint8"))
            ink.paste(rgb(palette.heat), (0, 0, *mask.size), strength)
        image = Image.new("RGB", mask.size, rgb(palette.paper))
        image.paste(ink, (0, 0), mask)
        return image.resize((_SIDE * factor, _SIDE * factor), Image.Resampling.NEAREST)

    def _draw_bars(self, left: int, top: int, right: int, height: int, shown: Shown) -> None:
        palette, look = self._look.palette, self._look
        px = look.px
        step = height / 10
        bar_left, bar_right = left + px(16), right - px(48)
        best = max(range(10), key=lambda d: shown.probabilities[d])
        bars = []
        for digit, probability in enumerate(shown.probabilities):
            named = digit == best or (shown.uncertain and digit == shown.rival)
            colour = palette.doubt if shown.uncertain else palette.accent
            bars.append((probability, colour if named else palette.muted))
            text = palette.text if named else palette.muted
            middle = top + step * (digit + 0.5)
            self.create_text(left, middle, text=str(digit), anchor="w", font=look.small, fill=text)
            if probability >= _VISIBLE:
                self.create_text(right, middle, text=f"{probability:.1%}", anchor="e", font=look.small, fill=text)
        self._bars = tk.PhotoImage(master=self, data=ppm(self._bars_image(bars, bar_right - bar_left, height)))
        self.create_image(bar_left, top, image=self._bars, anchor="nw")

    def _bars_image(self, bars: list[tuple[float, str]], width: int, height: int) -> Image.Image:
        """Bars one below the other with soft round ends; a length 0 to 1 and a colour each."""
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

    def _draw_examples(self, y: int, width: int, shown: Shown) -> int:
        palette, look = self._look.palette, self._look
        px = look.px
        small = max(1, min(px(44), (width - px(40)) // (_EXAMPLES + 1)))
        heights = [
            height for height in (small, px(28), px(24)) if y + px(20) + 2 * (height + px(8)) <= self.winfo_height()
        ]
        if not heights:
            return y
        side = heights[0]
        self.create_text(px(4), y, text="yours", font=look.small, fill=palette.muted, anchor="nw")
        self.create_text(px(28) + side, y, text="typical in training", font=look.small, fill=palette.muted, anchor="nw")
        y += px(20)
        own = self._coloured(Image.fromarray(shown.image)).resize((side, side), Image.Resampling.LANCZOS)
        self._yours = tk.PhotoImage(master=self, data=ppm(own))
        self.create_image(px(4), y + (side + px(8)) / 2, image=self._yours, anchor="nw")
        for digit in (shown.digit, shown.rival):
            photo = self._strip(digit, side)
            if photo is not None:
                x = px(12) + side
                self.create_text(x, y + side / 2, text=str(digit), font=look.strong, fill=palette.text, anchor="w")
                self.create_image(x + px(16), y, image=photo, anchor="nw")
            y += side + px(8)
        return y

    def _strip(self, digit: int, side: int) -> tk.PhotoImage | None:
        """Training images of a digit side by side, `side` pixels each; None if the model holds none."""
        encoded = self._examples.get(str(digit))
        key = (digit, side, self._look.palette.paper)
        if encoded and key not in self._strips:
            try:
                image = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("L")
            except (ValueError, OSError):  # an unreadable example is no reason to stop reading
                return None
            count = image.width // image.height
            size = (count * side, side)
            self._strips[key] = tk.PhotoImage(
                master=self, data=ppm(self._coloured(image).resize(size, Image.Resampling.LANCZOS))
            )
        return self._strips.get(key)

    def _coloured(self, mask: Image.Image) -> Image.Image:
        palette = self._look.palette
        image = Image.new("RGB", mask.size, rgb(palette.paper))
        image.paste(rgb(palette.ink), (0, 0, *mask.size), mask)
        return image

    # --- two models

    def _draw_comparison(self, y: int, width: int) -> int:
        palette, look = self._look.palette, self._look
        px = look.px
        self.create_line(px(4), y, width - px(4), y, fill=palette.line)
        y += px(12)
        texts = {text for _, text in self._others}
        note = "both read the same" if len(texts) == 1 else "they differ"
        self.create_text(px(4), y, text="Side by side", font=look.strong, fill=palette.text, anchor="nw")
        self.create_text(
            width - px(4), y, text=f"{note} · Esc ends", font=look.small, anchor="ne",
            fill=palette.muted if len(texts) == 1 else palette.doubt,
        )  # fmt: skip
        y += px(26)
        for name, text in self._others:
            self.create_text(px(4), y, text=name, font=look.body, fill=palette.muted, anchor="nw")
            self.create_text(
                width - px(4), y, text=text.replace("\n", " ") or "–", font=look.strong, fill=palette.text, anchor="ne"
            )
            y += px(24)
        return y
