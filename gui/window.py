"""The window: builds the views, binds the keys, and runs until it is closed."""

import os
import sys
import threading
import tkinter as tk
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from tkinter import ttk
from typing import Any

from digits.paths import ROOT

from . import words
from .actions import ACTIONS
from .session import Session
from .session.action import Action
from .views.album import AlbumBar
from .views.look import Look
from .views.messages import Messages
from .views.pages.help import Help
from .views.pages.models import Models
from .views.pages.page import Page
from .views.pages.training import TrainingPage
from .views.panel import Panel
from .views.parts import Parts
from .views.sheet import SheetView
from .views.status import Status
from .views.strip import Strip
from .views.toolbar import Toolbar
from .work import log, motion
from .work.clipboard import Clipboard
from .work.screen import needs_screen

_SIZE, _LEAST = (1120, 740), (640, 420)
"""Width and height of the window at first and at least, pixels of a 96 dpi screen."""

_LOW = 600
"""Below this height the strip of earlier drawings makes room for the sheet, pixels of a 96 dpi screen."""

_LATER_MS = 400
"""When the first paint and the first reading are over, and what can wait gets its turn."""

_SWITCH_SECONDS = 0.001
"""After so long the thread behind has to let the pen have Python; 5 ms by default."""

_TYPING = ("Entry", "TEntry", "Text", "TCombobox")
"""Widgets to which keys are letters."""

_PAGES: dict[str, Callable[[tk.Misc, Look, Session], Page]] = {
    "help": partial(Help, actions=ACTIONS),
    "models": Models,
    "training": TrainingPage,
}


class Window:
    """The window.

    Args:
        picture: path of a picture to open, or of a folder of them, or None.
        model: an ONNX file or MLflow model URI, or None for the champion.
        root: the project's folder.
    """

    page: Page | None = None
    drops: bool | None = None
    """Whether pictures can be dropped; None until that was found out."""

    def __init__(self, picture: str | None = None, model: str | None = None, root: Path = ROOT) -> None:
        self.tk = tk.Tk(className="Digits")
        self.tk.title(words.window.TITLE)
        self.tk.report_callback_exception = self._failed
        motion.keep_all(self.tk)
        session = self.session = Session(root, self.tk.after, Clipboard(self.tk), model)
        self.look = Look(self.tk, session.settings.shown_theme)
        session.on(self._use_theme, "theme")  # before the views, which draw in the look that it changes
        self._build()
        self._bind()
        session.on(lambda: self.tk.title(session.reading.readout.title), "reading")
        session.on(self._show_page, "page")
        session.on(self._show_strip, "history")
        session.on(self._show_album, "album")
        session.on(self.close, "quit")
        self.tk.update()
        self.tk.after(1, lambda: self._begin(picture))

    def _build(self) -> None:
        px, look, session = self.look.px, self.look, self.session
        self.tk.geometry(f"{px(_SIZE[0])}x{px(_SIZE[1])}")
        self.tk.minsize(px(_LEAST[0]), px(_LEAST[1]))
        Toolbar(self.tk, look, session, ACTIONS).pack(fill="x", padx=px(8), pady=(px(8), px(4)))
        self._body = ttk.Frame(self.tk)  # made before the messages, so that Tab comes to it first
        self.messages = Messages(self.tk, look, session)
        self.messages.pack(side="bottom", fill="x")
        self._body.pack(fill="both", expand=True, padx=px(12), pady=(px(4), 0))
        self._body.columnconfigure(0, weight=1)
        self._body.rowconfigure(1, weight=1)
        self.album = AlbumBar(self._body, look, session)
        self.sheet = SheetView(self._body, look, session)
        self.sheet.grid(row=1, column=0, sticky="nsew")
        side = ttk.Frame(self._body)
        side.grid(row=0, column=1, rowspan=2, sticky="ns", padx=(px(16), 0))
        self.panel = Panel(side, look, session)
        self.panel.pack(fill="both", expand=True)
        Status(side, look, session).pack(fill="x", side="bottom")
        self.parts = Parts(side, look, session)
        self.strip = Strip(self._body, look, session)
        self.sheet.focus_set()
        self.tk.bind("<Configure>", self._resized)

    def _bind(self) -> None:
        for action in ACTIONS:
            for sequence in action.sequences:
                self.tk.bind(sequence, partial(self._act, action))
        for digit in range(10):
            for sequence in (f"<Key-{digit}>", f"<KP_{digit}>"):
                self.tk.bind(sequence, partial(self._teach, digit))
        # Under X11 Tk has the keys of Emacs, where Control-a goes to the beginning of the line.
        self.tk.event_delete("<<LineStart>>", "<Control-a>", "<Control-Lock-A>")
        self.tk.event_add("<<SelectAll>>", "<Control-a>", "<Control-Lock-A>")
        self.tk.bind("<FocusIn>", lambda _: self.session.follow_system())
        self.tk.protocol("WM_DELETE_WINDOW", self.session.quit)

    def _act(self, action: Action, event: Any) -> str | None:
        if _is_typing(event) and not action.while_typing:
            return None
        if action.sheet_only and event.widget not in (self.sheet, self.tk):
            return None
        action.run(self.session)
        return "break"

    def _teach(self, digit: int, event: Any) -> None:
        if not _is_typing(event) and self.session.page is None:
            self.session.name_digit(digit)

    def _begin(self, picture: str | None) -> None:
        """What had to wait for the first paint."""
        sys.setswitchinterval(_SWITCH_SECONDS)
        self.session.reading.retry()
        self.session.kept.resume()
        if picture is not None:
            self.session.open_picture(Path(picture))
        self.tk.after(_LATER_MS, self._begin_later)

    def _begin_later(self) -> None:
        from .work import dropping

        self.drops = dropping.accept(self.sheet, self.session.open_picture)
        self.session.follow_system()
        self.session.lessons.count()

    def _failed(self, _kind: type[BaseException], error: BaseException, _trace: object) -> None:
        """Tk calls this with what a callback raised."""
        if isinstance(error, Exception):
            self.session.fail(error)
        else:
            self.close()

    # --- what the session tells

    def _use_theme(self) -> None:
        self.look.use(self.session.settings.shown_theme)
        self.session.close_page()

    def _show_page(self) -> None:
        if self.page is not None:
            self.page.destroy()
            self.page = None
            self.sheet.focus_set()
        if self.session.page is not None:
            self.page = _PAGES[self.session.page](self._body, self.look, self.session)

    def _resized(self, event: Any) -> None:
        if event.widget is self.tk:
            self.panel.fit(event.width)
            self._show_strip()

    def _show_strip(self) -> None:
        if self.session.history.entries and self.tk.winfo_height() >= self.look.px(_LOW):
            self.strip.grid(row=2, column=0, columnspan=2, sticky="ew", pady=(self.look.px(8), 0))
        else:
            self.strip.grid_remove()

    def _show_album(self) -> None:
        if self.album.wanted:
            self.album.grid(row=0, column=0, sticky="ew", pady=(0, self.look.px(6)))
        else:
            self.album.grid_remove()

    def close(self) -> None:
        """Ends the window, and what runs behind it."""
        self.session.close()
        with suppress(tk.TclError):
            for timer in self.tk.tk.splitlist(self.tk.tk.call("after", "info")):
                self.tk.tk.call("after", "cancel", timer)  # whoever began it, its widget tidies up after itself
            self.tk.destroy()


def _is_typing(event: Any) -> bool:
    return isinstance(event.widget, tk.Misc) and event.widget.winfo_class() in _TYPING


def run(picture: str | None = None, model: str | None = None) -> int:
    """Opens the window; returns the exit status when it is closed.

    Raises:
        DigitsError: there is no screen.
    """
    with needs_screen():
        window = Window(picture, model)
    threading.excepthook = lambda raised: log.write(raised.exc_value or raised.exc_type())
    window.tk.mainloop()
    if window.session.worker.busy:
        os._exit(0)  # a thread in the midst of ONNX Runtime aborts a Python that ends, and who closed it need not wait
    return 0
