"""Who reads, what was read, and which of its digits the window is about."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from .. import words
from ..work import models
from ..work.models import Model
from .core import Core
from .drawing import Drawing
from .readout import Readout, readout

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_READ_EVERY = 0.08
"""Seconds between two readings while the pen is down."""

_IDLE_MS = 250
"""After so long without a stroke it is worked out which parts of the ink decide."""


class Reading:
    """The model and its reading of the sheet.

    Args:
        core: the session's common ground.
        spec: which model reads first: an ONNX file, an MLflow model URI, or None for the champion.
    """

    model: Model | None = None
    other: Model | None = None
    """Reads beside the model, to compare."""
    comparison: Sequence[tuple[str, str]] = ()
    """Name and text of both, while two read."""
    chosen: int | None = None
    """Index of the digit that was clicked."""
    hovered: int | None = None
    """Index of the digit under the pointer."""
    heat: "NDArray[np.float32] | None" = None
    """Which parts of its image speak for the digit in focus, (28, 28), 0 to 1; None until it is known."""

    def __init__(self, core: Core, spec: str | None) -> None:
        self._core, self._spec = core, spec
        self.readout = Readout()
        self.loading = True
        self._heat_wanted = True
        self._asked = 0
        self._read_at = 0.0
        self._shown_revision = 0
        self._read = Drawing()
        """What the readout is about."""
        self._readers: list[Any] = []
        self._readings: list[Any] = []
        """Who read it, and what each made of it."""
        core.on(self.read, "drawn")
        core.on(self._read_growing, "ink")

    # --- the model

    def retry(self) -> None:
        """Loads again what was to read last; what has become of the file, or of the champion, counts."""
        self.load(self._spec)

    def load(self, spec: str | None) -> None:
        """Has another model read."""
        self._spec, self.loading = spec, True
        self._core.tell("model")
        self._core.worker.submit(lambda: models.load(spec), self._loaded, self._not_loaded)

    def _loaded(self, model: Model) -> None:
        self.model, self.loading = model, False
        self._core.tell("model")
        self.read()

    def _not_loaded(self, error: Exception) -> None:
        self.loading = False
        self._core.tell("model")
        self._core.fail(error, words.window.TRY_AGAIN, self.retry)

    def compare_with(self, spec: str | None) -> None:
        """Has a second model read the same, or no longer."""
        if spec is None:
            self.other, self.comparison = None, ()
            self._core.tell("comparison")
        else:
            self._core.worker.submit(lambda: models.load(spec), self._other_loaded)

    def _other_loaded(self, other: Model) -> None:
        self.other = other
        self._compared("", "")
        self.read()

    def _compared(self, *texts: str) -> None:
        if self.model is not None and self.other is not None:
            self.comparison = list(zip((self.model.name, self.other.name), texts, strict=True))
            self._core.tell("comparison")

    # --- what it reads

    def _read_growing(self) -> None:
        if time.monotonic() - self._read_at >= _READ_EVERY:
            self.read()

    def read(self) -> None:
        """Has what is on the sheet read; the newest wish only."""
        self._read_at = time.monotonic()
        self._ask_anew()
        sheet, model, other = self._core.sheet, self.model, self.other
        drawing, revision = replace(sheet.drawing, strokes=sheet.strokes), sheet.revision
        readers = [each.reader for each in (model, other) if each is not None]
        if drawing.is_blank or not _continues(drawing, self._read) or readers[:1] != self._readers[:1]:
            self._read, self._readers, self._readings = Drawing(), readers, []
            self._show(Readout(), revision)  # what stood there is wrong, and the reading may take its time
        if model is None:
            self._core.tell("focus")
        elif readers == self._readers and self._readings and drawing.shows_same(self._read):
            self._show_readings(readers, self._readings, drawing, revision)  # only what people say about it is new
        else:
            self._core.worker.submit(
                lambda: [reader.read(_source(drawing)) for reader in readers],
                lambda readings: self._show_readings(readers, readings, drawing, revision),
                latest="read",
            )

    def _show_readings(self, readers: list[Any], readings: list[Any], drawing: Drawing, revision: int) -> None:
        if revision < self._shown_revision:
            return
        self._read, self._readers, self._readings = drawing, readers, readings
        self._show(readout(readings[0], drawing), revision)
        if len(readings) > 1:
            self._compared(*(reading.text for reading in readings))

    def _show(self, read: Readout, revision: int) -> None:
        self.readout, self._shown_revision = read, revision
        if self.chosen is not None and self.chosen >= len(read.digits):
            self.chosen = None
        if self.hovered is not None and self.hovered >= len(read.digits):
            self.hovered = None
        self._core.tell("reading")
        self._focus()

    @property
    def is_current(self) -> bool:
        """Whether the digits shown are those of the sheet as it is now."""
        return self._read.shows_same(self._core.sheet.drawing)

    @property
    def result(self) -> Any:
        """What the reader gave, or None."""
        return self._readings[0] if self._readings else None

    @property
    def text(self) -> str:
        """What stands on the sheet, as far as that is known by now."""
        return self.readout.text if self.is_current else ""

    @property
    def why_nothing(self) -> str:
        """What is said where no number stands; "" before anything is written."""
        if not self._core.sheet.strokes and self._core.sheet.drawing.is_blank:
            return ""
        if self.model is None:
            return words.reading.MODEL_LOADS if self.loading else words.reading.NO_MODEL
        if not self.is_current:
            return words.reading.BEING_READ
        on_picture = self._core.sheet.drawing.picture is not None
        return words.reading.NO_DIGIT_ON_PICTURE if on_picture else words.reading.NO_DIGIT

    # --- one of its digits

    @property
    def focused(self) -> int | None:
        """Index of the digit that the panel is about: under the pointer, chosen, or in doubt."""
        if self.hovered is not None:
            return self.hovered
        return self.chosen if self.chosen is not None else self.readout.most_doubtful

    def choose(self, index: int | None) -> None:
        """Puts a digit into focus, to be looked at or taught; one that is not read any more cannot be."""
        self.chosen = index if index is not None and index < len(self.readout.digits) else None
        self._core.tell("chosen")
        self._focus()

    def step(self, step: int) -> None:
        """Chooses the digit so many to the right; the first or last if none was chosen."""
        count = len(self.readout.digits)
        if count:
            first = 0 if step > 0 else count - 1
            self.choose(first if self.chosen is None else (self.chosen + step) % count)

    def hover(self, index: int | None) -> None:
        """The pointer came over a digit, or left it."""
        self.hovered = index
        self._focus()

    def toggle_heat(self) -> None:
        """Shows or hides what speaks for the answer."""
        self._heat_wanted = not self._heat_wanted
        self._focus()
        self._core.say(words.reading.HEAT_SHOWN if self._heat_wanted else words.reading.HEAT_HIDDEN)

    def _focus(self) -> None:
        self.heat = None
        self._core.tell("focus")
        asked = self._ask_anew()
        if self._heat_wanted and self.focused is not None:
            self._core.after(_IDLE_MS, lambda: self._warm(asked))

    def _ask_anew(self) -> int:
        """Gives up the heat that is being worked out: readings go first."""
        self._asked += 1
        return self._asked

    def _warm(self, asked: int) -> None:
        """Has it worked out which parts of the ink speak for the digit in focus, until something new is asked."""
        if asked != self._asked or self.model is None or self.focused is None or self._core.sheet.line:
            return
        from digits.reading.explain import occlusion

        shown = self.readout.digits[self.focused]
        steps = occlusion(self.model.reader, shown.image, shown.digit)

        def work() -> "NDArray[np.float32] | None":
            while asked == self._asked:
                try:
                    next(steps)
                except StopIteration as end:
                    return cast("NDArray[np.float32]", end.value)
            return None

        def show(heat: "NDArray[np.float32] | None") -> None:
            if asked == self._asked:
                self.heat = heat
                self._core.tell("heat")

        self._core.worker.submit(work, show, latest="heat")


def _continues(drawing: Drawing, before: Drawing) -> bool:
    """Whether some of what was read before still stands there, so that its reading may stay until the next."""
    if drawing.picture is not None or before.picture is not None:
        return drawing.shows_same(before)
    if not before.strokes or not set(before.strokes).isdisjoint(drawing.strokes):
        return True
    return drawing.strokes[-1].points[0] == before.strokes[-1].points[0]  # one stroke, that has grown


def _source(drawing: Drawing) -> Any:
    """What a reader gets of a drawing."""
    if drawing.picture is None:
        return [stroke.points for stroke in drawing.strokes]
    return drawing.picture.crop(drawing.selection) if drawing.selection else drawing.picture
