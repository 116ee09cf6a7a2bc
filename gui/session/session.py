"""The session: the sheet and what can be done with it, and the parts that read, teach and train."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from textwrap import shorten
from typing import Any, Literal

from digits.teaching.collected import Samples

from .. import words
from ..work import folders, pictures
from ..work.clipboard import Clipboard
from ..work.runs import RunPages
from ..work.theme import system_theme
from . import regions
from .album import Album
from .core import Core, Page
from .drawing import Point
from .history import Entry, History
from .kept import Kept
from .lessons import Lessons
from .paint import drawing_image
from .reading import Reading
from .regions import Regions
from .settings import PENS, RECENT, THEMES
from .training import Training
from .view import View

_THEME_SECONDS = 5
"""The system is asked for its theme at most so often, when the window gets the focus."""

_SAID = 60
"""Letters of what was copied that are shown."""

_PAPER, _INK = (255, 255, 255), (26, 29, 33)
"""Of a drawing that is saved, in the dark theme as well."""


class Session(Core):
    """Everything that the window is about.

    Args:
        root: the project's folder.
        after: Tk's `after(milliseconds, callback)`.
        clipboard: the screen's.
        model: an ONNX file or MLflow model URI, or None for the champion.
    """

    def __init__(
        self, root: Path, after: Callable[[int, Callable[[], None]], Any], clipboard: Clipboard, model: str | None
    ) -> None:
        super().__init__(root, after)
        self.clipboard, self.history = clipboard, History()
        self.view, self.kept = View(), Kept(self)
        self.tool: Literal["pen", "eraser"] = "pen"
        self.reading = Reading(self, model)
        self.album = Album(self, self.reading, self._put_away)
        self.regions = Regions(self, self.reading)
        self.lessons = Lessons(self, self.reading, Samples(root))
        self.training = Training(self, self.reading, self.lessons)
        self.runs = RunPages()
        self._theme_asked = 0.0

    def close(self) -> None:
        """Ends what runs behind; a training is interrupted so that the next one goes on from there."""
        self.training.stop()
        self.runs.end()
        self.errands.finish()

    def quit(self) -> None:
        """Closes the window; asks first where that stops a training."""
        if self.training.running:
            self.warn(words.window.QUIT_WHILE_TRAINING, words.window.QUIT_ANYWAY, lambda: self.tell("quit"))
        else:
            self.tell("quit")

    # --- the sheet

    def undo(self) -> None:
        """One step back, what was taught included."""
        if self.sheet.undo():
            self.changed()

    def redo(self) -> None:
        """The step again."""
        if self.sheet.redo():
            self.changed()

    def clear(self) -> None:
        """A blank sheet; what was there goes to the strip."""
        self._put_away()
        self.sheet.clear()
        self.changed()

    def restore(self, entry: Entry) -> None:
        """An earlier drawing comes back."""
        self._put_away()
        self.sheet.restore(entry.drawing)
        self.reading.chosen = None
        self.changed()
        self.tell("writing")

    def _put_away(self) -> None:
        if self.history.put_away(self.sheet.drawing, self.reading.text):
            self.tell("history")
        self.sheet.end()

    def open_picture(self, path: Path) -> None:
        """The picture in a file in the place of what is on the sheet; of a folder, the first."""
        if path.is_dir():
            self.errands.submit(
                lambda: folders.listed(path), partial(self._open_folder, path), partial(self._not_opened, path)
            )
            return
        self.errands.submit(
            lambda: pictures.opened(path), partial(self._show_picture, path=path), partial(self._not_opened, path)
        )

    def _open_folder(self, folder: Path, files: Sequence[Path]) -> None:
        self._remember_picture(folder)
        self.album.open(files)

    def show_picture(self, source: Callable[[], Any]) -> None:
        """The same, from what gives the path or the picture when called in the thread behind."""

        def opened() -> tuple[Any, Path | None]:
            found = source()
            return pictures.opened(found), found if isinstance(found, Path) else None

        self.errands.submit(opened, lambda found: self._show_picture(*found))

    def _not_opened(self, path: Path, error: Exception) -> None:
        self._remember_picture(path, there=False)
        self.fail(error)

    def _remember_picture(self, path: Path, there: bool = True) -> None:
        """Puts a picture at the head of those that were opened last, or takes it out."""
        name, before = str(path.absolute()), self.settings.recent
        others = [other for other in before if other != name]
        self.settings.recent = [name, *others][:RECENT] if there else others
        if self.settings.recent != before:
            self.save_settings()

    def _show_picture(self, picture: Any, path: Path | None = None) -> None:
        if path is not None:
            self._remember_picture(path)
        self.close_page()
        self._put_away()
        self.sheet.show_picture(picture)
        self.reading.choose(None)
        self.changed()
        self.say(words.sheet.HOW_TO_READ_PARTS)

    def save_drawing(self, path: Path) -> None:
        """Writes what is on the sheet as PNG."""
        drawing = self.sheet.drawing
        image = drawing.picture or drawing_image(drawing.strokes, _PAPER, _INK)
        self._save(lambda: pictures.save(image, path), path)

    def copy(self, text: str, remark: str = "") -> None:
        """Any text to the clipboard."""
        self.clipboard.put(text)
        text = shorten(text, _SAID, placeholder=words.window.CUT_SHORT)
        self.say(words.window.COPIED.format(text=text, remark=remark))

    def copy_table(self) -> None:
        """What all parts of the picture say, with tabs between, as tables take it."""
        self.clipboard.put(self.regions.text)
        self.say(words.sheet.COPIED_ROWS.format(count=len(self.regions.rows)))

    def save_table(self, path: Path) -> None:
        """The same as a file of comma-separated values."""
        self._save(partial(regions.save, self.regions.table, path), path)

    def _save(self, work: Callable[[], None], path: Path) -> None:
        self.errands.submit(work, lambda _: self.say(words.window.SAVED.format(path=path)))

    @property
    def folder(self) -> Path:
        """Where files are looked for: where the last one was, else among the person's pictures."""
        from platformdirs import user_pictures_path

        places = (Path(self.settings.folder or "."), user_pictures_path(), Path.home())
        return next((place for place in places if place.is_absolute() and place.is_dir()), Path.cwd())

    def remember_folder(self, file: Path) -> None:
        """The next file is looked for beside this one."""
        self.settings.folder = str(file.absolute().parent)
        self.save_settings()

    def name_digit(self, digit: int) -> None:
        """Says what the chosen digit is: what its key and its button do.

        On a picture without a chosen one, 0 shows all of it.
        """
        if digit == 0 and self.sheet.drawing.picture is not None and self.reading.chosen is None:
            self.fit()
        else:
            self.lessons.teach(digit)

    # --- the picture's size on the sheet

    def enlarge(self, factor: float, at: Point | None = None) -> None:
        """Shows the picture larger, or smaller, by a factor; this place of it stays where it is."""
        if self.sheet.drawing.picture is not None:
            self.view.enlarge(factor, at)
            self.tell("view")

    def move_picture(self, across: float, down: float) -> None:
        """Shows another part of an enlarged picture, so many pixels away."""
        if self.sheet.drawing.picture is not None and self.view.zoom > 1:
            self.view.move(across, down)
            self.tell("view")

    def fit(self) -> None:
        """Shows all of the picture."""
        if self.sheet.drawing.picture is not None:
            self.view.fit()
            self.tell("view")

    # --- the tools

    def take(self, tool: Literal["pen", "eraser"]) -> None:
        """Takes a tool into the hand."""
        self.tool = tool
        self.tell("tool")

    def set_pen(self, width: int) -> None:
        """Changes the width of the pen, as far as there are pens."""
        width = min(max(width, PENS[0]), PENS[1])
        if width != self.settings.pen:
            self.settings.pen = width
            self.tell("pen")
            self.save_settings()

    # --- the window

    def open_page(self, page: Page) -> None:
        """Covers the sheet with a page, made anew."""
        self.page = page
        self.tell("page")

    def see_run(self, run_id: str) -> None:
        """Opens MLflow's page of a run in the browser."""
        try:
            self.runs.open(run_id)
        except OSError as error:
            self.warn(words.training.RUN_NOT_OPENED.format(reason=error.strerror))
        else:
            self.say(words.training.RUN_OPENS)

    def next_theme(self) -> None:
        """Light, dark, as the system, in turn."""
        self.settings.theme = THEMES[(THEMES.index(self.settings.theme) + 1) % len(THEMES)]
        self.save_settings()
        self.tell("theme")
        self.say(words.window.THEMES[self.settings.theme])
        self._theme_asked = 0.0
        self.follow_system()

    def follow_system(self) -> None:
        """Asks the system whether it is light or dark, now and then, in the thread behind."""
        now = time.monotonic()
        if self.settings.theme == "system" and now - self._theme_asked >= _THEME_SECONDS:
            self._theme_asked = now
            self.errands.submit(system_theme, self._system_is, self.ignore, "theme")

    def _system_is(self, theme: str) -> None:
        if theme != self.settings.seen_theme:
            self.settings.seen_theme = theme
            self.save_settings()
            if self.settings.theme == "system":
                self.tell("theme")
