"""Many processes that note runs in one MLflow store: SQLite, then a PostgreSQL that is killed and started again.

Each begins one run after the other and notes metrics in its diary, as a training does. In the end the store has every
run that was begun, with all that was noted, ended well. --count is how many seconds each store is worked on.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from local import postgresql
from mlflow import MlflowClient

from .attempts import Outcome

_METRICS = 30
"""Of each run."""

_SQLITE, _POSTGRESQL = 8, 16
"""Processes."""

_TRAININGS = f"""
import sys, time
import mlflow
from digits.errors import DigitsError
from digits.tracking import diary, runs, store
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    try:
        runs.connect()
        with store.usable(store.tracking_uri()):
            run = mlflow.MlflowClient().create_run(mlflow.get_experiment_by_name("digits").experiment_id)
    except DigitsError:  # the server is away: a training that would begin says so
        time.sleep(0.5)
        continue
    noted = diary.Diary(run.info.run_id)
    for step in range({_METRICS}):
        noted.metrics({{"loss": float(step)}}, step)
    noted.end()
    print(run.info.run_id, flush=True)
"""

_LATER = "from digits.tracking import diary; diary.ROOT = diary.Path(); diary.hand_over()"
"""As `digits ui` does it, in the current folder."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def trainings(uri: str, count: int, seconds: int, folder: Path) -> Iterator[list["subprocess.Popen[str]"]]:
    """Processes that note runs in a store for so long; awaited when the block ends."""
    environment = os.environ | {"MLFLOW_TRACKING_URI": uri}
    with (folder / "said.log").open("a") as log:
        started = [
            subprocess.Popen(
                [sys.executable, "-c", _TRAININGS, str(seconds)],
                cwd=folder, env=environment, text=True, stdout=(folder / f"{number}.runs").open("w"), stderr=log,
            )
            for number in range(count)
        ]  # fmt: skip
        yield started
        for process in started:
            process.wait()
        later = subprocess.run([sys.executable, "-c", _LATER], cwd=folder, env=environment, stderr=log)
    if later.returncode or any(process.returncode for process in started):
        raise RuntimeError((folder / "said.log").read_text()[-2000:])


def compared(uri: str, folder: Path, outcome: Outcome, store: str) -> None:
    """Looks for every run that a process began, and its metrics."""
    client = MlflowClient(uri)
    for run_id in (line for file in folder.glob("*.runs") for line in file.read_text().split()):
        history = sorted({int(each.step) for each in client.get_metric_history(run_id, "loss")})
        status = client.get_run(run_id).info.status
        whole = history == list(range(_METRICS)) and status == "FINISHED"
        outcome.words[f"whole runs in {store}"] += whole
        if not whole:
            outcome.faults.append(f"{store}: run {run_id} is {status} with {len(history)} of {_METRICS} metrics")
            print(outcome.faults[-1], file=sys.stderr)


def _killed(folder: Path, port: int, seconds: int, outcome: Outcome) -> None:
    with postgresql(folder / "server", port) as server, ExitStack() as again:
        uri = f"{server}/mlflow"
        MlflowClient(uri)  # makes the tables
        with trainings(uri, _POSTGRESQL, seconds, folder):
            time.sleep(seconds / 2)
            process = int((folder / "server" / "postgresql" / "postmaster.pid").read_text().split()[0])
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            time.sleep(min(5, seconds / 10))
            again.enter_context(postgresql(folder / "server", port))
        compared(uri, folder, outcome, "PostgreSQL")


def run(numbers: range, _seed: int, _model: Path) -> Outcome:
    """Works on both stores for so many seconds each."""
    outcome = Outcome("stores")
    with tempfile.TemporaryDirectory(prefix="digits-") as name:
        Path(name).chmod(0o755)  # PostgreSQL runs as a user of its own in root's place
        for store in ("sqlite", "postgresql"):
            (Path(name) / store).mkdir()
        folder = Path(name) / "sqlite"
        uri = f"sqlite:///{folder / 'mlflow.db'}"
        with trainings(uri, _SQLITE, len(numbers), folder):
            pass
        compared(uri, folder, outcome, "SQLite")
        _killed(Path(name) / "postgresql", free_port(), len(numbers), outcome)
    return outcome
