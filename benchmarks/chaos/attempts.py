"""Numbered attempts to break something, each in processes that may die of them, and what came of them in one line.

An attempt draws all that is random from the seed and its own number, so that each fault can be made again alone. It
returns in a word what happened ("read", "clear error"); whatever it raises is a fault, as are a crash of its process,
a gigabyte of memory, and time.
"""

import json
import os
import random
import resource
import select
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tqdm import tqdm

CPU_SECONDS = 5.0
"""Of processor time that an attempt may take; other programs' work does not count."""

_TOGETHER = 50
"""Attempts that share a process, for the first of each takes longer."""

WALL_SECONDS = 60.0
"""After which an attempt hangs, whatever else this machine has to do."""

MEMORY_MB = 1000
"""That the process of attempts may come to hold."""

Attempt = Callable[[random.Random, int], str]
"""Gets its own source of random numbers and its number; returns in a word what happened."""


@dataclass
class Outcome:
    """What came of many attempts."""

    title: str
    words: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    """Seconds of processor time of the slowest attempt."""
    peak: float = 0.0
    """MB that the largest process held."""

    def __str__(self) -> str:
        kinds = ", ".join(f"{count:,} {word}" for word, count in sorted(self.words.items()))
        return (
            f"{self.title}: {self.words.total():,} tried: {kinds or 'none'}; slowest {self.slowest:.2f} s, "
            f"peak {self.peak:,.0f} MB; {len(self.faults)} faults"
        )


def attempted(title: str, attempt: Attempt, numbers: range, seed: int) -> Outcome:
    """Makes the attempts, one after the other, with a bar; each fault is printed with the numbers that make it again.

    Args:
        title: what is tried.
        attempt: makes one.
        numbers: of the attempts.
        seed: of all of them.
    """
    outcome = Outcome(title)
    tqdm.monitor_interval = 0  # its thread would be copied half alive by every fork
    with tqdm(numbers, title, unit="attempt", disable=not sys.stderr.isatty()) as bar:
        while (done := outcome.words.total()) < len(numbers):
            child = _Child(
                lambda number: attempt(random.Random(f"{seed}/{number}"), number), numbers[done : done + _TOGETHER]
            )
            for number, word, seconds, megabytes in child.results():
                bar.update()
                outcome.slowest, outcome.peak = max(outcome.slowest, seconds), max(outcome.peak, megabytes)
                outcome.words[word.partition(":")[0]] += 1
                if word.startswith("fault"):
                    outcome.faults.append(f"--seed {seed} --only {number}: {word}")
                    bar.write(f"{title} {outcome.faults[-1]}", file=sys.stderr)
    return outcome


def told(error: Exception, *names: object, longest: int = 1000) -> str:
    """The word for an error that people are told plainly.

    Raises:
        AssertionError: its message does not hold these names, is empty or too long.
    """
    message = str(error)
    assert message.strip(), "it says nothing"
    assert all(str(name) in message for name in names), f"it does not name {names}: {message}"
    assert len(message) < longest, f"it says too much: {len(message)} characters"
    return "clear error"


class _Child:
    """A process that makes some attempts, until one ends it."""

    def __init__(self, work: Callable[[int], str], numbers: range) -> None:
        self._numbers = numbers
        reading, writing = os.pipe()
        sys.stdout.flush()
        self._process = os.fork()
        if not self._process:
            os.close(reading)
            _answer(work, numbers, writing)
        os.close(writing)
        self._answers = os.fdopen(reading, "rb", buffering=0)

    def results(self) -> Iterator[tuple[int, str, float, float]]:
        """Number, word, seconds of processor time and MB of each attempt, to the one that ended the process."""
        for number in self._numbers:
            if not select.select([self._answers], [], [], WALL_SECONDS)[0]:
                os.kill(self._process, signal.SIGKILL)
                yield number, f"fault: no end within {WALL_SECONDS:.0f} s", WALL_SECONDS, 0.0
                break
            if not (line := self._answers.readline()):
                code = os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])
                yield number, f"fault: its process ended with {code}", 0.0, 0.0
                return
            word, seconds, megabytes = json.loads(line)
            if not word.startswith("fault") and seconds > CPU_SECONDS:
                word = f"fault: took {seconds:.1f} s"
            elif not word.startswith("fault") and megabytes > MEMORY_MB:
                word = f"fault: held {megabytes:,.0f} MB"
            yield number, word, seconds, megabytes
            if megabytes > MEMORY_MB:
                os.kill(self._process, signal.SIGKILL)  # the next attempt is not to blame
                break
        os.waitpid(self._process, 0)


def _answer(work: Callable[[int], str], numbers: range, writing: int) -> None:
    """In the child: a line for each attempt; ends without what a Python process does at its end."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libtiff tells everybody what it thinks of a file
    for number in numbers:
        began = time.process_time()
        try:
            word = work(number)
        except BaseException as error:  # noqa: BLE001  whatever it is, nobody was meant to see it
            lines = traceback.format_exception(error)
            word = f"fault: {type(error).__name__}: {str(error)[:300]}\n{''.join(lines[-4:-1])}"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
        os.write(writing, json.dumps([word, time.process_time() - began, peak]).encode() + b"\n")
    os._exit(0)
