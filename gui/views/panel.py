"""Beside the sheet: the number in large type, what two models read, and below them one of the digits."""

import tkinter as tk
from collections.abc import Callable
from tkinter import font as tkfont
from typing import Any

from .. import words
from ..session import Session
from ..session.readout import Readout
from .digit import DigitView
from .look import Look

_WIDTHS = ((1400, 412), (900, 332), (0, 272))
"""From which width of the window on, and then how wide the panel is, pixels of a 96 dpi screen."""

_LARGEST, _MEDIUM, _SMALLEST = 68, 44, 9
"""Type size of the number, pixels."""

_LOW = 440
"""Below this height the number is smaller, so that examples still find room, pixels of a 96 dpi screen."""

_FOR_NUMBER_ONLY = 250
"""Below this height there is the number alone, the same."""

_FOR_CERTAINTY, _FOR_COMPARISON, _FOR_DIGIT = 30, 110, 208
"""What is kept below the number for each of them, pixels of a 96 dpi screen."""


class Panel(tk.Canvas):
    """Draws the session's reading; a click on a digit of the number chooses it."""

    def __init__(self, parent: tk.Misc, look: Look, session: Session) -> None:
        super().__init__(parent, borderwidth=0, highlightthickness=0, width=look.px(_WIDTHS[1][1]), height=1)
        self._look, self._session, self._reading = look, session, session.reading
        self._number = tkfont.Font(self, family=look.family, size=-look.px(_LARGEST), weight="bold")
        self._digit = DigitView(self, look)
        self._waiting: str | None = None
        self.bind("<Configure>", lambda _: self._later())
        session.on(self._draw, "focus", "heat", "comparison", "theme", "model")

    def fit(self, width: int) -> None:
        """Takes its share of a window so many pixels wide."""
        px = self._look.px
        self.configure(width=px(next(wide for least, wide in _WIDTHS if width >= px(least))))

    def _later(self) -> None:
        if self._waiting is None:
            self._waiting = self.after_idle(self._draw)

    def _draw(self) -> None:
        self._waiting = None
        self.delete("all")
        self.configure(background=self._look.palette.window)
        px, width, reading = self._look.px, self.winfo_width(), self._reading
        if width < 2:
            return
        digits, focused = reading.readout.digits, reading.focused
        y = self._draw_number(px(4), width, reading.readout) if digits else self._draw_nothing(px(28), width)
        if reading.comparison:
            y = self._draw_comparison(y + px(14), width)
        if focused is not None and focused < len(digits) and self._has_room_for_digit:
            place = words.reading.DIGIT_OF.format(number=focused + 1, count=len(digits))
            self._digit.draw(y + px(16), width, digits[focused], place, reading.heat, self._examples())

    @property
    def _has_room_for_digit(self) -> bool:
        return self.winfo_height() >= self._look.px(_FOR_NUMBER_ONLY)

    def _examples(self) -> dict[str, str]:
        """Typical training images that the model's file holds: base64 of a PNG for each digit."""
        examples = self._reading.model and self._reading.model.reader.metadata.get("examples")
        return examples if isinstance(examples, dict) else {}

    # --- the number

    def _draw_nothing(self, y: int, width: int) -> int:
        palette, look = self._look.palette, self._look
        px, reason = look.px, self._reading.why_nothing
        if reason:
            said = self.create_text(
                px(4), y, text=reason, font=look.body, fill=palette.muted, anchor="nw", width=width - px(12)
            )
            return self.bbox(said)[3] + px(10)
        below = y
        for key, text in words.reading.HINTS:
            self.create_text(px(4), below, text=key, font=look.strong, fill=palette.text, anchor="nw")
            lines = self.create_text(
                px(84), below, text=text, font=look.body, fill=palette.muted, anchor="nw", width=width - px(92)
            )
            below = self.bbox(lines)[3] + px(10)
        return below

    def _draw_number(self, y: int, width: int, readout: Readout) -> int:
        palette, look, px = self._look.palette, self._look, self._look.px
        low = self.winfo_height() < px(_LOW)
        kept = (
            _FOR_CERTAINTY
            + (_FOR_DIGIT if self._has_room_for_digit else 0)
            + (_FOR_COMPARISON if self._reading.comparison else 0)
        )
        room = self.winfo_height() - y - px(kept)
        self._size_number(_MEDIUM if low or len(readout.lines) > 1 else _LARGEST, width, room, readout.lines)
        high = self._number.metrics("linespace") + px(4)
        shown = self._lines_shown(readout.lines, max(1, room // high))
        digits = iter(range(len(readout.digits)))
        for number, line in enumerate(readout.lines):
            x = px(4)
            for sign in line:
                index = next(digits) if readout.is_place(sign) else None
                if number in shown:
                    self._draw_sign(sign, x, y, index)
                    x += self._number.measure(sign)
            y += high if number in shown else 0
        colour = palette.doubt if readout.is_doubtful else palette.muted
        text, count = readout.certainty, len(readout.lines)
        if len(shown) < count:
            first, last = shown.start + 1, shown.stop
            text = words.reading.LINES_SHOWN.format(first=first, last=last, count=count, certainty=text)
        said = self.create_text(
            px(4), y + px(4), text=text, font=look.small, fill=colour, anchor="nw", width=width - px(8)
        )
        return int(max(self.bbox(said)[3], y + px(20)))

    def _size_number(self, size: int, width: int, room: int, lines: tuple[str, ...]) -> None:
        """Takes the type size, or as much of it as the longest line and the number of lines leave."""
        px = self._look.px
        self._number.configure(size=-px(size))
        wide = max(map(self._number.measure, lines))
        high = len(lines) * (self._number.metrics("linespace") + px(4))
        part = min((width - px(8)) / wide, room / high)
        if part < 1:
            self._number.configure(size=-px(max(_SMALLEST, int(size * part))))

    def _lines_shown(self, lines: tuple[str, ...], count: int) -> range:
        """Which lines there is room for: those around the digit in focus."""
        digits, focused, middle = 0, self._reading.focused or 0, 0
        for number, line in enumerate(lines):
            if digits <= focused:
                middle = number
            digits += sum(map(Readout.is_place, line))
        start = max(0, min(middle - count // 2, len(lines) - count))
        return range(start, min(start + count, len(lines)))

    def _draw_sign(self, sign: str, x: int, y: int, index: int | None) -> None:
        """A sign of the number; `index` is that of the digit it stands for, if it does."""
        palette, digits = self._look.palette, self._reading.readout.digits
        tag = f"number{index}"
        colour = palette.doubt if index is not None and digits[index].uncertain else palette.text
        self.create_text(x, y, text=sign, font=self._number, fill=colour, anchor="nw", tags=tag)
        if index is None:
            return
        self.tag_bind(tag, "<Button-1>", self._chooser(index))
        if index == self._reading.focused and len(digits) > 1:
            base, right = y + self._number.metrics("linespace"), x + self._number.measure(sign)
            self.create_line(x + 2, base, right - 2, base, fill=colour, width=self._look.px(3), capstyle="round")

    def _chooser(self, index: int) -> Callable[[Any], None]:
        return lambda _: self._reading.choose(index)

    # --- two models

    def _draw_comparison(self, y: int, width: int) -> int:
        palette, look, px = self._look.palette, self._look, self._look.px
        self.create_line(px(4), y, width - px(4), y, fill=palette.line)
        y += px(12)
        same = len({text for _, text in self._reading.comparison}) == 1
        note, colour = (words.reading.SAME, palette.muted) if same else (words.reading.DIFFERENT, palette.doubt)
        right = width - px(4)
        self.create_text(px(4), y, text=words.reading.SIDE_BY_SIDE, font=look.strong, fill=palette.text, anchor="nw")
        self.create_text(right, y, text=note, font=look.small, fill=colour, anchor="ne")
        y += px(26)
        for name, text in self._reading.comparison:
            called = self.create_text(px(4), y, text=name, font=look.body, fill=palette.muted, anchor="nw")
            room = right - self.bbox(called)[2] - px(12)
            read = self.create_text(
                right, y, text=text.replace("\n", " ") or words.reading.READ_NOTHING, font=look.strong,
                fill=palette.text, anchor="ne", width=max(room, px(60)), justify="right",
            )  # fmt: skip
            y = max(y + px(24), self.bbox(read)[3] + px(4))
        return y
