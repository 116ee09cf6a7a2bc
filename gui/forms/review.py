"""The window in which doubtful fields of a table are looked at, one after the other, each as it is on its scan."""

import tkinter as tk
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tkinter import ttk
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.data import images
from digits.errors import DigitsError
from digits.forms.fields import Kind
from digits.forms.filled import FormReader
from digits.forms.form import load
from digits.forms.table import Doubt, Table
from digits.ink import PageOf
from digits.paths import ROOT
from digits.reading.reader import Reader
from digits.teaching.collected import Samples
from digits.teaching.pairs import pairs

from .. import words
from ..views.look import Look
from ..work.screen import needs_screen
from ..work.theme import system_theme
from .picture import PictureView

_SIZE = (900, 380)

Cut = NDArray[np.float32]


class Scans:
    """The scans that a table speaks of.

    Args:
        model: an ONNX file or MLflow model URI, or None for the champion.
    """

    def __init__(self, model: str | None = None) -> None:
        self.reader = Reader.load(model)
        self._form, self._cuts = lru_cache(None)(self._load), lru_cache(4)(self._cut)

    def _load(self, form: str) -> FormReader:
        return FormReader(load(Path(form)), Path(form).parent, self.reader)

    def _cut(self, path: str, page: int, form: str) -> dict[str, Cut]:
        return self._form(form).cut(PageOf(Path(path), page))

    def look(self, row: Mapping[str, Any], name: str) -> Cut:
        """A field as it is on its scan, brightness (H, W).

        Raises:
            DigitsError: the scan or the form cannot be read any more, or the form has no such field.
        """
        cuts = self._cuts(str(row["path"]), int(row.get("page") or 1), str(row["form"]))
        if name not in cuts:
            raise DigitsError(words.forms.NO_FIELD.format(form=row["form"], name=name))
        return cuts[name]

    def field(self, row: Mapping[str, Any], name: str) -> Kind | None:
        """What the form says of a field; None if it says nothing."""
        with suppress(DigitsError):
            return self._form(str(row["form"])).form.fields.get(name)
        return None


class Review:
    """The window.

    Args:
        table: what `digits form read` wrote.
        scans: where its fields are seen.
        keep: is told of each correction: the field's picture, what stands there as it is written.
    """

    def __init__(self, table: Table, scans: Scans, keep: Callable[[Cut, str], None] | None = None) -> None:
        self.table, self._scans, self._keep = table, scans, keep
        self.doubts = table.doubts()
        self.place, self.settled = 0, set[Doubt]()
        self.refused: tuple[Doubt, str] | None = None
        self.tk = tk.Tk(className="Digits")
        self.look = look = Look(self.tk, system_theme())
        self.tk.title(words.window.TITLE_OF.format(what=table.path.name))
        self.tk.geometry("x".join(str(look.px(side)) for side in _SIZE))
        frame = ttk.Frame(self.tk, padding=look.px(16))
        frame.pack(fill="both", expand=True)
        self.what = ttk.Label(frame, font=look.title)
        self.what.pack(anchor="w")
        self.why = ttk.Label(frame, foreground=look.palette.muted)
        self.why.pack(anchor="w", pady=(0, look.px(10)))
        ttk.Label(frame, text=words.forms.KEYS, foreground=look.palette.muted).pack(side="bottom", anchor="w")
        self.message = ttk.Label(frame, foreground=look.palette.doubt, wraplength=look.px(_SIZE[0] - 40))
        self.message.pack(side="bottom", anchor="w")
        self.value = ttk.Entry(frame, font=look.title)
        self.value.pack(side="bottom", fill="x", pady=look.px(10))
        self.picture = PictureView(frame, look, np.ones((8, 8), np.float32))
        self.picture.configure(cursor="")
        self.picture.pack(fill="both", expand=True)
        for key, work in {"<Return>": self.take, "<Escape>": self.tk.destroy}.items():
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
            self.what.configure(text=words.forms.ALL_DONE)
            self.why.configure(text=words.forms.decided(len(self.settled), self.table.path))
            self.picture.pack_forget()
            return
        row = self.table.rows[doubt.row]
        scan, place, count = row["path"], self.place + 1, len(self.doubts)
        if row.get("page"):
            scan = words.forms.SCAN_PAGE.format(scan=scan, page=row["page"])
        where = words.forms.WHERE.format(number=place, count=count, scan=scan, why=doubt.why)
        self.what.configure(text=doubt.field)
        self.why.configure(text=where + words.forms.DECIDED * (doubt in self.settled))
        self.value.insert(0, str(row.get(doubt.field) or ""))
        self.value.selection_range(0, "end")
        self.value.focus_set()
        self.message.configure(text="")
        try:
            self.cut: Cut | None = self._scans.look(row, doubt.field)
        except DigitsError as error:
            self.cut = None
            self.message.configure(text=str(error))
        self.picture.use(np.ones((8, 8), np.float32) if self.cut is None else self.cut)

    def go(self, by: int) -> None:
        """To another field, without a decision."""
        self.place = min(max(self.place + by, 0), len(self.doubts))
        self.show()

    def take(self) -> None:
        """Takes what stands in the line, and goes on."""
        doubt, typed = self.doubt, self.value.get().strip()
        if doubt is None:
            self.tk.destroy()
            return
        row = self.table.rows[doubt.row]
        read, field = str(row.get(doubt.field) or ""), self._scans.field(row, doubt.field)
        value = typed
        if field and typed not in ("", read):
            value = field.value(typed.replace(" ", "")) or typed
            if value == typed and not field.stands(typed) and self.refused != (doubt, typed):
                self.refused = doubt, typed
                self.message.configure(text=words.forms.MAY_NOT_STAND)
                return
        try:
            self.table.settle(doubt, value)
            if self._keep and field and value != read and self.cut is not None:
                self._keep(self.cut, field.written(value))
        except DigitsError as error:
            self.message.configure(text=str(error))
            return
        self.settled.add(doubt)
        self.go(1)


def run(path: Path, writer: str | None = None, model: str | None = None) -> int:
    """Opens the window; returns the exit status when it is closed.

    Raises:
        DigitsError: the table or the model cannot be read, or there is no screen.
    """
    table = Table(path)
    if not table.doubts():
        print(words.forms.NOTHING_TO_DO.format(table=path))
        return 0
    scans = Scans(model)
    with needs_screen():
        window = Review(table, scans, keeper(scans.reader, writer) if writer else None)
    window.tk.mainloop()
    if left := len(table.doubts()):
        print(words.forms.left(left, path))
    return 0


def keeper(reader: Reader, writer: str) -> Callable[[Cut, str], None]:
    """What keeps the digits of a corrected field in data/, as this person's handwriting, where as many were found; a
    second correction of the same field in the place of the first."""
    samples, kept = Samples(ROOT), dict[bytes, list[str]]()

    def keep(cut: Cut, written: str) -> None:
        picture = Image.fromarray(np.clip(cut * 255, 0, 255).astype(np.uint8))
        lines: list[str] = []
        with suppress(DigitsError):  # nothing can be learned of it; the table has it all the same
            found = pairs(written, reader.read(picture), picture)
            lines = [images.line(digit, writer, cutting) for digit, cutting in found]
        field = picture.tobytes()
        samples.replace(kept.get(field, ()), lines)
        kept[field] = lines

    return keep
