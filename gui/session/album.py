"""A folder of pictures, one after the other on the sheet."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from .. import words
from ..work import pictures
from .core import Core
from .drawing import Drawing
from .reading import Reading


class Album:
    """The folder that is open, if one is. Parts and corrections of its pictures are there again when one comes back."""

    files: Sequence[Path] = ()
    index = 0
    """Of the picture on the sheet, or on its way there."""

    def __init__(self, core: Core, reading: Reading, put_away: Callable[[], None]) -> None:
        self._core, self._reading, self._put_away = core, reading, put_away
        self._shown: Path | None = None
        self._picture: Any = None
        """Which file was shown last, and its picture."""
        self._marks: dict[Path, Drawing] = {}
        """What was said about each; the picture only where a lesson is about it, which holds on to it anyway."""
        core.on(self._look, "replaced")

    @property
    def _is_on_sheet(self) -> bool:
        return self._picture is not None and self._core.sheet.drawing.picture is self._picture

    def _look(self) -> None:
        """A picture from elsewhere ends it."""
        if self.files and self._core.sheet.drawing.picture is not None and not self._is_on_sheet:
            self.close()

    def open(self, files: Sequence[Path]) -> None:
        """Shows the first of these pictures."""
        self.close()
        self.files = files
        self._turn(0)

    def close(self) -> None:
        """The folder is no longer of interest."""
        self.files, self._shown, self._picture, self._marks = (), None, None, {}
        self._core.tell("album")

    @property
    def text(self) -> str:
        """Where in the folder, for people; "" without one."""
        if not self.files:
            return ""
        name, count = self.files[self.index].name, len(self.files)
        return words.sheet.PLACE_IN_FOLDER.format(number=self.index + 1, count=count, name=name)

    def step(self, step: int) -> None:
        """Shows the picture so many after this one; none beyond the last."""
        index = min(max(self.index + step, 0), len(self.files) - 1)
        if self.files and index != self.index:
            self._turn(index)
        elif self.files:
            self._core.say(words.sheet.LAST_PICTURE if step > 0 else words.sheet.FIRST_PICTURE)

    def _turn(self, index: int) -> None:
        self.index = index
        self._core.tell("album")
        file = self.files[index]
        self._core.errands.submit(lambda: pictures.opened(file), partial(self._show, file), latest="album")

    def _show(self, file: Path, picture: Any) -> None:
        if not self.files or self.files[self.index] != file:
            return  # somebody turned on
        sheet, leaving = self._core.sheet, self._picture
        if self._is_on_sheet and self._shown is not None:
            kept = leaving if sheet.drawing.has_lesson_on(leaving) else None
            self._marks[self._shown] = replace(sheet.drawing, picture=kept, lessons=())
        else:
            self._put_away()
        marks = self._marks.get(file, Drawing())
        if marks.picture == picture:
            picture = marks.picture  # what was taught about it is known
        self._shown, self._picture = file, picture
        self._core.close_page()
        sheet.turn_to(replace(marks, picture=picture), leaving)
        self._reading.choose(None)
        self._core.changed()
