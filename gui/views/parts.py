"""The table of a picture's parts, below the panel: what each says and how sure that is; to copy, and to save."""

import tkinter as tk
from pathlib import Path
from tkinter import filedialog, ttk

from .. import words
from ..session import Session
from ..session.regions import Row
from .look import Look

_LEAST = 2
"""Parts from which on there is a table: a single one is what the panel is about."""

_MOST_ROWS, _FEW_ROWS = 6, 3
"""Shown at once, the fewer in a low window."""

_LOW = 560
"""Height of the window, pixels of a 96 dpi screen."""

_COLUMNS = (("part", words.sheet.PART, 44), ("text", words.sheet.TEXT, 130), ("sure", words.sheet.SURE, 64))
"""Name, heading, and width, the same."""


class Parts(ttk.Frame):
    """A row a part; a click shows it, Delete takes it away, Ctrl+C copies them all."""

    def __init__(self, parent: tk.Misc, look: Look, session: Session) -> None:
        super().__init__(parent)
        self._look, self._session, self._regions = look, session, session.regions
        self.table = ttk.Treeview(
            self, columns=[name for name, _, _ in _COLUMNS], show="headings", selectmode="browse", height=_FEW_ROWS
        )
        for name, heading, width in _COLUMNS:
            self.table.heading(name, text=heading, anchor="w")
            self.table.column(name, width=look.px(width), anchor="w", stretch=name == "text")
        self.table.pack(fill="x")
        buttons = ttk.Frame(self)
        buttons.pack(fill="x", pady=look.px(4))
        for text, command in (
            (words.sheet.COPY_ALL, self._copy),
            (words.sheet.SAVE_AS_CSV, self._save),
            (words.sheet.REMOVE, self._remove),
        ):
            ttk.Button(buttons, text=text, style="Toolbutton", command=command).pack(side="left")
        self.table.bind("<<TreeviewSelect>>", lambda _: self._choose())
        self.table.bind("<Delete>", lambda _: self._remove())
        self.table.bind("<Control-c>", lambda _: self._copy())
        self.table.bind("<Command-c>" if look.root.tk.call("tk", "windowingsystem") == "aqua" else "<Control-C>",
                        lambda _: self._copy())  # fmt: skip
        session.on(self._show, "regions")

    def _show(self) -> None:
        """The table of now; none for fewer than two parts."""
        rows, drawing = self._regions.rows, self._session.sheet.drawing
        if len(rows) < _LEAST:
            self.pack_forget()
            return
        if not self.winfo_manager():
            self.pack(side="bottom", fill="x")
        low = self.winfo_toplevel().winfo_height() < self._look.px(_LOW)
        self.table.configure(height=min(len(rows), _FEW_ROWS if low else _MOST_ROWS))
        wanted = [str(row.number) for row in rows]
        for item in self.table.get_children():
            if item not in wanted:
                self.table.delete(item)
        for row, item in zip(rows, wanted, strict=True):
            # Tk takes what looks like a number for one, and would show 007 as 7.
            values = (item, row.text or _nothing(row), _sure(row))
            if not self.table.exists(item):
                self.table.insert("", "end", item)
            for (name, _, _), value in zip(_COLUMNS, values, strict=True):
                self.table.set(item, name, value)
            if row.box == drawing.selection and self.table.selection() != (item,):
                self.table.selection_set(item)
                self.table.see(item)

    @property
    def _chosen(self) -> int | None:
        chosen = self.table.selection()
        return int(chosen[0]) if chosen else None

    def _choose(self) -> None:
        if self._chosen is not None:
            self._regions.show(self._chosen)

    def _remove(self) -> str:
        if self._chosen is not None:
            self._regions.remove(self._chosen)
        return "break"

    def _copy(self) -> str:
        self._session.copy_table()
        return "break"

    def _save(self) -> None:
        name = filedialog.asksaveasfilename(
            title=words.window.SAVE_TABLE, initialdir=self._session.folder, defaultextension=".csv",
            initialfile=words.window.TABLE_FILE, filetypes=[("CSV", "*.csv")],
        )  # fmt: skip
        if name:
            self._session.remember_folder(Path(name))
            self._session.save_table(Path(name))


def _nothing(row: Row) -> str:
    """Stands for its text, where there is none."""
    return words.sheet.NOT_YET if row.confidence is None else words.sheet.NOTHING


def _sure(row: Row) -> str:
    """How sure its text is."""
    if row.confidence is None:
        return words.sheet.NOT_YET
    sure = words.sheet.BY_HAND if row.corrected else words.reading.SHARE.format(share=row.confidence)
    return words.sheet.IN_DOUBT.format(sure=sure) if row.doubtful else sure
