"""How large a picture is shown, and which part of it. Knows no widget."""

from typing import Any

from .drawing import Point
from .paint import fit

STEP = 1.25
"""A notch of the wheel, or a key, makes it so much larger or smaller."""

_LARGEST = 16.0
"""Pixels of the sheet for one of the picture: more shows nothing new."""


class View:
    """Of one picture at a time: another one is shown as a whole again."""

    def __init__(self) -> None:
        self._picture: Any = None
        self.zoom = 1.0
        """How much larger than as a whole."""
        self._middle: Point = (0.0, 0.0)
        """What of the picture is in the middle of the sheet."""
        self._scale = 1.0

    def placed(self, picture: Any, room: tuple[int, int]) -> tuple[float, int, int]:
        """The scale of a picture on a sheet of this size, and where its left and top are, outside of it perhaps."""
        if picture is not self._picture:
            self._picture = picture
            self.fit()
        whole, left, top = fit(picture.size, room)
        self.zoom = min(self.zoom, max(1.0, _LARGEST / whole))
        self._scale = whole * self.zoom
        if self.zoom > 1:
            ends = [
                _shifted(middle, size, available, self._scale)
                for middle, size, available in zip(self._middle, picture.size, room, strict=True)
            ]
            left, top = round(ends[0]), round(ends[1])
        self._middle = ((room[0] / 2 - left) / self._scale, (room[1] / 2 - top) / self._scale)
        return self._scale, left, top

    def fit(self) -> None:
        """All of it."""
        self.zoom = 1.0
        self._middle = (self._picture.width / 2, self._picture.height / 2) if self._picture else (0.0, 0.0)

    def enlarge(self, factor: float, at: Point | None = None) -> None:
        """Makes it larger, or smaller; a place of the picture, or what is in the middle, stays where it is."""
        before, self.zoom = self.zoom, max(1.0, self.zoom * factor)
        x, y = at or self._middle
        part = before / self.zoom
        self._middle = (x + (self._middle[0] - x) * part, y + (self._middle[1] - y) * part)

    def move(self, across: float, down: float) -> None:
        """Moves it by so many pixels of the sheet."""
        self._middle = (self._middle[0] - across / self._scale, self._middle[1] - down / self._scale)


def _shifted(middle: float, size: int, room: int, scale: float) -> float:
    """Where a picture begins along one side, with this in the middle but no paper beside it that need not be."""
    long = size * scale
    if long <= room:
        return (room - long) / 2
    return min(0.0, max(room - long, room / 2 - middle * scale))
