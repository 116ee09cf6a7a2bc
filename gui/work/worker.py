"""Work behind the window: a thread that takes jobs, and hands their results over in Tk's own thread.

Only the thread that runs Tk may touch Tk, so results wait in a queue that it looks into, and only while there
is something to wait for.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any

_LOOK_MS = 4
"""How long a finished result may lie: a pen-up shows its reading within 30 ms."""


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
        self._jobs: list[_Job] = []
        self._results: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._changed = threading.Condition()
        self._pending = 0
        """Jobs whose result was not handed over yet."""
        self._looking = False
        self._thread: threading.Thread | None = None

    def submit(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None] = lambda _: None,
        failed: Callable[[Exception], None] | None = None,
        latest: str = "",
    ) -> None:
        """Has `work` done in the thread, then `done` called with its result in Tk's.

        Args:
            work: what to do.
            done: takes the result.
            failed: takes its exception instead.
            latest: a job that still waits under the same name is dropped for this one.
        """
        with self._changed:
            kept = [job for job in self._jobs if not latest or job.latest != latest]
            self._pending += 1 - (len(self._jobs) - len(kept))
            self._jobs = [*kept, _Job(work, done, failed or self._failed, latest)]
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        if not self._looking:
            self._looking = True
            self._after(_LOOK_MS, self._look)

    @property
    def busy(self) -> bool:
        """Whether a job is waiting or under way."""
        return self._pending > self._results.qsize()

    def finish(self, seconds: float = 5.0) -> None:
        """Waits until all jobs are done: what was taught last is written before the window goes."""
        end = time.monotonic() + seconds
        while self.busy and time.monotonic() < end:
            time.sleep(0.005)

    def _look(self) -> None:
        try:
            while not self._results.empty():
                self._pending -= 1
                self._results.get()()
        finally:  # one that fails is Tk's to report; those behind it are still to come
            self._looking = self._pending > 0
            if self._looking:
                self._after(_LOOK_MS, self._look)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs)
                job = self._jobs.pop(0)
            try:
                result = partial(job.done, job.work())
            except Exception as error:  # noqa: BLE001 (whatever it is, whoever asked is told, and the thread lives on)
                result = partial(job.failed, error)
            self._results.put(result)
