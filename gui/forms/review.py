"""The window in which doubtful fields of a table are looked at, one after the other, each as it is on its scan."""

import sys
import tkinter as tk
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from tkinter import ttk

import numpy as np
from numpy.typing import NDArray

from digits.errors import DigitsError
from digits.forms.filled import FormReader
from digits.forms.form import load
from digits.forms.table import Doubt, Table
from digits.ink import PageOf
from digits.reading.reader import Reader

from ..views.look import Look
from ..work.theme import system_theme
from .picture import PictureView

_SIZE = (900, 380)
_KEYS = "Enter: take it   ·   Delete: empty   ·   Page Down, Page Up: another   ·   Esc: end"

Cuts = dict[str, NDArray[np.float32]]


class Review:
    """The window.

    Args:
        table: what `digits form read` wrote.
        cuts: the fields of a scan as they look, by the scan's path, its page and the form's file.
        keep: is told of each correction: the field's picture, what was read and what stands there.
    """

    def __init__(
        self,
        table: Table,
        cuts: Callable[[str, int, str], Cuts],
        keep: Callable[[NDArray[np.float32], str, str], None] | None = None,
    ) -> None:
        self.table, self._cuts, self._keep = table, cuts, keep
        self.doubts = table.doubts()
        self.place, self.settled = 0, set[Doubt]()
        self.tk = tk.Tk(className="Digits")
        self.look = look = Look(self.tk, system_theme())
        self.tk.title(f"{table.path.name} · Digits")
        self.tk.geometry("x".join(str(look.px(side)) for side in _SIZE))
        frame = ttk.Frame(self.tk, padding=look.px(16))
        frame.pack(fill="both", expand=True)
        self.what = ttk.Label(frame, font=look.title)
        self.what.pack(anchor="w")
        self.why = ttk.Label(frame, foreground=look.palette.muted)
        self.why.pack(anchor="w", pady=(0, look.px(10)))
        ttk.Label(frame, text=_KEYS, foreground=look.palette.muted).pack(side="bottom", anchor="w")
        self.message = ttk.Label(frame, foreground=look.palette.doubt, wraplength=look.px(_SIZE[0] - 40))
        self.message.pack(side="bottom", anchor="w")
        self.value = ttk.Entry(frame, font=look.title)
        self.value.pack(side="bottom", fill="x", pady=look.px(10))
        self.picture = PictureView(frame, look, np.ones((8, 8), np.float32))
        self.picture.configure(cursor="")
        self.picture.pack(fill="both", expand=True)
        for key, work in {"<Return>": self.take, "<Delete>": self.empty, "<Escape>": self.tk.destroy}.items():
            self.tk.bind(key, lambda _, work=work: work())  # type: ignore[misc]
        self.tk.bind("<Next>", lambda _: self.go(1))
        self.tk.bind("<Prior>", lambda _: self.go(-1))
        self.show()

    @property
    def doubt(self) -> Doubt | None:
        """What is looked at now."""
        return self.doubts[self.place] if self.place < len(self.doubts) else None

    def show(self) -> None:
        """Shows the field, or that nothing is left."""
        doubt = self.doubt
        self.value.delete(0, "end")
        if doubt is None:
            self.what.configure(text="All looked at")
            self.why.configure(text=f"{len(self.settled)} fields were decided; {self.table.path} has them.")
            self.picture.pack_forget()
            return
        row = self.table.rows[doubt.row]
        page = f", page {row['page']}" if row.get("page") else ""
        self.what.configure(text=doubt.field)
        self.why.configure(
            text=f"{self.place + 1} of {len(self.doubts)}   ·   {row['path']}{page}   ·   {doubt.why}"
            + ("   ·   decided" if doubt in self.settled else "")
        )
        self.value.insert(0, str(row.get(doubt.field) or ""))
        self.value.selection_range(0, "end")
        self.value.focus_set()
        self.message.configure(text="")
        try:
            self.cut = self._cuts(str(row["path"]), int(row.get("page") or 1), str(row["form"]))[doubt.field]
            self.picture.use(self.cut)
        except (DigitsError, KeyError, ValueError) as error:
            self.message.configure(text=f"{error}")
            self.picture.use(np.ones((8, 8), np.float32))

    def go(self, by: int) -> None:
        """To another field, without a decision."""
        self.place = min(max(self.place + by, 0), len(self.doubts))
        self.show()

    def empty(self) -> None:
        """Empties the line."""
        self.value.delete(0, "end")

    def take(self) -> None:
        """Takes what stands in the line, and goes on."""
        doubt, value = self.doubt, self.value.get().strip()
        if doubt is None:
            self.tk.destroy()
            return
        read = str(self.table.rows[doubt.row].get(doubt.field) or "")
        try:
            self.table.settle(doubt, value)
            if self._keep and value != read:
                self._keep(self.cut, read, value)
        except DigitsError as error:
            self.message.configure(text=str(error))
            return
        self.settled.add(doubt)
        self.go(1)


def run(path: Path, writer: str | None = None) -> int:
    """Opens the window; returns the exit status when it is closed.

    Raises:
        DigitsError: the table cannot be read.
    """
    table = Table(path)
    if not table.doubts():
        print(f"{path}: nothing is to be looked at")
        return 0

    @lru_cache(maxsize=4)
    def cuts(scan: str, page: int, form: str) -> Cuts:
        file = Path(form)
        return FormReader(load(file), file.parent, Reader.load(None)).cut(PageOf(Path(scan), page))

    try:
        window = Review(table, cuts)
    except tk.TclError as error:
        print(f"error: the window cannot open ({error}): it needs a screen, see DISPLAY", file=sys.stderr)
        return 1
    window.tk.mainloop()
    return 0
