"""Several parts of a picture: what each of them says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from digits import tables

from .core import Core
from .drawing import Box
from .reading import Reading
from .readout import readout

COLUMNS = ("part", "text", "confidence", "corrected", "left", "top", "right", "bottom")
"""Of the table that is saved."""


@dataclass(frozen=True)
class Row:
    """One part."""

    number: int
    """From 1, in the order in which they were chosen."""
    box: Box
    text: str
    """What it says, in one line, with what was put right by hand."""
    confidence: float | None
    """Probability that all of it is right; None until it is read."""
    doubtful: bool
    corrected: int = 0
    """Digits put right by hand."""


class Regions:
    """The parts that were chosen on the sheet's picture. The one that is shown is the session's reading; the others are
    read once, behind."""

    def __init__(self, core: Core, reading: Reading) -> None:
        self._core, self._reading = core, reading
        self._of: tuple[Any, Any] = (None, None)
        """Whose readings are known: the picture, and who read it."""
        self._known: dict[Box, Any] = {}
        core.on(self._look, "drawn", "model", "reading")

    def _look(self) -> None:
        """Notes what was read, has read what was not, and tells if there is anything to tell."""
        drawing, model = self._core.sheet.drawing, self._reading.model
        reader = None if model is None else model.reader
        if (drawing.picture, reader) != self._of:
            self._of, self._known = (drawing.picture, reader), {}
        if drawing.selection and self._reading.is_current and self._reading.result is not None:
            self._known[drawing.selection] = self._reading.result
        for box in drawing.regions:
            if reader is not None and box not in self._known and box != drawing.selection:
                self._known[box] = None
                part = drawing.picture.crop(box)
                self._core.worker.submit(partial(reader.read, part), partial(self._read, self._of, box))
        self._core.tell("regions")

    def _read(self, of: tuple[Any, Any], box: Box, result: Any) -> None:
        if of == self._of:
            self._known[box] = result
            self._core.tell("regions")

    @property
    def rows(self) -> Sequence[Row]:
        """All parts, as far as they are read."""
        drawing, rows = self._core.sheet.drawing, []
        for number, box in enumerate(drawing.regions, 1):
            result = self._known.get(box)
            if result is None:
                rows.append(Row(number, box, "", None, doubtful=False))
                continue
            read = readout(result, replace(drawing, selection=box))
            rows.append(Row(number, box, " ".join(read.lines), read.confidence, read.is_doubtful, read.corrected))
        return rows

    @property
    def table(self) -> Sequence[tables.Row]:
        """All of it as the table that is copied and saved: each part's values, by `COLUMNS`."""
        table: list[tables.Row] = []
        for row in self.rows:
            share = "" if row.confidence is None else f"{row.confidence:.4f}"
            values = (row.number, row.text, share, row.corrected, *row.box)
            table.append(dict(zip(COLUMNS, values, strict=True)))
        return table

    @property
    def text(self) -> str:
        """The same with tabs between, for other programs; no reading holds a tab or a quote."""
        lines = (COLUMNS, *(row.values() for row in self.table))
        return "".join("\t".join(map(str, line)) + "\n" for line in lines)

    # --- what people do with them

    def show(self, number: int) -> None:
        """Shows the part of a number, from 1."""
        if self._core.sheet.show_region(number - 1):
            self._reading.chosen = None
            self._core.changed()

    def remove(self, number: int) -> None:
        """Takes the part of a number away; undo brings it back."""
        self._core.sheet.remove_region(number - 1)
        self._core.changed()


def save(table: Sequence[tables.Row], path: Path) -> None:
    """Writes a table of parts as comma-separated values.

    Raises:
        DigitsError: it cannot be written; what was there is still there.
    """
    with tables.table(path, "csv", COLUMNS) as add:
        for row in table:
            add(row)
