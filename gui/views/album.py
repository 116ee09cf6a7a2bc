"""Above the sheet, while a folder is open: which of its pictures this is, and the way to the others."""

import tkinter as tk
from tkinter import ttk

from .. import words
from ..session import Session
from .look import Look


class AlbumBar(ttk.Frame):
    """Two buttons and the picture's name between them."""

    def __init__(self, parent: tk.Misc, look: Look, session: Session) -> None:
        super().__init__(parent)
        self._session, self._album = session, session.album
        self.columnconfigure(1, weight=1)
        self._before = ttk.Button(self, text=words.sheet.BEFORE, width=3, command=lambda: self._step(-1))
        self._after = ttk.Button(self, text=words.sheet.AFTER, width=3, command=lambda: self._step(1))
        self._name = ttk.Label(self, font=look.body, anchor="center")
        self._before.grid(row=0, column=0, ipady=look.px(4))
        self._name.grid(row=0, column=1, sticky="ew", padx=look.px(8))
        self._after.grid(row=0, column=2, ipady=look.px(4))
        session.on(self._show, "album")

    @property
    def wanted(self) -> bool:
        """Whether there is a folder to go through."""
        return bool(self._album.files)

    def _step(self, step: int) -> None:
        self._album.step(step)
        self._session.tell("writing")  # and the keys go on doing the same

    def _show(self) -> None:
        self._name.configure(text=self._album.text)
        last = len(self._album.files) - 1
        self._before.state(["disabled" if self._album.index == 0 else "!disabled"])
        self._after.state(["disabled" if self._album.index == last else "!disabled"])
