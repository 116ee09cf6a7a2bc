"""Work behind the window: a thread that takes jobs, and hands their results over in Tk's own thread.

Only the thread that runs Tk may touch Tk, so results wait in a queue that it looks into, and only while there
is something to wait for.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from types import GeneratorType
from typing import Any

_LOOK_MS = 4
"""How long a finished result may lie: a pen-up shows its reading within 30 ms."""

_LOOK_IDLE_MS = 40
"""The same for jobs that take their time."""

_PATIENCE = 50
"""Looks after which a job counts as one that takes its time."""


@dataclass(frozen=True)
class _Job:
    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    latest: str


class Worker:
    """Jobs one after the other, the newest of its kind only.

    Args:
        after: Tk's `after(milliseconds, callback)`.
        failed: called with the exception of a job that has no answer of its own to it.
    """

    def __init__(self, after: Callable[[int, Callable[[], None]], Any], failed: Callable[[Exception], None]) -> None:
        self._after, self._failed = after, failed
        self._jobs: deque[_Job] = deque()
        self._paused: deque[tuple[_Job, Generator[None, None, Any]]] = deque()
        self._results: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._changed = threading.Condition()
        self._pending = 0
        """Jobs whose result was not handed over yet."""
        self._looks = 0
        self._looking = False
        self._thread: threading.Thread | None = None

    def submit(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        latest: str = "",
    ) -> None:
        """Has `work` done in the thread, then `done` called with its result in Tk's.

        Args:
            work: what to do; if it returns a generator, others may go first at each of its yields.
            done: takes the result.
            failed: takes its exception instead.
            latest: a job that still waits under the same name is dropped for this one.
        """
        job = _Job(work, done or _nothing, failed or self._failed, latest)
        with self._changed:
            if latest:
                kept = [waiting for waiting in self._jobs if waiting.latest != latest]
                self._pending -= len(self._jobs) - len(kept)
                self._jobs = deque(kept)
            self._jobs.append(job)
            self._pending += 1
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        self._looks = 0
        if not self._looking:
            self._looking = True
            self._after(_LOOK_MS, self._look)

    def finish(self, seconds: float = 5.0) -> None:
        """Waits until all jobs are done: what was taught last is written before the window goes."""
        end = time.monotonic() + seconds
        while self._pending > self._results.qsize() and time.monotonic() < end:
            time.sleep(0.005)

    def _look(self) -> None:
        while True:
            try:
                deliver = self._results.get_nowait()
            except Empty:
                break
            self._pending -= 1
            try:
                deliver()
            except Exception as error:
                self._failed(error)
        self._looks += 1
        self._looking = self._pending > 0
        if self._looking:
            self._after(_LOOK_MS if self._looks < _PATIENCE else _LOOK_IDLE_MS, self._look)

    # --- in the thread

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._jobs and not self._paused:
                    self._changed.wait()
                job = self._jobs.popleft() if self._jobs else None
            if job is None:
                job, steps = self._paused.popleft()
                self._attempt(job, partial(self._advance, job, steps))
                continue
            if job.latest:  # a paused job of the same kind is of yesterday
                for old in [pair for pair in self._paused if pair[0].latest == job.latest]:
                    self._paused.remove(old)
                    self._results.put(partial(_nothing, None))
            self._attempt(job, partial(self._begin, job))

    def _attempt(self, job: _Job, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as error:
            self._results.put(partial(job.failed, error))

    def _begin(self, job: _Job) -> None:
        result = job.work()
        if isinstance(result, GeneratorType):
            self._advance(job, result)
        else:
            self._results.put(partial(job.done, result))

    def _advance(self, job: _Job, steps: Generator[None, None, Any]) -> None:
        try:
            next(steps)
        except StopIteration as stop:
            self._results.put(partial(job.done, stop.value))
        else:
            self._paused.append((job, steps))


def _nothing(result: object) -> None:
    """For a result that nobody wants, or wants any more."""
