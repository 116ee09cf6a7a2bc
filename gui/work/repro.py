"""`dvc repro` in the background: the process, and what it is at."""

import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from digits.files import remove_cut_short

from .. import words

COMMAND = ("dvc", "repro")

STAGES = tuple(words.training.STAGES)
"""Of dvc.yaml, in the order in which they run."""

_STAGE = re.compile(r"(?:Running stage|Stage) '(\w+)'")
_SKIPPED = re.compile(r"Stage '\w+' (?:didn't change|is cached)")
_BAR = re.compile(r"Epoch (\d+)\b.*?(\d+)%\|")
_OTHER_BAR = re.compile(r"^([\w ./-]+?):?\s+(\d+)%\|")
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

_BUSY = re.compile(r"Unable to acquire lock|is busy, it is being blocked by")
"""What DVC says where another of its processes works; it goes on to advise deleting the lock, which is in use."""

_NICE = 10
"""How far a training steps back for others: who writes meanwhile does not wait for it."""

_KILL_SECONDS = 20
"""How long an interrupted training may take to write what it resumes from."""


@dataclass(frozen=True)
class Progress:
    """Where a `dvc repro` is."""

    stage: str = ""
    epoch: int = 0
    """Of the training, from 1; 0 before."""
    percent: int = 0
    """Of the epoch, or of what the stage is doing."""
    last: str = ""
    """The last line it printed."""
    busy: bool = False
    """Whether another process of DVC was in its way."""

    @property
    def text(self) -> str:
        """For people."""
        if not self.stage:
            return words.training.STARTING
        said = self.stage
        if self.stage in STAGES:
            said = words.training.STEP.format(number=STAGES.index(self.stage) + 1, count=len(STAGES))
        if self.stage == "train" and self.epoch:
            said += words.training.ROUND.format(number=self.epoch)
        return said + words.training.PERCENT.format(percent=self.percent) if self.percent else said


def follow(progress: Progress, line: str) -> Progress:
    """The progress after one more line (or one more state of a progress bar) of `dvc repro`'s output."""
    line = _COLOUR.sub("", line).strip()
    if not line or progress.busy:
        return progress
    if _BUSY.search(line):
        return replace(progress, busy=True, last=words.training.DVC_IS_BUSY)
    if stage := _STAGE.match(line):
        return Progress(stage[1], last=line, percent=100 if _SKIPPED.match(line) else 0)
    if bar := _BAR.search(line):
        return replace(progress, epoch=int(bar[1]) + 1, percent=int(bar[2]))
    if bar := _OTHER_BAR.search(line):
        return replace(progress, percent=int(bar[2]))
    return replace(progress, last=line)


class Repro:
    """One `dvc repro` in a folder.

    Args:
        root: the project's folder.
        command: what to run there.
    """

    def __init__(self, root: Path, command: tuple[str, ...] = COMMAND) -> None:
        self.progress = Progress()
        self.cancelled = False
        beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"  # dvc, and its stages' python
        remove_cut_short(root / ".dvc" / "tmp" / "rwlock")
        # A window that a script started in the background ignores SIGINT, and what it starts would inherit that.
        handler = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            self._process = subprocess.Popen(
                command,
                cwd=root,
                env=os.environ | {"PATH": beside, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        finally:
            signal.signal(signal.SIGINT, handler)
        _step_back(self._process.pid)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def running(self) -> bool:
        """Whether it prints, or lives."""
        return self._reader.is_alive() or self._process.poll() is None

    @property
    def failed(self) -> bool:
        """Whether it ended otherwise than well."""
        return not self.running and self._process.returncode != 0

    def cancel(self) -> None:
        """Interrupts it as Ctrl+C would; the next one goes on from the last finished epoch."""
        self.cancelled = True
        self._signal(signal.SIGINT)
        timer = threading.Timer(_KILL_SECONDS, self._signal, [signal.SIGTERM])
        timer.daemon = True
        timer.start()

    def _signal(self, number: int) -> None:
        if self._process.poll() is None:
            if sys.platform == "win32":
                self._process.terminate()
            else:
                os.killpg(self._process.pid, number)

    def _read(self) -> None:
        with self._process as process:  # closes the pipe and waits
            assert process.stdout is not None
            rest = ""
            while chunk := os.read(process.stdout.fileno(), 4096):
                *lines, rest = re.split(r"[\r\n]", rest + chunk.decode(errors="replace"))
                for line in lines:
                    self.progress = follow(self.progress, line)
            self.progress = follow(self.progress, rest)
        if process.returncode == 0:
            self.progress = replace(self.progress, percent=100)


def _step_back(group: int) -> None:
    """Gives a process group, a session of its own, only what others leave of the processor."""
    if sys.platform != "win32":
        nice = min(os.getpriority(os.PRIO_PROCESS, 0) + _NICE, 19)
        with suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PGRP, group, nice)
        with suppress(OSError):  # Linux weighs sessions first, then the processes of each: man 7 sched, autogroup
            Path(f"/proc/{group}/autogroup").write_text(str(nice))
