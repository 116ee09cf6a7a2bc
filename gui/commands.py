"""What the actions do: a method of `Commands` for every row of the table in `actions`."""

from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog
from typing import TYPE_CHECKING, Any

from digits.errors import DigitsError
from gui.pages import Help, Models, Page
from gui.settings import PENS, THEMES

if TYPE_CHECKING:
    from gui.app import App

_PEN_STEP = 2

PICTURES = ["*.png", "*.jpg", "*.jpeg", "*.bmp", "*.gif", "*.tif", "*.tiff", "*.webp", "*.ppm", "*.pgm"]


class Commands:
    """The actions of a window."""

    def __init__(self, app: "App") -> None:
        self._app = app

    # --- pictures

    def open(self) -> None:
        """Asks for a picture and shows it."""
        kinds = [("Pictures", PICTURES), ("All files", ["*"])]
        name = filedialog.askopenfilename(parent=self._app.tk, title="Open a picture", filetypes=kinds)
        if name:
            self._app.open_picture(Path(name))

    def paste(self) -> None:
        """Shows the picture that the clipboard holds."""
        from gui.clipboard import pasted

        self._app.show_from(pasted(self._app.tk))

    def leave(self) -> None:
        """Puts the picture away."""
        if self._app.sheet.drawing.picture is not None:
            self.clear()

    def save(self) -> None:
        """Asks for a name and saves the drawing as PNG, whole or not at all."""
        if self._app.sheet.drawing.is_blank:
            self._app.messages.say("There is nothing to save yet")
            return
        name = filedialog.asksaveasfilename(
            parent=self._app.tk, title="Save the drawing", defaultextension=".png",
            initialfile=f"{'-'.join(self._app.readout.lines) or 'drawing'}.png", filetypes=[("PNG", "*.png")],
        )  # fmt: skip
        if name:
            self._app.save_picture(Path(name))

    def copy(self) -> None:
        """The number to the clipboard."""
        text = self._app.readout.text
        if not text:
            self._app.messages.say("There is no number to copy yet")
            return
        self.copy_text(text)

    def copy_text(self, text: str) -> None:
        """Any text to the clipboard."""
        self._app.tk.clipboard_clear()
        self._app.tk.clipboard_append(text)
        self._app.messages.say(f"Copied {text.replace(chr(10), ' ')}")

    # --- the sheet

    def undo(self) -> None:
        """One step back, what was taught included."""
        self._step(self._app.sheet.undo)

    def redo(self) -> None:
        """The step again."""
        self._step(self._app.sheet.redo)

    def _step(self, step: Callable[[], bool]) -> None:
        before = self._app.sheet.drawing.lessons
        if step():
            self._app.teaching.follow(before)
            self._app.changed()

    def clear(self) -> None:
        """A blank sheet; what was there goes to the strip."""
        self._app.put_away()
        self._app.sheet.end()
        self._app.sheet.clear()
        self._app.changed()

    def pen(self) -> None:
        """Takes the pen."""
        self._app.take("pen")

    def eraser(self) -> None:
        """Takes the eraser."""
        self._app.take("eraser")

    def thinner(self) -> None:
        """A thinner pen."""
        self._app.set_pen(max(self._app.settings.pen - _PEN_STEP, PENS[0]))

    def wider(self) -> None:
        """A wider pen."""
        self._app.set_pen(min(self._app.settings.pen + _PEN_STEP, PENS[1]))

    def earlier(self) -> None:
        """Brings back what was last put away."""
        entries = self._app.history.entries
        if entries:
            self._app.restore(entries[0])
        else:
            self._app.messages.say("Nothing was written before")

    # --- the reading

    def previous(self) -> None:
        """Chooses the digit to the left."""
        self._choose(-1)

    def next(self) -> None:
        """Chooses the digit to the right."""
        self._choose(1)

    def _choose(self, step: int) -> None:
        count = len(self._app.readout.digits)
        if count:
            first = 0 if step > 0 else count - 1
            self._app.choose(first if self._app.chosen is None else (self._app.chosen + step) % count)

    def heat(self) -> None:
        """Shows or hides which parts of the ink decide."""
        self._app.toggle_heat()

    def deselect(self) -> None:
        """One thing at a time: page, comparison, chosen digit, selection."""
        app = self._app
        if app.page is not None:
            app.close_page()
        elif app.other is not None:
            app.compare_with(None)
        elif app.chosen is not None:
            app.choose(None)
        elif app.sheet.drawing.selection is not None:
            app.sheet.select(None)
            app.changed()
        app.view.focus_set()

    # --- models

    def models(self) -> None:
        """The page of models."""
        app = self._app
        page = Models(
            app.body, app.look, app.close_page, self._use, self._compare, self._choose_file, self._see_run
        )  # fmt: skip
        app.show_page(page)

        def registered() -> Any:
            from digits.tracking import registry

            return registry.versions()

        def still(function: Callable[[Any], None]) -> Callable[[Any], None]:
            return lambda value: function(value) if app.page is page else None

        app.errands.submit(
            registered, still(lambda found: page.show(found, app.model)), still(lambda error: page.fail(str(error)))
        )

    def _use(self, spec: str) -> None:
        self._app.close_page()
        self._app.load(spec)

    def _compare(self, spec: str) -> None:
        self._app.close_page()
        self._app.compare_with(spec)

    def _choose_file(self, compare: bool) -> None:
        kinds = [("ONNX", "*.onnx"), ("All files", "*")]
        name = filedialog.askopenfilename(parent=self._app.tk, title="Open a model file", filetypes=kinds)
        if name:
            (self._compare if compare else self._use)(name)

    def _see_run(self, run_id: str) -> None:
        try:
            self._app.run_pages.open(run_id)
        except OSError as error:
            self._app.messages.warn(f"MLflow cannot be started ({error.strerror}): `digits ui` in a shell says more")
            return
        self._app.messages.say("Starting MLflow; the run's page opens in your browser in a moment")

    def retry(self) -> None:
        """Loads the model again."""
        self._app.messages.say("Loading the model …")
        self._app.load(self._app.spec)

    def retrain(self) -> None:
        """The page of training."""
        self._app.retraining.open_page()

    def writer(self) -> None:
        """Asks for another name."""
        self._app.teaching.ask_writer("Keep samples from now on under the name")

    # --- the window

    def theme(self) -> None:
        """Light, dark, as the system, in turn."""
        app = self._app
        app.settings.theme = THEMES[(THEMES.index(app.settings.theme) + 1) % len(THEMES)]
        app.save_settings()
        app.apply_theme()
        app.messages.say({"system": "As the system is", "light": "Light", "dark": "Dark"}[app.settings.theme])
        app.follow_system(force=True)

    def help(self) -> None:
        """The page of keys."""
        app = self._app
        if isinstance(app.page, Help):
            app.close_page()
            return
        page: Page = Help(app.body, app.look, app.close_page)
        app.show_page(page)

    def quit(self) -> None:
        """Closes the window."""
        self._app.close()


def save_whole(image: Any, path: Path) -> None:
    """Writes a picture as PNG.

    Raises:
        DigitsError: it cannot be written; what was there is still there.
    """
    from digits.files import written_whole

    try:
        with written_whole(path) as temporary:
            image.save(temporary, "PNG")
    except OSError as error:
        raise DigitsError(f"{path} cannot be saved ({error.strerror or error}): choose another folder") from error
