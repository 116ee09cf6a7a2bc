"""The window: joins the sheet, its views and the work behind it."""

import argparse
import sys
import time
import tkinter as tk
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from digits.errors import DigitsError
from digits.paths import ROOT
from gui import settings as settings_file
from gui.actions import ACTIONS, Action
from gui.canvas import SheetView
from gui.collected import Collected
from gui.commands import Commands, save_whole
from gui.history import Entry, History
from gui.look import Look
from gui.messages import Messages
from gui.panel import WIDTHS, Panel
from gui.readout import Readout, readout
from gui.retraining import Retraining
from gui.runs import RunPages
from gui.sheet import Drawing, Sheet, Stroke
from gui.strip import Strip
from gui.teaching import Teaching
from gui.toolbar import Toolbar
from gui.worker import Worker

if TYPE_CHECKING:
    from gui.models import Model
    from gui.pages import Page

_SIZE, _LEAST = (1120, 740), (640, 420)
"""Width and height of the window at first and at least, pixels of a 96 dpi screen."""

_READ_EVERY = 0.08
"""Seconds between two readings while the pen is down."""

_IDLE_MS = 250
"""After so long without a stroke it is worked out which parts of the ink decide."""

_LOW = 600
"""Below this height the strip of earlier drawings makes room for the sheet, pixels of a 96 dpi screen."""

_LATER_MS = 400
"""When the first paint and the first reading are over, and what can wait gets its turn."""

_THEME_SECONDS = 5
"""The system is asked for its theme at most so often, when the window gets the focus."""

_SWITCH_SECONDS = 0.001
"""After so long the thread behind has to let the pen have Python; 5 ms by default."""

_TYPING = ("Entry", "TEntry", "Text", "TCombobox")
"""Widgets to which keys are letters."""


class App:
    """The window.

    Args:
        picture: path of a picture to open, or None.
        model: an ONNX file or MLflow model URI, or None for the champion.
        root: the project's folder.
    """

    chosen: int | None = None
    """Index of the digit that was clicked."""
    hovered: int | None = None
    """Index of the digit under the pointer."""
    model: "Model | None" = None
    other: "Model | None" = None
    """Reads beside the model, to compare."""
    page: "Page | None" = None
    drops: bool | None = None
    """Whether pictures can be dropped; None until that was found out."""

    def __init__(self, picture: str | None = None, model: str | None = None, root: Path = ROOT) -> None:
        self._settings_path = settings_file.path()
        self.settings = settings_file.load(self._settings_path)
        self.tool = "pen"
        self.sheet, self.history, self.readout = Sheet(), History(), Readout()
        self.project, self.spec = root, model
        self._loading = True
        self._heat_on = True
        self._heat_timer: str | None = None
        self._read_at = 0.0
        self._shown_revision = 0
        self._read_strokes: tuple[Stroke, ...] = ()
        self._theme_asked = 0.0

        self.tk = tk.Tk(className="Digits")
        self.tk.title("Digits")
        self.tk.report_callback_exception = self._failed_callback
        self.look = Look(self.tk, self._theme)
        self.worker, self.errands = Worker(self.tk.after, self.fail), Worker(self.tk.after, self.fail)
        self.commands, self.retraining, self.run_pages = Commands(self), Retraining(self), RunPages()
        self.teaching = Teaching(self, Collected(root))
        self._build()
        self._bind()
        self.tk.update()
        self.tk.after(1, lambda: self._begin(picture))

    # --- the window itself

    def _build(self) -> None:
        px = self.look.px
        self.tk.geometry(f"{px(_SIZE[0])}x{px(_SIZE[1])}")
        self.tk.minsize(px(_LEAST[0]), px(_LEAST[1]))
        self.toolbar = Toolbar(self.tk, self.look, self.do, self.set_pen, self.settings.pen)
        self.toolbar.pack(fill="x", padx=px(8), pady=(px(8), px(4)))
        self.body = ttk.Frame(self.tk)
        self.footer = ttk.Frame(self.tk)
        self.footer.pack(side="bottom", fill="x")
        self.messages = Messages(self.footer, self.look, "F1 shows all keys")
        self.messages.pack(side="left", fill="x", expand=True)
        self.body.pack(fill="both", expand=True, padx=px(12), pady=(px(4), 0))
        self.body.columnconfigure(0, weight=1)
        self.body.rowconfigure(0, weight=1)
        self.view = SheetView(self.body, self.look, self.sheet, self)
        self.view.grid(row=0, column=0, sticky="nsew")
        side = ttk.Frame(self.body)
        side.grid(row=0, column=1, sticky="ns", padx=(px(16), 0))
        self.panel = Panel(side, self.look, self.choose)
        self.panel.pack(fill="both", expand=True)
        self.strip = Strip(self.body, self.look, self.history, self.restore)
        self.status = ttk.Frame(side)
        self.status.pack(fill="x", side="bottom")
        self.samples_button = ttk.Button(self.status, style="Status.Toolbutton", command=lambda: self.do("retrain"))
        self.model_button = ttk.Button(self.status, style="Status.Toolbutton", command=lambda: self.do("models"))
        self.model_button.pack(side="bottom", anchor="w")
        self.model_button.configure(text="loading the model …")
        ttk.Style(self.tk).configure("Status.Toolbutton", padding=(px(4), px(3)), anchor="w", font=self.look.small)
        self.panel.show(self.readout, None, self._state())
        self.view.focus_set()
        self._enable()
        self.tk.bind("<Configure>", self._resized)

    def _bind(self) -> None:
        for action in ACTIONS:
            for sequence in action.sequences:
                self.tk.bind(sequence, self._on_key(action))
        for digit in range(10):
            for sequence in (f"<Key-{digit}>", f"<KP_{digit}>"):
                self.tk.bind(sequence, self._on_digit(digit))
        self.tk.bind("<FocusIn>", lambda event: self.follow_system())
        self.tk.protocol("WM_DELETE_WINDOW", self.close)

    def _on_key(self, action: Action) -> Callable[[Any], str | None]:
        def act(event: Any) -> str | None:
            typing = isinstance(event.widget, tk.Misc) and event.widget.winfo_class() in _TYPING
            if typing and action.group in ("Picture", "Sheet", "Reading") and action.name != "deselect":
                return None
            if action.name in ("previous", "next") and event.widget not in (self.view, self.tk):
                return None  # buttons, tables and the slider have a use for arrows of their own
            self.do(action.name)
            return "break"

        return act

    def _on_digit(self, digit: int) -> Callable[[Any], None]:
        def act(event: Any) -> None:
            typing = isinstance(event.widget, tk.Misc) and event.widget.winfo_class() in _TYPING
            if not typing and self.page is None:
                self.teaching.teach(digit)

        return act

    def _begin(self, picture: str | None) -> None:
        """What had to wait for the first paint."""
        sys.setswitchinterval(_SWITCH_SECONDS)
        self.load(self.spec)
        if picture is not None:
            self.open_picture(Path(picture))
        self.tk.after(_LATER_MS, self._begin_later)

    def _begin_later(self) -> None:
        from gui import dropping

        self.drops = dropping.accept(self.view, self.open_picture)
        self.follow_system()
        self.teaching.count()

    def run(self) -> None:
        """Shows the window until it is closed."""
        self.tk.mainloop()

    def do(self, name: str) -> None:
        """Carries out an action; what goes wrong is said in the window."""
        try:
            getattr(self.commands, name)()
        except Exception as error:
            self.fail(error)

    def fail(self, error: Exception) -> None:
        if isinstance(error, DigitsError):
            self.messages.warn(str(error))
        else:
            self.messages.warn(f"That did not work ({type(error).__name__}: {error}). Your drawing is safe; go on.")

    def _failed_callback(self, kind: type[BaseException], error: BaseException, trace: object) -> None:
        if isinstance(error, Exception):
            self.fail(error)
        else:
            self.close()

    def _resized(self, event: Any) -> None:
        if event.widget is not self.tk:
            return
        px = self.look.px
        self.panel.configure(width=px(next(wide for least, wide in WIDTHS if event.width >= px(least))))
        self._show_strip()

    def _show_strip(self) -> None:
        if self.history.entries and self.tk.winfo_height() >= self.look.px(_LOW):
            self.strip.grid(row=1, column=0, columnspan=2, sticky="ew", pady=(self.look.px(8), 0))
        else:
            self.strip.grid_remove()

    # --- reading

    def load(self, spec: str | None) -> None:
        from gui import models

        self._loading = True
        self.worker.submit(lambda: models.load(spec), self._loaded, self._not_loaded)

    def _loaded(self, model: "Model") -> None:
        self.model, self._loading = model, False
        self.model_button.configure(text=f"read by {model.name}")
        examples = model.reader.metadata.get("examples")
        self.panel.teach_examples(examples if isinstance(examples, dict) else {})
        self.read()
        self.errands.submit(lambda: _details(model.number), self._described, lambda error: None)

    def _described(self, details: Any) -> None:
        if details is None or self.model is None or self.model.number != details.number:
            return
        role = ", champion" if details.champion else ""
        scores = "   ".join(
            f"{name} {details.metrics[key]:.2%}"
            for name, key in (("MNIST", "mnist.accuracy"), ("pens", "pen.accuracy"))
            if key in details.metrics
        )
        self.model_button.configure(text=f"read by version {details.number}{role}\n{scores}".strip())

    def _not_loaded(self, error: Exception) -> None:
        self._loading = False
        if self.model is None:
            self.model_button.configure(text="no model reads yet")
            self.panel.show(self.readout, None, self._state())
        self.messages.warn(str(error), "Try again", self.commands.retry)

    def read(self) -> None:
        """Has what is on the sheet read; the newest wish only."""
        self._read_at = time.monotonic()
        drawing = self.sheet.drawing
        strokes = self.sheet.strokes
        if drawing.is_blank and not strokes:
            self._show(Readout(), self.sheet.revision)
        if self.model is None:
            self.panel.show(self.readout, None, self._state())
            return
        snapshot = Drawing(strokes, drawing.picture, drawing.selection, drawing.lessons)
        revision, model, other = self.sheet.revision, self.model, self.other
        self.worker.submit(
            lambda: _read(model, other, snapshot),
            lambda texts: self._show_reading(texts, snapshot, revision),
            latest="read",
        )

    def _show_reading(self, readings: list[Any], drawing: Drawing, revision: int) -> None:
        if revision < self._shown_revision:
            return
        self._read_strokes = drawing.strokes
        self._show(readout(readings[0], drawing), revision)
        if self.other is not None and self.model is not None and len(readings) > 1:
            names = (self.model.name, self.other.name)
            self.panel.compare([(name, reading.text) for name, reading in zip(names, readings, strict=True)])

    def _show(self, read: Readout, revision: int) -> None:
        self._shown_revision = revision
        if self.chosen is not None and self.chosen >= len(read.digits):
            self.chosen = None
        if self.hovered is not None and self.hovered >= len(read.digits):
            self.hovered = None
        self.readout = read
        self.tk.title(read.title)
        self.view.show(read, self.chosen)
        self._show_focus()
        self._enable()

    @property
    def focused(self) -> int | None:
        """Index of the digit that the panel is about: under the pointer, chosen, or in doubt."""
        if self.hovered is not None:
            return self.hovered
        return self.chosen if self.chosen is not None else self.readout.most_doubtful

    def _show_focus(self) -> None:
        self.panel.show(self.readout, self.focused, self._state())
        if self._heat_timer is not None:
            self.tk.after_cancel(self._heat_timer)
            self._heat_timer = None
        if self._heat_on and self.focused is not None:
            self._heat_timer = self.tk.after(_IDLE_MS, self._warm)

    def _warm(self) -> None:
        """Has it worked out which parts of the ink speak for the digit in focus."""
        self._heat_timer = None
        if self.model is None or self.focused is None or self.sheet.line:
            return
        from digits.reading.explain import occlusion

        shown, reader = self.readout.digits[self.focused], self.model.reader

        def show(heat: Any) -> None:
            focused = self.focused
            if focused is not None and self.readout.digits[focused] is shown and self._heat_on:
                self.panel.show_heat(heat)

        self.worker.submit(lambda: occlusion(reader, shown.image, shown.digit), show, latest="heat")

    def _state(self) -> str:
        """What the panel says where no number stands."""
        if not self.sheet.drawing.is_blank or self.sheet.line:
            if self._loading:
                return "The model is loading; what you write is read in a moment."
            if self.model is None:
                return "No model reads yet. What you write stays."
            return "Nothing that looks like a digit."
        return ""

    # --- what the sheet tells

    @property
    def pen_width(self) -> int:
        """Diameter, pixels."""
        return self.settings.pen

    def drawing(self) -> None:
        """A line grows."""
        if time.monotonic() - self._read_at >= _READ_EVERY:
            self.read()

    def drawn(self) -> None:
        """The pen or the eraser was lifted."""
        self.read()
        self._enable()

    def changed(self) -> None:
        """The drawing changed otherwise than by the pen."""
        self.view.redraw()
        self.drawn()

    def choose(self, index: int | None) -> None:
        """Puts a digit into focus, to be looked at or taught."""
        self.chosen = index
        self.view.show(self.readout, index)
        self._show_focus()

    def hover(self, index: int | None) -> None:
        """The pointer came over a digit, or left it."""
        self.hovered = index
        self._show_focus()

    # --- what commands ask for

    @property
    def reading_is_current(self) -> bool:
        """Whether the digits shown are those of the drawing, stroke by stroke."""
        return self._read_strokes == self.sheet.drawing.strokes

    def _enable(self) -> None:
        blank = self.sheet.drawing.is_blank
        for name, enabled in (
            ("undo", self.sheet.can_undo),
            ("redo", self.sheet.can_redo),
            ("clear", not blank),
            ("save", not blank),
            ("copy", bool(self.readout.digits)),
        ):
            self.toolbar.enable(name, enabled)

    def open_picture(self, source: Any) -> None:
        """A picture's path, or the picture, in the place of what is on the sheet."""
        self.show_from(lambda: source)

    def show_from(self, source: Callable[[], Any]) -> None:
        """The same, from what gives the path or the picture when called in the thread behind."""
        from gui.pictures import opened

        self.errands.submit(lambda: opened(source()), self._show_picture)

    def _show_picture(self, picture: Any) -> None:
        self.close_page()
        self.put_away()
        self.sheet.end()
        self.sheet.show_picture(picture)
        self.choose(None)
        self.changed()
        self.messages.say("Drag over the part to read; Ctrl+L leaves the picture")

    def save_picture(self, path: Path) -> None:
        """Writes what is on the sheet as PNG."""
        from gui.look import LIGHT, rgb
        from gui.paint import drawing_image

        drawing = self.sheet.drawing
        image = drawing.picture or drawing_image(drawing.strokes, rgb(LIGHT.paper), rgb(LIGHT.ink))
        self.errands.submit(lambda: save_whole(image, path), lambda done: self.messages.say(f"Saved {path}"))

    def put_away(self) -> None:
        """What is on the sheet goes to the strip."""
        if self.history.put_away(self.sheet.drawing, self.readout.text):
            self.strip.refresh()
            self._show_strip()

    def restore(self, entry: Entry) -> None:
        """An earlier drawing comes back."""
        self.put_away()
        self.sheet.restore(entry.drawing)
        self.chosen = None
        self.changed()
        self.view.focus_set()

    def take(self, tool: str) -> None:
        """Takes a tool into the hand."""
        self.tool = tool
        self.toolbar.show_tool(tool)
        self.view.redraw()

    def set_pen(self, width: int) -> None:
        """Changes the width of the pen."""
        if width != self.settings.pen:
            self.settings.pen = width
            self.toolbar.show_pen(width)
            self.save_settings()

    def toggle_heat(self) -> None:
        """Shows or hides what speaks for the answer."""
        self._heat_on = not self._heat_on
        self._show_focus()
        self.messages.say("Shows which ink speaks for the answer" if self._heat_on else "Shows the ink alone")

    def compare_with(self, spec: str | None) -> None:
        """Has a second model read the same, or no longer."""
        from gui import models

        if spec is None:
            self.other = None
            self.panel.compare([])
            return
        self.worker.submit(lambda: models.load(spec), self._compare_loaded)

    def _compare_loaded(self, model: "Model") -> None:
        self.other = model
        if self.model is not None:
            self.panel.compare([(self.model.name, ""), (model.name, "")])
        self.read()

    def show_waiting(self, text: str) -> None:
        """What no training has seen yet."""
        if text:
            self.samples_button.configure(text=text)
            self.samples_button.pack(side="bottom", anchor="w")
        else:
            self.samples_button.pack_forget()

    def show_page(self, page: "Page") -> None:
        """Covers the sheet with a page."""
        self.close_page()
        self.page = page
        page.open()

    def close_page(self) -> None:
        """Back to the sheet."""
        if self.page is not None:
            self.page.destroy()
            self.page = None
            self.view.focus_set()

    # --- settings and theme

    def save_settings(self) -> None:
        """Keeps them, soon; that it cannot be done is no reason to stop anybody."""
        self.errands.submit(
            lambda: settings_file.save(self.settings, self._settings_path),
            lambda done: None,
            lambda error: None,
            "settings",
        )

    @property
    def _theme(self) -> str:
        return self.settings.seen_theme if self.settings.theme == "system" else self.settings.theme

    def apply_theme(self) -> None:
        """Draws everything in the theme that is wanted."""
        self.look.use(self._theme)
        self.close_page()
        for view in (self.toolbar, self.panel, self.strip, self.messages):
            view.recolour()
        self.view.redraw()

    def follow_system(self, force: bool = False) -> None:
        """Asks the system whether it is light or dark, now and then, in the thread behind."""
        now = time.monotonic()
        if self.settings.theme == "system" and (force or now - self._theme_asked >= _THEME_SECONDS):
            self._theme_asked = now
            self.errands.submit(_system_theme, self._system_is, lambda error: None, "theme")

    def _system_is(self, theme: str) -> None:
        if theme != self.settings.seen_theme:
            self.settings.seen_theme = theme
            self.save_settings()
            if self.settings.theme == "system":
                self.apply_theme()

    def close(self) -> None:
        """Ends the window; a training is interrupted so that the next one goes on from there."""
        self.retraining.shut_down()
        self.run_pages.end()
        self.errands.finish()
        with suppress(tk.TclError):
            for timer in self.tk.tk.splitlist(self.tk.tk.call("after", "info")):
                self.tk.tk.call("after", "cancel", timer)  # whoever began it, its widget tidies up after itself
            self.tk.destroy()


def _read(model: "Model", other: "Model | None", drawing: Drawing) -> list[Any]:
    """Readings by both models, or by one."""
    readers = [model.reader] + ([other.reader] if other else [])
    if drawing.picture is not None:
        part = drawing.picture.crop(drawing.selection) if drawing.selection else drawing.picture
        return [reader.read(part) for reader in readers]
    strokes = [stroke.points for stroke in drawing.strokes]
    return [reader.read(strokes) for reader in readers]


def _details(number: str | None) -> Any:
    """What the registry knows of a version."""
    from digits.tracking import registry

    return next((details for details in registry.versions() if details.number == number), None)


def _system_theme() -> str:
    """`light` or `dark`; light where the system does not say."""
    import darkdetect

    return "dark" if darkdetect.theme() == "Dark" else "light"


def run(picture: str | None = None, model: str | None = None) -> int:
    """Opens the window; the exit status when it is closed."""
    try:
        app = App(picture, model)
    except tk.TclError as error:
        print(f"error: the window cannot open ({error}): it needs a screen, see DISPLAY", file=sys.stderr)
        return 1
    app.run()
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m gui`."""
    parser = argparse.ArgumentParser("python -m gui", description="Opens the window of Digits.")
    parser.add_argument("picture", nargs="?", metavar="PICTURE", help="a picture to open")
    parser.add_argument(
        "--model", metavar="URI_OR_FILE", help="an ONNX file or MLflow model URI instead of the champion"
    )
    arguments = parser.parse_args(argv)
    return run(arguments.picture, arguments.model)
