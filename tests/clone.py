"""A scratch clone of this repository, in which tests run real commands."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent

SMALL: dict[str, dict[str, object]] = {  # knobs of the scratch clone: every stage for real, on little data
    "conf/pipeline.yaml": {"experiment": "default"},
    "conf/preprocess/default.yaml": {
        "mnist_validation": 2000,
        "pen_variants": 1,
        "allographs": 940,
        "allographs_held_out": 188,
        "outliers": 1200,
        "outliers_held_out": 200,
        "page_digits": 2000,
        "page_digits_held_out": 300,
    },
    "conf/pages/default.yaml": {"strips": 4000, "passes": 2, "epochs": 2, "batch_size": 16, "validation": 64},
    "conf/pages/network/two_scale.yaml": {"width": 32, "depth": 3, "fine": 24},
    "conf/mix/mnist_pen.yaml": {"mnist": 8192, "pen": 2048, "allograph": 512, "page": 1024, "outlier": 512},
    "conf/model/residual.yaml": {"stem": 8, "width": 8},
    "conf/train/default.yaml": {
        "epochs": 2,
        "ema_decay": 0.9,
        "label_smoothing": 0.05,
        "calibration_pages": 50,
        "views": [[0, 0], [1, 0]],
    },
    "conf/trainer/auto.yaml": {"threads": 1},
    "conf/register/default.yaml": {"made_pages": 4},
    "conf/evaluate/default.yaml": {
        "gallery": 12,
        "digits": 50,
        "pictures": 10,
        "numbers": 40,
        "number_pictures": 40,
        "made_pages": 4,
        "corrupted": 40,
        "small": 10,
    },
}

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
    "mix.allograph=0",
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

    def turn_all(self, knobs: Mapping[str, Mapping[str, object]]) -> None:
        """Gives many knobs other values: file -> key -> value."""
        for file, values in knobs.items():
            for key, value in values.items():
                self.turn(file, key, value)


def copy(scratch: Clone, mnist_raw: Path) -> None:
    """Makes a clone of the working tree with `SMALL` knobs.

    Args:
        scratch: where; an empty place.
        mnist_raw: the four files of MNIST.
    """
    path = scratch.path
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, path / name)
    shutil.copytree(mnist_raw, path / "artifacts" / "raw")  # the download stage checks it and is content
    (path / "dvc.lock").unlink(missing_ok=True)
    scratch.turn_all(SMALL)
    scratch.run("git", "init", "-q")
    scratch.run("git", "add", "-A")
    scratch.run("git", "-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "clone")


def make(scratch: Clone, mnist_raw: Path) -> None:
    """Makes a clone as `copy` does, and runs its pipeline once."""
    copy(scratch, mnist_raw)
    notes = scratch.path / "artifacts" / "watched"
    notes.mkdir()
    watched = os.pathsep.join([str(scratch.path / "tests" / "watch"), scratch.environment["PYTHONPATH"]])
    scratch.run("dvc", "repro", PYTHONPATH=watched, WATCHED=str(notes))  # for tests/stages/test_edges.py
