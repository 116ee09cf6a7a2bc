"""`kill -9` at random moments of a sweep with two workers: the next one goes on, and ends as an undisturbed one.

Works in a scratch clone with the small configuration and the study that the tests have. The whole sweep is killed, or
one of its processes. Trials draw at random and none is pruned, so that each has the same result whatever the others do.
"""

import os
import random
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import optuna
from clone import STUDY, STUDY_KNOBS, Clone, copy
from mlflow import MlflowClient
from optuna.trial import TrialState

from digits.paths import RAW

from .attempts import Outcome
from .kills import killed

_COMMAND = (
    *("digits", "sweep", *(knob for knob in STUDY_KNOBS if not knob.startswith("sweep.pruner"))),
    *("sweep.workers=2", "hydra/launcher=joblib", "sweep/sampler=random", "sweep/pruner=none"),
)


class Sweep:
    """A study in a scratch clone."""

    latest = 30.0
    command = f"exec {shlex.join(_COMMAND)}"

    def __init__(self, clone: Clone) -> None:
        self.clone, self.path = clone, clone.path
        (self.path / "conf" / "sweep" / "tiny.yaml").write_text(STUDY.replace("sampler: {startup: 2}\n", ""))
        clone.run(*_COMMAND)
        self._expected = self._trials()
        self.forget()

    def _trials(self) -> list[Any]:
        """Number, state, what was drawn, and every result of each trial, as the storage has them."""
        study = optuna.load_study(study_name="tiny", storage=f"sqlite:///{self.path / 'artifacts' / 'sweeps.db'}")
        return [
            (each.number, each.state.name, each.params, each.intermediate_values, each.values)
            for each in study.trials
            if each.state != TrialState.FAIL
        ]

    @staticmethod
    def kill(process: "subprocess.Popen[str]", rng: random.Random) -> None:
        """All of it at once, or one of its processes; the others notice, or go on beside the next start."""
        of_it = subprocess.run(["pgrep", "-g", str(process.pid)], stdout=subprocess.PIPE, text=True).stdout.split()
        if rng.random() < 0.5:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            os.kill(int(rng.choice(of_it)), signal.SIGKILL)

    def faults(self) -> list[str]:
        """What is not as after an undisturbed study."""
        trials = self._trials()
        found = [] if trials == self._expected else [f"trials are {trials} instead of {self._expected}"]
        client = MlflowClient(f"sqlite:///{self.path}/mlflow.db")
        runs = client.search_runs([each.experiment_id for each in client.search_experiments()])
        found += [f"run {run.info.run_name} is {run.info.status}" for run in runs if run.info.status != "FINISHED"]
        numbers = Counter(run.data.tags.get("sweep.trial", "the study's own") for run in runs)
        wanted = Counter(["the study's own", *(str(number) for number, *_ in self._expected)])
        found += [] if numbers == wanted else [f"runs are {dict(numbers)} instead of {dict(wanted)}"]
        return found

    def forget(self) -> None:
        """Removes study, runs and checkpoints."""
        for folder in ("mlartifacts", "artifacts/checkpoints", "artifacts/diaries", "artifacts/sweeps"):
            shutil.rmtree(self.path / folder, ignore_errors=True)
        for file in (*self.path.glob("mlflow.db*"), *self.path.glob("artifacts/sweeps.db*")):
            file.unlink()


def run(numbers: range, seed: int, _model: Path) -> Outcome:
    """Kills so many times."""
    outcome = Outcome("sweeps")
    with tempfile.TemporaryDirectory(prefix="digits-") as name:
        clone = Clone(Path(name) / "digits")
        copy(clone, RAW)
        clone.run("dvc", "repro", "pages")
        killed(Sweep(clone), outcome, len(numbers), seed)
    return outcome
