"""Ten buttons beside a chosen digit, for a finger or a pen: what it is said to be."""

import tkinter as tk

from ..session.readout import Shown
from . import shapes
from .look import Look

Edges = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_SIDE, _GAP, _MARGIN = 40, 4, 6
"""Of a button, between two, and around all of them, pixels of a 96 dpi screen: a finger hits 40."""

_EDGE, _APART, _LABEL = 8, 16, 36
"""From the sheet's edge, from the digit, and what its label takes above it, the same."""

_LIKELY, _MOST = 0.01, 3
"""From which probability on another digit is marked, and how many at most."""

_TAG = "choice"


class Choices:
    """Draws on the sheet's canvas."""

    def __init__(self, canvas: tk.Canvas, look: Look) -> None:
        self._canvas, self._look = canvas, look
        self._buttons: list[Edges] = []
        """Of 0 to 9; none while no digit is chosen."""

    def hide(self) -> None:
        """Takes them away."""
        self._buttons = []
        self._canvas.delete(_TAG)

    def draw(self, shown: Shown, box: Edges) -> None:
        """Draws them near a digit whose box on the canvas this is, over nothing of it as far as there is room."""
        self.hide()
        px, palette = self._look.px, self._look.palette
        columns = 10 if self._canvas.winfo_width() >= px(_length(10) + 2 * _EDGE) else 5
        wide, high = px(_length(columns)), px(_length(10 // columns))
        left, top = self._place(box, wide, high)
        shapes.rounded(
            self._canvas, (left, top, left + wide, top + high), px(8), fill=palette.window, outline=palette.line,
            width=px(1), tags=_TAG,
        )  # fmt: skip
        likely = _likely(shown)
        for digit in range(10):
            row, column = divmod(digit, columns)
            x = left + px(_MARGIN + column * (_SIDE + _GAP))
            y = top + px(_MARGIN + row * (_SIDE + _GAP))
            self._buttons.append((x, y, x + px(_SIDE), y + px(_SIDE)))
            self._button(digit, shown.is_digit and digit == shown.digit, digit in likely)

    def digit_at(self, x: float, y: float) -> int | None:
        """The digit whose button is at a place of the canvas."""
        for digit, (left, top, right, bottom) in enumerate(self._buttons):
            if left <= x <= right and top <= y <= bottom:
                return digit
        return None

    def _place(self, box: Edges, wide: int, high: int) -> tuple[float, float]:
        """Left and top: below the digit, above it, or at the sheet's lower edge."""
        px, width, height = self._look.px, self._canvas.winfo_width(), self._canvas.winfo_height()
        edge = px(_EDGE)
        top = box[3] + px(_APART)
        if top + high > height - edge:
            top = box[1] - px(_LABEL + _EDGE) - high
        if top < edge:
            top = height - edge - high
        left = (box[0] + box[2] - wide) / 2
        return min(max(left, edge), width - edge - wide), top

    def _button(self, digit: int, named: bool, likely: bool) -> None:
        """One of them: filled where it is the digit as shown, with a thick line where it may well be."""
        look, palette = self._look, self._look.palette
        box = self._buttons[digit]
        shapes.rounded(
            self._canvas, box, look.px(6), fill=palette.accent if named else palette.paper,
            outline=palette.accent if named or likely else palette.line, width=look.px(2 if likely else 1),
            tags=(_TAG, f"{_TAG}{digit}"),
        )  # fmt: skip
        self._canvas.create_text(
            (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, text=str(digit), tags=_TAG,
            font=look.strong if named or likely else look.body,
            fill=palette.paper if named else palette.accent if likely else palette.text,
        )  # fmt: skip


def _length(count: int) -> int:
    """Of so many buttons side by side, with what is around them."""
    return 2 * _MARGIN + count * _SIDE + (count - 1) * _GAP


def _likely(shown: Shown) -> list[int]:
    """What else it may well be, the likeliest first; a guess that is not shown is one of them."""
    others = [digit for digit in range(10) if digit != shown.digit or not shown.is_digit]
    others.sort(key=lambda digit: shown.probabilities[digit], reverse=True)
    return [digit for digit in others[:_MOST] if shown.probabilities[digit] >= _LIKELY]
