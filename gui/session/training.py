"""The training that the window runs: how far it is, and what came of it."""

from functools import partial
from typing import TYPE_CHECKING

from .. import words
from ..work import models, timing
from ..work.outcome import Outcome, judged
from ..work.repro import COMMAND, Progress, Repro
from ..work.timing import Timing
from .core import Core
from .lessons import Lessons
from .reading import Reading

if TYPE_CHECKING:
    from digits.tracking.registry import Version

_FOLLOW_MS = 150
"""How often its progress is looked at."""

_COMMAND = " ".join(COMMAND)


class Training:
    """One training at a time."""

    def __init__(self, core: Core, reading: Reading, lessons: Lessons) -> None:
        self._core, self._reading, self._lessons = core, reading, lessons
        self._repro: Repro | None = None
        self._starting = False
        """The registry is asked who is champion; then it begins."""
        self._champion: Version | None = None
        self._timing: Timing | None = None
        self.note = ""
        """What came of it."""

    @property
    def running(self) -> bool:
        """Whether one is running now, or about to."""
        return self._starting or (self._repro is not None and self._repro.running)

    @property
    def progress(self) -> Progress | None:
        """How far it is, or was; None before the first."""
        return self._repro.progress if self._repro else None

    @property
    def text(self) -> str:
        """How far it is, for people, in two short lines; "" where none is running."""
        if not self.running:
            return ""
        if self._starting or self._repro is None:
            return words.training.STARTING
        return self.note or f"{self._repro.progress.text}\n{self.time_left}"

    @property
    def time_left(self) -> str:
        """How long it will still take, for people."""
        return words.training.LEFT.format(time=timing.spoken(self._timing.seconds_left)) if self._timing else ""

    @property
    def share(self) -> float:
        """How much of it is over, 0 to 1."""
        return self._timing.share if self._timing else 0.0

    @property
    def expected(self) -> str:
        """How long one takes, for people."""
        length = timing.spoken(sum(timing.known(self._core.root).values()))
        said = words.training.EXPECTED if timing.is_known(self._core.root) else words.training.EXPECTED_AT_FIRST
        return said.format(time=length)

    @property
    def waiting(self) -> str:
        """What there is to learn, for people; "" for nothing."""
        return words.training.waiting(self._lessons.waiting)

    def start(self) -> None:
        """Starts `dvc repro` in the project's folder."""
        if not self.running:
            self.note, self._repro, self._starting = "", None, True
            self._core.errands.submit(models.champion, self._start, self._not_started)
            self._core.tell("training")

    def _not_started(self, error: Exception) -> None:
        self._starting = False
        self._core.fail(error, words.window.TRY_AGAIN, self.start)
        self._core.tell("training")

    def _start(self, champion: "Version | None") -> None:
        if not self._starting:
            return  # it was cancelled
        self._starting, self._champion = False, champion
        try:
            self._repro = Repro(self._core.root)
            self._timing = Timing(timing.known(self._core.root))
        except OSError as error:
            self._core.warn(words.training.NOT_STARTED.format(reason=error.strerror))
            self._core.tell("training")
            return
        self._follow()

    def cancel(self) -> None:
        """Interrupts it; the next one goes on from there."""
        self.stop()
        self._core.tell("training")

    def stop(self) -> None:
        """The same when nobody is there any more to hear of it."""
        self._starting = False
        if self._repro is not None and self._repro.running:
            self.note = words.training.STOPPING
            self._repro.cancel()

    def _follow(self) -> None:
        assert self._repro is not None
        assert self._timing is not None
        self._timing.follow(self._repro.progress)
        if not self._repro.running:
            self._ended(self._repro)
        else:
            self._core.after(_FOLLOW_MS, self._follow)
        self._core.tell("training")

    def _ended(self, repro: Repro) -> None:
        if repro.cancelled:
            self.note = words.training.STOPPED
            self._core.say(self.note, lasts=True)
        elif repro.failed and repro.progress.busy:
            self.note = words.training.ANOTHER_RUNS
            self._core.warn(self.note, words.window.TRY_AGAIN, self.start)
        elif repro.failed:
            self.note = words.training.FAILED.format(last=repro.progress.last, command=_COMMAND)
            self._core.warn(self.note, words.window.TRY_AGAIN, self.start)
        else:
            self._keep_timing()
            self.note = words.training.DONE
            self._core.errands.submit(partial(judged, self._core.root, self._champion), self._judged, self._not_judged)
        self._lessons.count()

    def _keep_timing(self) -> None:
        if self._timing is not None:
            self._timing.end()
            took = self._timing.took
            self._core.errands.submit(partial(timing.save, self._core.root, took), failed=self._core.ignore)

    def _judged(self, outcome: Outcome) -> None:
        self.note = outcome.text
        self._core.say(self.note, lasts=True)
        before, after = (version and version.number for version in (self._champion, outcome.champion))
        if after is not None and after != before:
            self._reading.load(None)
        self._core.tell("training")

    def _not_judged(self, error: Exception) -> None:
        self.note = words.training.DONE_UNKNOWN
        self._core.fail(error)
        self._core.tell("training")
