"""The sheet on the screen: ink under the pointer, the picture, and a box around every digit that was read."""

import tkinter as tk
from typing import TYPE_CHECKING, Any

from PIL import Image

from .. import words
from ..session import Session
from ..session.drawing import Box, Point
from ..session.paint import Paper, ink_box, ppm
from .border import Border
from .choices import Choices
from .found import FoundView
from .look import Look, rgb
from .panning import Panning
from .picture import ShownPicture

if TYPE_CHECKING:
    from tkinter import Event

_CLICK = 4
"""How far a hand may move during a click, pixels of a 96 dpi screen."""

_MARGIN = 24
"""Pixels between ink and the edge when a smaller window has to show all of a drawing."""

_ERASER = 14
"""Radius, pixels of a 96 dpi screen."""


_ADDING = 0x1 | 0x4
"""Shift and Control, as Tk tells them of an event."""


class SheetView(tk.Canvas):
    """Draws the session's sheet, and draws on it."""

    def __init__(self, parent: tk.Misc, look: Look, session: Session) -> None:
        super().__init__(parent, borderwidth=0, highlightthickness=0, takefocus=True, width=1, height=1)
        self._look, self._session, self._sheet = look, session, session.sheet
        self._edge = look.px(1)
        self._photo = tk.PhotoImage(master=self)
        self.create_image(self._edge, self._edge, image=self._photo, anchor="nw", tags="photo")
        self._paper: Paper | None = None
        self._scale, self._left, self._top = 1.0, 0, 0
        self._shown = ShownPicture()
        self._hovered: int | None = None
        self._band: Point | None = None
        self._eraser_at: Point | None = None
        self._resizing: str | None = None
        self._border, self._found = Border(self, look), FoundView(self, look, self.to_view)
        self._choices = Choices(self, look)
        self._panning = Panning(self, look, session, self._point)
        self._reached_by_key = False
        self.bind("<<TraverseIn>>", lambda _: self._focus(True))
        self.bind("<FocusOut>", lambda _: self._focus(False))
        self.bind("<Configure>", self._redraw_soon)
        self.bind("<ButtonPress-1>", self._press)
        self.bind("<B1-Motion>", self._drag)
        self.bind("<ButtonRelease-1>", self._release)
        self.bind("<Motion>", self._move)
        self.bind("<Leave>", lambda _: self._leave())
        self.bind("<ButtonPress-3>", lambda event: session.reading.choose(self._digit_at(event.x, event.y)))
        session.on(self._redraw, "replaced", "tool", "theme")
        session.on(self._redraw_soon, "view")
        session.on(self._annotate, "reading", "chosen")
        session.on(self.focus_set, "writing")

    # --- drawing it

    def _redraw(self) -> None:
        """Everything anew: after undo, a resize, another theme."""
        self._resizing = None
        palette = self._look.palette
        width, height = self.winfo_width() - 2 * self._edge, self.winfo_height() - 2 * self._edge
        if width < 2 or height < 2:
            return
        cursor = "circle" if self._session.tool == "eraser" else "pencil"
        if self._sheet.drawing.picture is not None:
            cursor, self._paper = self._panning.cursor, None
            image = self._picture(width, height)
        else:
            self._left = self._top = 0
            self._shown.forget()
            self._scale = self._scale_to_fit(width, height)
            self._paper = Paper(width, height, self._scale, rgb(palette.paper), rgb(palette.ink))
            self._paper.draw(self._sheet.strokes)
            image = self._paper.image()
        self.configure(background=palette.window, cursor=cursor)
        self._photo.configure(width=width, height=height)
        self._photo.tk.call(self._photo, "put", ppm(image), "-format", "ppm")
        self._annotate()
        self._border.draw(palette.accent if self._reached_by_key else palette.line)

    def _focus(self, focused: bool) -> None:
        """The ring is for those who come by key; who writes knows where."""
        self._reached_by_key = focused
        self._border.draw(self._look.palette.accent if focused else self._look.palette.line)

    def _scale_to_fit(self, width: int, height: int) -> float:
        box = ink_box(self._sheet.strokes)
        if box is None:
            return self._look.scale
        return min(self._look.scale, width / (box[2] + _MARGIN), height / (box[3] + _MARGIN))

    def _picture(self, width: int, height: int) -> Image.Image:
        drawing, size = self._sheet.drawing, (width, height)
        self._scale, self._left, self._top = place = self._session.view.placed(drawing.picture, size)
        return self._shown.image(drawing, place, size, rgb(self._look.palette.paper))

    def _annotate(self) -> None:
        """Boxes and labels of what was read."""
        self.delete("reading", "hint", "selection")
        drawing, reading = self._sheet.drawing, self._session.reading
        if drawing.is_blank and not self._sheet.line:
            self._hint()
        self._found.draw_regions(drawing.regions, drawing.selection)
        self._found.draw(reading.readout, reading.chosen, drawing.picture is not None)
        if reading.chosen is None or self._sheet.line:
            self._choices.hide()
        else:
            shown = reading.readout.digits[reading.chosen]
            self._choices.draw(shown, self.to_view(shown.box, 0))

    def _hint(self) -> None:
        x, y = self.winfo_width() / 2, self.winfo_height() / 2
        palette, look = self._look.palette, self._look
        self.create_text(
            x, y - look.px(16), text=words.sheet.WRITE_HERE, font=look.title, fill=palette.muted, tags="hint"
        )
        self.create_text(
            x, y + look.px(16), text=words.sheet.OR_OPEN, tags="hint",
            font=look.body, fill=palette.muted, width=self.winfo_width() - look.px(40), justify="center",
        )  # fmt: skip

    def to_view(self, box: tuple[float, float, float, float], pad: float) -> tuple[float, float, float, float]:
        """A box on the sheet, or on the whole picture, as one on this canvas, so many pixels larger on every side."""
        x, y = self._edge + self._left, self._edge + self._top
        left, top, right, bottom = (value * self._scale for value in box)
        return left + x - pad, top + y - pad, right + x + pad, bottom + y + pad

    def _redraw_soon(self, _event: object = None) -> None:
        """Once for all that has happened by then."""
        if self._resizing is None:
            self._resizing = self.after_idle(self._redraw)

    # --- what the pointer does

    def _point(self, event: "Event[Any]") -> Point:
        return (
            (event.x - self._edge - self._left) / self._scale,
            (event.y - self._edge - self._top) / self._scale,
        )

    def _press(self, event: "Event[Any]") -> None:
        self.focus_set()
        if self._panning.press(event):
            return
        self._reached_by_key = False
        self._border.draw(self._look.palette.line)
        point, named = self._point(event), self._choices.digit_at(event.x, event.y)
        if named is not None:
            self._session.name_digit(named)
            self._session.reading.choose(None)
        elif self._sheet.drawing.picture is not None:
            self._band = point
        elif self._session.tool == "eraser":
            self._eraser_at = point
            self._erase(point)
        else:
            self.delete("hint")
            self._choices.hide()
            self._sheet.begin(point, self._session.settings.pen)
            self._ink()

    def _drag(self, event: "Event[Any]") -> None:
        if self._panning.drag(event):
            return
        point = self._point(event)
        if self._band is not None:
            self._show_band(point)
        elif self._eraser_at is not None:
            self._erase(point)
        elif self._sheet.extend(point):
            self._ink()
            self._session.tell("ink")

    def _release(self, event: "Event[Any]") -> None:
        if self._panning.release(event):
            return
        if self._band is not None:
            self._select(self._point(event), adding=bool(int(event.state) & _ADDING))
        elif self._eraser_at is not None:
            self._eraser_at = None
            self.delete("eraser")
            self._sheet.end_erasing()
            self._session.tell("drawn")
        elif self._sheet.line:
            self._lift(event)

    def _lift(self, event: "Event[Any]") -> None:
        points = self._sheet.line
        index = self._digit_at(event.x, event.y)
        moved = max(abs(x - points[0][0]) + abs(y - points[0][1]) for x, y in points) * self._scale
        if moved < self._look.px(_CLICK) and (index is not None or self._session.reading.chosen is not None):
            self._sheet.drop_line()  # it chooses a digit, or is done with the one that was chosen
            self._redraw()
            self._session.tell("drawn")
            self._session.reading.choose(index)
            return
        if len(points) > 1:
            self._ink(lifted=True)
        self._sheet.end()
        if self._session.reading.chosen is not None:
            self._session.reading.choose(None)  # who writes on has said enough about it
        self._session.tell("drawn")

    def _ink(self, lifted: bool = False) -> None:
        """Sends what the newest point changed to the screen."""
        if self._paper is None:
            return
        box = self._paper.draw_end(self._sheet.line, self._sheet.pen, lifted)
        if box is not None:
            self._photo.tk.call(self._photo, "put", self._paper.patch(box), "-to", box[0], box[1], "-format", "ppm")

    def _erase(self, point: Point) -> None:
        assert self._eraser_at is not None
        radius = self._look.px(_ERASER) / self._scale
        if self._sheet.erase(self._eraser_at, point, radius):
            self._redraw_soon()
            self._session.tell("ink")
        self._eraser_at = point
        self._ring(point, radius)

    def _ring(self, point: Point, radius: float) -> None:
        self.delete("eraser")
        around = self.to_view((*point, *point), radius * self._scale)
        self.create_oval(*around, outline=self._look.palette.muted, tags="eraser")

    def _show_band(self, point: Point) -> None:
        assert self._band is not None
        box = self.to_view((*self._band, *point), 0)
        self.delete("band")
        self.create_rectangle(*box, outline=self._look.palette.accent, width=self._look.px(2), dash=(6, 4), tags="band")

    def _select(self, point: Point, adding: bool) -> None:
        assert self._band is not None
        start, self._band = self._band, None
        self.delete("band")
        picture = self._sheet.drawing.picture
        if picture is None:  # it was taken away while the button was down
            return
        xs = sorted(min(max(value, 0), picture.width) for value in (start[0], point[0]))
        ys = sorted(min(max(value, 0), picture.height) for value in (start[1], point[1]))
        from digits.ink.files import MIN_SIDE

        if xs[1] - xs[0] >= MIN_SIDE and ys[1] - ys[0] >= MIN_SIDE:
            region = (round(xs[0]), round(ys[0]), round(xs[1]), round(ys[1]))
            (self._sheet.add_region if adding else self._sheet.select)(region)
        else:
            x, y = self.to_view((*point, *point), 0)[:2]
            index = self._digit_at(x, y)
            if index is not None or self._session.reading.chosen is not None:
                self._session.reading.choose(index)
                return
            regions = self._sheet.drawing.regions
            inside = [number for number, region in enumerate(regions, 1) if _holds(region, point)]
            if inside:
                self._session.regions.show(inside[-1])
            if inside or len(regions) > 1:  # several took their time: who wants none of them says so with Esc
                return
            self._sheet.select(None)
        self._redraw()
        self._session.tell("drawn")

    def _move(self, event: "Event[Any]") -> None:
        if self._session.tool == "eraser" and self._paper is not None:
            self._ring(self._point(event), self._look.px(_ERASER) / self._scale)
        choosing = self._choices.digit_at(event.x, event.y) is not None
        index = None if choosing else self._digit_at(event.x, event.y)
        if index != self._hovered:
            self._hovered = index
            self._session.reading.hover(index)

    def _leave(self) -> None:
        self.delete("eraser")
        if self._hovered is not None:
            self._hovered = None
            self._session.reading.hover(None)

    def _digit_at(self, x: float, y: float) -> int | None:
        """Index of the digit whose box holds a point of the canvas; of several, the one with the nearest middle."""
        found: list[tuple[float, int]] = []
        for index, shown in enumerate(self._session.reading.readout.digits):
            left, top, right, bottom = self.to_view(shown.box, self._look.px(6))
            if left <= x <= right and top <= y <= bottom:
                found.append((abs(x - (left + right) / 2), index))
        return min(found)[1] if found else None


def _holds(box: Box, point: Point) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]
