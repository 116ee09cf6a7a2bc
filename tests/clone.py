"""A scratch clone of this repository, in which tests run real commands."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STUDY = """
defaults: [base, _self_]
study: tiny
trials: 4
checks: 2
sampler: {startup: 2}
space:
  optimizer: {choices: [adamw, sgd]}
  optimizer.lr: {low: 0.002, high: 0.05, log: true, when: {optimizer: adamw}}
  sgd.lr: {knob: optimizer.lr, low: 0.02, high: 0.5, log: true, when: {optimizer: sgd}}
  train.batch_size: {choices: [32, 64]}
"""

STUDY_KNOBS = [
    "sweep=tiny",
    "mix.mnist=512",
    "mix.pen=128",
    "mix.page=0",
    "mix.outlier=0",
    "model=lenet",
    "train.epochs=2",
    "train.ema_decay=0",
    "sweep.pruner.first=1",
    "trainer.threads=1",
]
"""Of a study whose trials take a second, and which conf/sweep/tiny.yaml holds."""


@dataclass(frozen=True)
class Clone:
    """A scratch clone of this repository, its own code and its own registry."""

    path: Path

    def start(self, *command: str, **environment: str) -> "subprocess.Popen[str]":
        """Starts a command in the clone, in a process group of its own."""
        return subprocess.Popen(
            command,
            cwd=self.path,
            env=self.environment | environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, *command: str, status: int = 0, **environment: str) -> str:
        """Runs a command in the clone, checks its exit status, and returns what it printed."""
        process = self.start(*command, **environment)
        output, _ = process.communicate()
        assert process.returncode == status, output
        return output

    @property
    def environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "DVC_", "GIT_"))}
        return inherited | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.path / "src"),
            "XDG_CACHE_HOME": str(self.path / ".cache"),
        }

    @contextmanager
    def turned(self, file: str, key: str, value: object) -> Iterator[None]:
        """Gives a knob of a conf file another value for a while."""
        before = (self.path / file).read_bytes()
        self.turn(file, key, value)
        try:
            yield
        finally:
            (self.path / file).write_bytes(before)

    @staticmethod
    def wait(process: "subprocess.Popen[str]", reached: Callable[[], object], seconds: float = 120) -> None:
        """Until a started command has got so far; fails where it ends before, or takes too long."""
        deadline = time.monotonic() + seconds
        while not reached():
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline, f"not within {seconds} s"
            time.sleep(0.01)

    def turn(self, file: str, key: str, value: object) -> None:
        """Gives a knob of a conf file another value, whatever it was."""
        text, count = re.subn(
            rf"^{key}: [^#\n]*", f"{key}: {value} ", (self.path / file).read_text(), flags=re.MULTILINE
        )
        assert count == 1, f"{file} has {count} keys {key}"
        (self.path / file).write_text(text)
