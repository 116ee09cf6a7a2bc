"""Teaching: what a person says about a digit becomes a sample, and undoing it takes the sample away."""

from dataclasses import replace
from functools import partial

from digits.errors import DigitsError
from digits.teaching.collected import Samples, renamed, sample_line

from .. import words
from .core import Core
from .drawing import Correction, Lesson, Place, Subject
from .reading import Reading
from .settings import default_writer


class Lessons:
    """The lessons of a window, and the file they go to."""

    def __init__(self, core: Core, reading: Reading, samples: Samples) -> None:
        self._core, self._reading, self.samples = core, reading, samples
        self._kept: tuple[Lesson, ...] = ()
        """What the file holds, or soon will."""
        self._lost = set[Lesson]()
        """What could not be written."""
        self.waiting: int | None = 0
        """Samples that no training has seen; None where data/ changed in other ways."""
        core.on(self._keep, "drawn")

    @property
    def _writer(self) -> str:
        return self._core.settings.writer or default_writer()

    def teach(self, digit: int) -> None:
        """Says what the chosen digit is."""
        core = self._core
        reason = self._why_not()
        if reason:
            core.say(reason)
            return
        about = self._chosen()
        if core.sheet.drawing.taught(about) == digit:
            return
        try:
            self._add(self._lesson(digit, about))
        except DigitsError as error:
            assert isinstance(about, Place)
            core.sheet.correct(Correction(about.box, digit))
            core.changed()
            core.say(words.reading.put_right_only(digit, error))
            return
        if not core.settings.writer:
            self.ask_writer(words.reading.which_name(digit))

    def _why_not(self) -> str:
        """Why nothing can be taught now; "" if it can."""
        digits, chosen = self._reading.readout.digits, self._reading.chosen
        if not digits:
            return self._reading.why_nothing or words.reading.NOTHING_TO_TEACH
        if chosen is None and len(digits) > 1:
            return words.reading.WHICH_ONE
        if not self._reading.is_current:
            return words.reading.NOT_READY
        if self._core.sheet.drawing.picture is None and not digits[chosen or 0].strokes:
            return words.reading.NO_STROKES
        return ""

    def _chosen(self) -> Subject:
        """What the chosen digit is made of."""
        drawing, shown = self._core.sheet.drawing, self._reading.readout.digits[self._reading.chosen or 0]
        if drawing.picture is not None:
            return Place(drawing.picture, shown.box)
        return tuple(drawing.strokes[index] for index in shown.strokes)

    def _lesson(self, digit: int, about: Subject) -> Lesson:
        if isinstance(about, Place):
            from digits.data import images

            cutting = images.cut(about.picture, about.box, self._reading.readout.turned)
            return Lesson(about, digit, images.line(digit, self._writer, cutting))
        return Lesson(about, digit, sample_line(digit, self._writer, [stroke.points for stroke in about]))

    def _add(self, lesson: Lesson) -> None:
        self._core.sheet.teach(lesson)
        self._core.changed()
        said = words.reading.put_right_and_kept if isinstance(lesson.about, Place) else words.reading.kept
        self._core.say(said(lesson.digit))

    def ask_writer(self, question: str) -> None:
        """Asks whose handwriting it is; the log-in's name is used until somebody answers."""
        self._core.ask(question, self._writer, self._set_writer)

    def _set_writer(self, name: str) -> None:
        core = self._core
        first, lessons = not core.settings.writer, core.sheet.drawing.lessons
        core.settings.writer = name
        core.save_settings()
        core.say(words.reading.KEPT_UNDER.format(name=name))
        if first and lessons and name != default_writer():  # the last one went under the log-in's name
            core.sheet.swap(lessons[-1], [replace(lessons[-1], line=renamed(lessons[-1].line, name))])
            core.changed()

    def _keep(self) -> None:
        """Brings the file to the lessons of now, whether they were given, undone or done again."""
        before, self._kept = self._kept, self._core.sheet.drawing.lessons
        if before is self._kept:
            return
        gone = [lesson for lesson in before if lesson not in self._kept]
        new = [lesson for lesson in self._kept if lesson not in before]
        change = partial(self.samples.replace, [lesson.line for lesson in gone], [lesson.line for lesson in new])
        self._core.errands.submit(change, self.count, partial(self._refused, gone, new) if new else None)

    def _refused(self, gone: list[Lesson], new: list[Lesson], error: Exception) -> None:
        """Back to what the file still holds."""
        there = [lesson for lesson in gone if lesson not in self._lost]
        for lesson in new:
            self._core.sheet.swap(lesson, there)
        self._lost.update(new)
        self._kept = self._core.sheet.drawing.lessons
        self._core.changed()
        self._core.fail(error, words.window.TRY_AGAIN, lambda: self._add(replace(new[-1])))

    def count(self, _done: object = None) -> None:
        """Counts what waits for a training, in the thread behind."""
        self._core.errands.submit(self.samples.waiting, self._counted, self._core.ignore, latest="count")

    def _counted(self, waiting: int | None) -> None:
        self.waiting = waiting
        self._core.tell("samples")
