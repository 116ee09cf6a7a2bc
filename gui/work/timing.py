"""How long a training takes: what its stages took last says how far it is, and when it ends."""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from digits.files import written_whole

from .. import words
from .repro import STAGES, Progress

USUAL = {"download": 20.0, "preprocess": 90.0, "pages": 290.0, "train": 235.0, "evaluate": 370.0, "register": 15.0}
"""Seconds on two cores, as in docs/results.md, where nothing is known of this machine yet."""

_LEAST = 1.0
"""A stage that took fewer seconds had nothing to do; that says nothing about the next time."""

_ALMOST = 0.97
"""So much of a stage is over at most until it ends, however long it takes."""

_SPEEDS = (0.25, 4.0)
"""How much slower or faster than last a training may be thought to be."""

_MINUTE, _HOUR = 60, 3600


def path(root: Path) -> Path:
    """The file of a project; it belongs to nothing that DVC hashes."""
    return root / "artifacts" / "durations.json"


def known(root: Path) -> dict[str, float]:
    """Seconds that each stage took last; those of another machine where that is not known, or not understood."""
    try:
        content = json.loads(path(root).read_bytes())
        found = {stage: float(content[stage]) for stage in STAGES if stage in content}
    except (OSError, ValueError, TypeError):
        found = {}
    return USUAL | {stage: seconds for stage, seconds in found.items() if seconds > 0}


def is_known(root: Path) -> bool:
    """Whether a training in this project was timed before."""
    return path(root).is_file()


def save(root: Path, seconds: Mapping[str, float]) -> None:
    """Keeps what stages took, beside what is known of the others; where that cannot be written, nothing is lost."""
    if seconds:
        before = known(root) if is_known(root) else {}
        with suppress(OSError), written_whole(path(root)) as temporary:
            temporary.write_text(json.dumps(before | {stage: round(took, 1) for stage, took in seconds.items()}))


class Timing:
    """Follows one training.

    Args:
        seconds: what each stage is expected to take.
        now: a clock, in seconds.
    """

    def __init__(self, seconds: Mapping[str, float], now: Callable[[], float] = time.monotonic) -> None:
        self._expected, self._now = seconds, now
        self.took: dict[str, float] = {}
        """Seconds of the stages that are over and had something to do from their beginning on."""
        self._stage, self._since, self._first_epoch, self._over = "", now(), 0, False

    def follow(self, progress: Progress) -> None:
        """Looks where the training is."""
        if progress.stage != self._stage:
            self._end_stage()
            self._stage, self._since, self._first_epoch = progress.stage, self._now(), 0
        self._first_epoch = self._first_epoch or progress.epoch

    def end(self) -> None:
        """It has ended, and well."""
        self._end_stage()
        self._over = True

    def _end_stage(self) -> None:
        took = self._now() - self._since
        resumed = self._first_epoch > 1
        if self._stage in self._expected and took >= _LEAST and not resumed:
            self.took[self._stage] = took

    @property
    def share(self) -> float:
        """How much of all is over, 0 to 1."""
        left = self._left()
        return 1 - left / sum(self._expected.values())

    @property
    def seconds_left(self) -> float:
        """How long it will still take, if it is as fast from now on as it was so far."""
        expected = sum(self._expected[stage] for stage in self.took)
        speed = sum(self.took.values()) / expected if self.took else 1.0
        return self._left() * min(max(speed, _SPEEDS[0]), _SPEEDS[1])

    def _left(self) -> float:
        """The same at the speed of before."""
        if self._over:
            return 0.0
        if self._stage not in STAGES:
            return sum(self._expected.values())
        at = STAGES.index(self._stage)
        own = self._expected[self._stage]
        return own - min(self._now() - self._since, own * _ALMOST) + sum(self._expected[s] for s in STAGES[at + 1 :])


def spoken(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < _MINUTE:
        return words.training.SOON
    if seconds < 2 * _HOUR:
        return words.training.minutes(round(seconds / _MINUTE))
    return words.training.hours(round(seconds / _HOUR))
