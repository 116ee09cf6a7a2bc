"""Keeps the sheet for the next start, as it is after every stroke."""

from functools import partial

from ..work import kept
from .core import Core
from .drawing import Drawing, Stroke
from .settings import PENS


class Kept:
    """The strokes of a sheet. Lessons are kept in data/ and pictures are files: neither is kept here."""

    def __init__(self, core: Core) -> None:
        self._core, self._file = core, kept.path()
        self._strokes: tuple[Stroke, ...] = ()
        """What the file holds, or soon will."""
        core.on(self._keep, "drawn")

    def resume(self) -> None:
        """What was left on the sheet is there again; no step leads back before it."""
        found = kept.load(self._file)
        if found and self._core.sheet.drawing.is_blank:
            strokes = tuple(Stroke(points, min(max(pen, PENS[0]), PENS[1])) for pen, points in found)
            self._strokes = strokes
            self._core.sheet.resume(Drawing(strokes))
            self._core.changed()

    def _keep(self) -> None:
        strokes = self._core.sheet.drawing.strokes
        if strokes != self._strokes:
            self._strokes = strokes
            lines = [(stroke.pen, stroke.points) for stroke in strokes]
            self._core.errands.submit(partial(kept.save, lines, self._file), failed=self._core.ignore, latest="sheet")
