"""`kill -9` at random moments of `dvc repro`: the next one goes on, and ends with the bytes of an undisturbed one.

Works in a scratch clone with the small configuration that the tests have; an attempt is a kill. Once a `dvc repro`
lives to its end, everything is compared, and all begins anew.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from clone import Clone, make
from mlflow import MlflowClient
from tqdm import tqdm

from digits.paths import RAW

from .attempts import Outcome

_LATEST = 40.0
"""Seconds after which a `dvc repro` is killed at the latest."""

_MADE = ("artifacts/data", "artifacts/pages", "artifacts/train", "reports")
"""What the pipeline makes anew each time; MNIST stays."""


class Checkout(Clone):
    """A scratch clone whose pipeline is run over and over."""

    def made(self) -> dict[str, str]:
        """SHA-256 of every file that the pipeline makes, and of dvc.lock."""
        files = [*self.path.glob("dvc.lock")]
        files += [file for folder in _MADE for file in (self.path / folder).rglob("*") if file.is_file()]
        return {str(file.relative_to(self.path)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    def repro(self) -> "subprocess.Popen[str]":
        """Started as `make repro` does it, but in the place of the shell, so that a killed one is waited for here: DVC
        takes a process that nobody has waited for yet for one at work."""
        _, tidy, repro = (self.path / "Makefile").read_text().split("\nrepro:")[1].split("\n\t")[:3]
        return self.start("sh", "-c", f"{tidy.lstrip('@')}\nexec {repro}")

    def forget(self) -> None:
        """Removes what the pipeline made, runs and registry too: the next `dvc repro` begins anew."""
        for folder in (*_MADE, "mlartifacts", ".cache", "artifacts/checkpoints", "artifacts/diaries"):
            shutil.rmtree(self.path / folder, ignore_errors=True)
        for file in (self.path / "dvc.lock", *self.path.glob("mlflow.db*")):
            file.unlink(missing_ok=True)

    def faults(self, expected: dict[str, str]) -> list[str]:
        """What is not as after an undisturbed `dvc repro`."""
        found, made = [], self.made()
        found += [f"{name} is missing" for name in sorted(expected.keys() - made.keys())]
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


def run(numbers: range, seed: int, _model: Path) -> Outcome:
    """Kills so many times, at moments that the seed says."""
    outcome = Outcome("kills")
    with tempfile.TemporaryDirectory(prefix="digits-") as name:
        checkout = Checkout(Path(name) / "digits")
        make(checkout, RAW)
        expected = checkout.made()
        checkout.forget()
        for number in tqdm(numbers, "kills", unit="kill", disable=not sys.stderr.isatty()):
            rng = random.Random(f"{seed}/{number}")
            process = checkout.repro()
            try:
                said, _ = process.communicate(timeout=rng.uniform(0, _LATEST))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                outcome.words["killed"] += 1
                continue
            _whole(checkout, expected, outcome, process.returncode, said)
        if outcome.words["killed"]:
            _ended(checkout, outcome, "after the last kill")
            _whole(checkout, expected, outcome, 0, "")
    return outcome


def _ended(checkout: Checkout, outcome: Outcome, what: str) -> None:
    process = checkout.repro()
    said, _ = process.communicate()
    if process.returncode:
        outcome.faults.append(f"{what}: dvc repro ended with {process.returncode}: {said[-2000:]}")
        tqdm.write(outcome.faults[-1], file=sys.stderr)


def _whole(checkout: Checkout, expected: dict[str, str], outcome: Outcome, status: int, said: str) -> None:
    """Compares what a `dvc repro` that lived has made, and begins anew."""
    found = checkout.faults(expected) if not status else [f"dvc repro ended with {status}: {said[-2000:]}"]
    outcome.faults += found
    for fault in found:
        tqdm.write(fault, file=sys.stderr)
    outcome.words["whole in the end"] += not found
    checkout.forget()
