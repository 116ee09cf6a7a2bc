"""The training that the window runs: how far it is, and what came of it."""

from typing import TYPE_CHECKING

from digits.data.kinds import KINDS

from ..work import models
from ..work.repro import COMMAND, Progress, Repro, accuracies, outcome
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
        self._champion: Version | None = None
        self.note = ""
        """What came of it."""

    @property
    def running(self) -> bool:
        """Whether one is running now."""
        return self._repro is not None and self._repro.running

    @property
    def progress(self) -> Progress | None:
        """How far it is, or was; None before the first."""
        return self._repro.progress if self._repro else None

    def start(self) -> None:
        """Starts `dvc repro` in the project's folder."""
        if not self.running:
            self.note = ""
            self._core.errands.submit(models.champion, self._start)

    def _start(self, champion: "Version | None") -> None:
        self._champion = champion
        try:
            self._repro = Repro(self._core.root)
        except OSError as error:
            self._core.warn(f"{_COMMAND} cannot be started ({error.strerror}): `make repro` installs it")
            return
        self._follow()

    def cancel(self) -> None:
        """Interrupts it; the next one goes on from there. When the window closes, this is done as well."""
        if self._repro is not None and self._repro.running:
            self.note = "stopping; what is done is kept"
            self._repro.cancel()

    def _follow(self) -> None:
        assert self._repro is not None
        if not self._repro.running:
            self._ended(self._repro)
        else:
            if self._core.page != "training":
                self._core.say(f"Training: {self._repro.progress.text}")
            self._core.after(_FOLLOW_MS, self._follow)
        self._core.tell("training")

    def _ended(self, repro: Repro) -> None:
        if repro.cancelled:
            self.note = f"Stopped. `{_COMMAND}` goes on from the last finished epoch."
            self._core.say(self.note)
        elif repro.failed:
            self.note = f"The training stopped: {repro.progress.last}. `{_COMMAND}` in a shell shows all of it."
            self._core.warn(self.note, "Try again", self.start)
        else:
            self.note = "Done; asking the registry"
            self._core.errands.submit(models.champion, self._judged)
        self._lessons.count()

    def _judged(self, champion: "Version | None") -> None:
        before, after = (version.number if version else None for version in (self._champion, champion))
        metrics = self._champion.metrics if self._champion else {}
        scores = {name: metrics[key] for name in KINDS if (key := f"{name}.accuracy") in metrics}
        self.note = outcome(scores, accuracies(self._core.root), before, after)
        self._core.say(self.note)
        if after is not None and after != before:
            self._reading.load(None)
        self._core.tell("training")
