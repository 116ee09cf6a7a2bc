"""Teaching: what a person says about a digit becomes a sample, and undoing it takes the sample away."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gui import settings as settings_file
from gui.collected import Collected, sample_line
from gui.sheet import Lesson

if TYPE_CHECKING:
    from gui.app import App


class Teaching:
    """The lessons of a window, and the file they go to."""

    def __init__(self, app: "App", collected: Collected) -> None:
        self._app, self.collected = app, collected
        self.waiting: int | None = 0
        """Samples that no training has seen; None where data/ changed in other ways."""

    def teach(self, digit: int) -> None:
        """Says what the chosen digit is."""
        app = self._app
        if app.sheet.drawing.picture is not None:
            app.messages.say("Only what is written here can be taught: a picture holds no strokes")
            return
        if not app.readout.digits:
            app.messages.say("Write a digit first, then say what it is")
            return
        if app.chosen is None and len(app.readout.digits) > 1:
            app.messages.say("Which one? Click a digit or press → first, then type what it is")
            return
        shown = app.readout.digits[app.chosen or 0]
        if not app.reading_is_current:
            app.messages.say("The reading is not ready: a moment, then again")
            return
        strokes = tuple(app.sheet.drawing.strokes[index] for index in shown.strokes)
        if not strokes:
            app.messages.say("This reader does not say which strokes the digit is made of: it cannot be taught")
            return
        if app.sheet.drawing.taught(strokes) == digit:
            return
        asked = bool(app.settings.writer)
        before = app.sheet.drawing.lessons
        line = sample_line(digit, app.settings.writer or settings_file.default_writer(), strokes)
        app.sheet.teach(Lesson(strokes, digit, line))
        self.follow(before)
        app.changed()
        if asked:
            app.messages.say(f"Kept as a {digit}; Ctrl+Z takes it back")
        else:
            self.ask_writer(f"Kept as a {digit}. Under which name?")

    def ask_writer(self, question: str) -> None:
        """Asks whose handwriting it is; the log-in's name is used until somebody answers."""
        settings = self._app.settings
        self._app.messages.ask(question, settings.writer or settings_file.default_writer(), self._set_writer)

    def _set_writer(self, name: str) -> None:
        app = self._app
        first = not app.settings.writer
        app.settings.writer = name
        app.save_settings()
        app.messages.say(f"Samples are kept under the name {name}")
        app.view.focus_set()
        lessons = app.sheet.drawing.lessons
        if first and lessons and name != settings_file.default_writer():
            last = lessons[-1]
            app.sheet.undo()
            app.sheet.teach(Lesson(last.strokes, last.digit, sample_line(last.digit, name, last.strokes)))
            self.follow(lessons)
            app.changed()

    def follow(self, before: tuple[Lesson, ...]) -> None:
        """Brings the file from the lessons of before to those of now."""
        after = self._app.sheet.drawing.lessons
        for lesson in before:
            if lesson not in after:
                self._app.errands.submit(_removal(self.collected, lesson), lambda done: self.count())
        for lesson in after:
            if lesson not in before:
                self._app.errands.submit(
                    _addition(self.collected, lesson), lambda done: self.count(), self._refusal(lesson)
                )

    def _refusal(self, lesson: Lesson) -> Callable[[Exception], None]:
        def refused(error: Exception) -> None:
            app = self._app
            app.sheet.forget(lesson)
            app.changed()
            app.messages.warn(str(error), "Try again", lambda: self._again(lesson))

        return refused

    def _again(self, lesson: Lesson) -> None:
        before = self._app.sheet.drawing.lessons
        self._app.sheet.teach(lesson)
        self.follow(before)
        self._app.changed()
        self._app.messages.say(f"Kept as a {lesson.digit}; Ctrl+Z takes it back")

    def count(self) -> None:
        """Counts what waits for a training, in the thread behind."""
        self._app.errands.submit(self.collected.waiting, self._counted, lambda error: None, latest="count")

    def _counted(self, waiting: int | None) -> None:
        self.waiting = waiting
        self._app.show_waiting(self.text)
        self._app.retraining.draw()

    @property
    def text(self) -> str:
        """What waits, for people; "" for nothing."""
        if self.waiting is None:
            return "data/ differs from what was trained"
        plural = "" if self.waiting == 1 else "s"
        return f"{self.waiting} new sample{plural} to learn" if self.waiting else ""


def _removal(collected: Collected, lesson: Lesson) -> Callable[[], None]:
    return lambda: collected.remove(lesson.line)


def _addition(collected: Collected, lesson: Lesson) -> Callable[[], None]:
    return lambda: collected.append(lesson.line)
