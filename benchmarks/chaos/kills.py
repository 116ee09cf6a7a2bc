"""`kill -9` at random moments of `dvc repro`: the next one goes on, and ends with the bytes of an undisturbed one.

Works in a scratch clone with less of everything than the tests have. Whenever a `dvc repro` lives to its end,
everything is compared, and all begins anew; the last one is left to live.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from clone import Clone, copy
from mlflow import MlflowClient
from tqdm import tqdm

from digits.paths import RAW

from .attempts import Outcome

_SMALLER: dict[str, dict[str, object]] = {
    "conf/pages/default.yaml": {"strips": 800, "validation": 16},
    "conf/mix/mnist_pen.yaml": {"mnist": 2048, "pen": 512, "allograph": 128, "page": 256, "outlier": 128},
    "conf/evaluate/default.yaml": {"gallery": 4, "digits": 10, "corrupted": 10},
}
"""Knobs of the tests' clone, smaller still: nobody asks how well it reads, and kills are to come by every stage."""

_RARE = 5
"""One start in so many may live so many times as long: some work cannot be taken up again where it ended."""

_LONGEST = 600
"""Seconds that work may take which is left alone."""

_MADE = ("artifacts/data", "artifacts/pages", "artifacts/train", "reports")
"""What the pipeline makes anew each time; MNIST stays."""


class Pipeline:
    """`dvc repro` in a scratch clone in which it has ended once."""

    latest = 30.0

    def __init__(self, clone: Clone) -> None:
        self.clone, self.path = clone, clone.path
        _, tidy, repro = (self.path / "Makefile").read_text().split("\nrepro:")[1].split("\n\t")[:3]
        self.command = f"{tidy.lstrip('@')}\nexec {repro}"
        self._expected = self._made()
        self.forget()

    def _made(self) -> dict[str, str]:
        """SHA-256 of every file that the pipeline makes, and of dvc.lock."""
        files = [*self.path.glob("dvc.lock")]
        files += [file for folder in _MADE for file in (self.path / folder).rglob("*") if file.is_file()]
        return {str(file.relative_to(self.path)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    @staticmethod
    def kill(process: "subprocess.Popen[str]", _rng: random.Random) -> None:
        """All of it, as a power cut does."""
        os.killpg(process.pid, signal.SIGKILL)

    def forget(self) -> None:
        """Removes what the pipeline made, runs and registry too: the next `dvc repro` begins anew."""
        for folder in (*_MADE, "mlartifacts", ".cache", "artifacts/checkpoints", "artifacts/diaries"):
            shutil.rmtree(self.path / folder, ignore_errors=True)
        for file in (self.path / "dvc.lock", *self.path.glob("mlflow.db*")):
            file.unlink(missing_ok=True)

    def faults(self) -> list[str]:
        """What is not as after an undisturbed `dvc repro`."""
        expected, made = self._expected, self._made()
        found = [f"{name} is missing" for name in sorted(expected.keys() - made.keys())]
        found += [f"{name} is left over" for name in sorted(made.keys() - expected.keys())]
        found += [
            f"{name} has other bytes" for name in sorted(expected.keys() & made.keys()) if made[name] != expected[name]
        ]
        client = MlflowClient(f"sqlite:///{self.path}/mlflow.db")
        runs = client.search_runs([each.experiment_id for each in client.search_experiments()])
        found += [f"run {run.info.run_name} is {run.info.status}" for run in runs if run.info.status != "FINISHED"]
        versions = client.search_model_versions("name = 'digits'")
        found += [f"{len(versions)} versions are registered"] if len(versions) != 1 else []
        models = [*(self.path / "mlartifacts").rglob("model.onnx")]
        found += [f"{len(models)} model.onnx are kept"] if len(models) != 1 else []
        found += [f"{file} was half written" for file in self.path.glob("artifacts/**/.*-*")]
        return found


class Killed(Protocol):
    """Work in a clone that is started again and again, and killed."""

    clone: Clone
    latest: float
    """Seconds after which it is killed at the latest, but for a few that may live longer."""
    command: str
    """Begins it, or goes on with it; of a shell."""

    def kill(self, process: "subprocess.Popen[str]", rng: random.Random) -> None:
        """Kills it, or a part of it."""

    def faults(self) -> list[str]:
        """What is not as after undisturbed work."""

    def forget(self) -> None:
        """Removes what it made: the next start begins anew."""


def killed(work: Killed, outcome: Outcome, kills: int, seed: int) -> None:
    """Starts the work again and again, and kills it so many times, at moments that the seed says; then no more."""
    rng, done, groups = random.Random(seed), 0, set[int]()
    said = work.clone.path.with_suffix(".said")  # a file: what outlives its parent may go on to speak
    with tqdm(total=kills, desc=outcome.title, unit="kill", disable=not sys.stderr.isatty()) as bar:
        while True:
            # In the place of the shell, so that a killed one is waited for here: DVC takes a process that nobody has
            # waited for yet for one at work.
            process = work.clone.start("sh", "-c", f"exec >>{said} 2>&1\n{work.command}")
            groups.add(process.pid)
            try:
                latest = work.latest * (_RARE if done % _RARE == 0 else 1)
                process.wait(timeout=rng.uniform(0, latest) if done < kills else _LONGEST)
            except subprocess.TimeoutExpired:
                if done == kills:
                    outcome.faults.append(f"no end within {_LONGEST} s: {said.read_text()[-2000:]}")
                    break
                work.kill(process, rng)
                process.wait()
                done += 1
                bar.update()
                continue
            found = [f"it ended with {process.returncode}"] if process.returncode else work.faults()
            found += [f"it had said: {said.read_text()[-9000:]}"] if found else []
            for fault in found:
                bar.write(f"after kill {done}: {fault}", file=sys.stderr)
            outcome.faults += found
            outcome.words["whole ends"] += not found
            if done == kills:
                break
            _end(groups)
            work.forget()
            said.unlink()
    _end(groups)
    outcome.words["kills"] = kills


def _end(groups: set[int]) -> None:
    """What has outlived its parent."""
    while groups:
        with suppress(ProcessLookupError):
            os.killpg(groups.pop(), signal.SIGKILL)


def run(numbers: range, seed: int, _model: Path) -> Outcome:
    """Kills so many times."""
    outcome = Outcome("kills")
    with tempfile.TemporaryDirectory(prefix="digits-") as name:
        clone = Clone(Path(name) / "digits")
        copy(clone, RAW)
        clone.turn_all(_SMALLER)
        clone.run("dvc", "repro")
        killed(Pipeline(clone), outcome, len(numbers), seed)
    return outcome
