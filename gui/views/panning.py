"""The pointer over a picture: the wheel makes it larger and moves it, and so do the middle button and the space bar."""

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..session import Session
from ..session.drawing import Point
from ..session.view import STEP
from .look import Look

if TYPE_CHECKING:
    from tkinter import Event

_NOTCH = 60
"""How far a notch of the wheel moves it, pixels of a 96 dpi screen."""

_REPEAT_MS = 40
"""A key that is held is let go and pressed again all the time, as X11 tells it, at shorter intervals than this."""


class Panning:
    """Hears the sheet's wheel, middle button and space bar.

    Args:
        canvas: the sheet.
        look: of the window.
        session: whose picture it is.
        point: where on the picture an event is.
    """

    def __init__(self, canvas: tk.Canvas, look: Look, session: Session, point: "Callable[[Event[Any]], Point]") -> None:
        self._canvas, self._session, self._point = canvas, session, point
        self._from: tuple[int, int] | None = None
        self._space, self._letting_go = False, ""
        canvas.bind("<ButtonPress-2>", lambda event: self._grip(event))
        canvas.bind("<B2-Motion>", self.drag)
        canvas.bind("<ButtonRelease-2>", self.release)
        canvas.bind("<KeyPress-space>", self._hold)
        canvas.bind("<KeyRelease-space>", self._let_go)
        canvas.bind("<FocusOut>", lambda _: self._let_go_now(), add=True)
        for button, sign in ((4, 1), (5, -1)):
            self._hear(f"Button-{button}", look.px(_NOTCH), lambda _, sign=sign: sign)  # type: ignore[misc]
        self._hear("MouseWheel", look.px(_NOTCH), lambda event: 1 if event.delta > 0 else -1)

    def _hear(self, name: str, notch: int, sign: "Callable[[Event[Any]], int]") -> None:
        session, bind = self._session, self._canvas.bind
        bind(f"<Control-{name}>", lambda event: session.enlarge(STEP ** sign(event), self._point(event)))
        bind(f"<Shift-{name}>", lambda event: session.move_picture(sign(event) * notch, 0))
        bind(f"<{name}>", lambda event: session.move_picture(0, sign(event) * notch))

    @property
    def cursor(self) -> str:
        """Of the pointer over a picture."""
        return "fleur" if self._space else "crosshair"

    def press(self, event: "Event[Any]") -> bool:
        """Whether the first button grips the picture: while the space bar is held."""
        if self._space:
            self._grip(event)
        return self._from is not None

    def _grip(self, event: "Event[Any]") -> None:
        if self._session.sheet.drawing.picture is not None:
            self._from = (event.x, event.y)

    def drag(self, event: "Event[Any]") -> bool:
        """Moves the picture with the pointer; False where it is not gripped."""
        if self._from is None:
            return False
        before, self._from = self._from, (event.x, event.y)
        self._session.move_picture(event.x - before[0], event.y - before[1])
        return True

    def release(self, _event: "Event[Any]") -> bool:
        """Lets the picture go; False where it was not gripped."""
        gripped, self._from = self._from is not None, None
        return gripped

    def _hold(self, _event: "Event[Any]") -> None:
        self._forget()
        if not self._space and self._session.sheet.drawing.picture is not None:
            self._space = True
            self._canvas.configure(cursor=self.cursor)

    def _let_go(self, _event: "Event[Any]") -> None:
        self._forget()
        self._letting_go = self._canvas.after(_REPEAT_MS, self._let_go_now)

    def _forget(self) -> None:
        if self._letting_go:
            self._canvas.after_cancel(self._letting_go)
            self._letting_go = ""

    def _let_go_now(self) -> None:
        self._letting_go = ""
        if self._space:
            self._space = False
            if self._session.sheet.drawing.picture is not None:
                self._canvas.configure(cursor=self.cursor)
