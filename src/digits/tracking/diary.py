"""What a training tells its MLflow run: noted on this disk first, so that no server has to be there at that moment.

A run's notes lie in a folder of its own below artifacts/diaries, with the files that they speak of, until MLflow has
them all. Metrics told twice are kept once, for they bear the time at which they were noted.
"""

import json
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock
from tqdm import tqdm

from digits.errors import DigitsError
from digits.files import sha256, written_whole
from digits.paths import DIARIES, ROOT
from digits.tracking import logged, store

Note = dict[str, Any]

_PATIENCE = 20
"""How many times as long as a failed attempt took the next one is put off: a server that hangs costs no more than a
twentieth of a training's time."""


class Diary:
    """Of one run. Nothing that MLflow does or fails to do ends or holds up whoever writes here.

    Args:
        run_id: MLflow's.
    """

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self._folder = DIARIES / run_id
        self._folder.mkdir(parents=True, exist_ok=True)
        self._ended = self._away = False
        self._next_attempt = 0.0

    def epoch(self, epoch: int, row: Mapping[str, float], speed: Mapping[str, float]) -> None:
        """Notes the metrics of an epoch, counted from 0."""
        self.metrics({**row, **speed}, step=epoch + 1)

    def metrics(self, values: Mapping[str, float], step: int = 0) -> None:
        """Notes metrics, by name."""
        self._note({"metrics": dict(values), "step": step})

    def tags(self, values: Mapping[str, str]) -> None:
        """Notes tags, by name."""
        self._note({"tags": dict(values)})

    def file(self, path: Path) -> None:
        """Notes a file, as it is now, for the run's artifacts."""
        shutil.copy2(path, self._folder)
        self._note({"file": path.name})

    def model(self, path: Path) -> None:
        """Notes an ONNX file, as it is now, as the run's model."""
        shutil.copy2(path, self._folder)
        self._note({"model": path.name, "sha": sha256(path)})

    def end(self, status: str = "FINISHED") -> None:
        """Notes how the run ended, unless that was noted before; says so if MLflow does not have everything now."""
        if self._ended:
            return
        self._ended = True
        self._next_attempt = 0.0
        self._note({"status": status})
        if self._away:
            _say(
                f"MLflow has not got all of this run: it lies in {self._folder}, and `digits ui` hands it over once "
                "MLflow is back, as does the next training or `dvc repro`"
            )

    def _note(self, note: Note) -> None:
        with _alone(self._folder):
            _write(self._folder, [*_read(self._folder), {**note, "time": time.time_ns() // 1_000_000}])
        began = time.monotonic()
        if began < self._next_attempt:
            return
        try:
            _hand_over(self._folder)
        except DigitsError as error:
            self._next_attempt = time.monotonic() + _PATIENCE * (time.monotonic() - began)
            if not self._away:
                reason = store.shown(str(error.__cause__ or error).splitlines()[0])
                where = store.shown(store.tracking_uri())
                _say(f"MLflow at {where} takes no notes now ({reason}): the training goes on, they are kept here")
            self._away = True
        else:
            if self._away:
                _say("MLflow is back, and has all that was noted meanwhile")
            self._away = False


def waiting() -> list[Path]:
    """The folders of the runs of which MLflow has not got everything; each is called as its run's id."""
    return sorted(path for path in (ROOT / DIARIES).glob("*") if _read(path))


def hand_over() -> None:
    """Tells MLflow what trainings noted while it was away; says of each whether that went well.

    Runs that this store does not know are of another one, and wait for that.
    """
    import mlflow

    for folder in waiting():
        try:
            if store.find_run(mlflow.MlflowClient(), folder.name):
                _hand_over(folder)
                print(f"MLflow has now all that was noted of run {folder.name} while it was away")
        except DigitsError as error:
            _say(f"what {folder} holds is not in MLflow yet, and may be removed if nobody wants it there: {error}")


def _hand_over(folder: Path) -> None:
    """Tells MLflow a folder's notes, the oldest first; those that it has got are kept no longer.

    Raises:
        DigitsError: MLflow is not there, or does not take a note.
    """
    with _alone(folder):
        notes = _read(folder)
        if not notes:  # another process has told the last of them meanwhile
            return
        try:
            client = store.client()
            with store.usable(store.tracking_uri()):
                while notes:
                    _tell(client, folder, notes[0])
                    ended = notes.pop(0).get("status")
                    if ended:
                        shutil.rmtree(folder)
                        return
        finally:
            if folder.is_dir():
                _write(folder, notes)


def _tell(client: Any, folder: Path, note: Note) -> None:
    import mlflow
    from mlflow.entities import Metric, RunTag

    run_id = folder.name
    match note:
        case {"metrics": values, "step": step}:
            client.log_batch(run_id, [Metric(name, value, note["time"], step) for name, value in values.items()])
        case {"tags": values}:
            client.log_batch(run_id, tags=[RunTag(name, value) for name, value in values.items()])
        case {"file": name}:
            client.log_artifact(run_id, str(folder / name))
        case {"model": name, "sha": sha}:
            with mlflow.start_run(run_id=run_id):
                logged.log_model(folder / name, sha)
        case {"status": status}:
            client.set_terminated(run_id, status, note["time"])


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keeps other processes from a folder. What locks it lies beside it, for it goes while others wait."""
    lock = folder.with_suffix(".lock")
    with FileLock(lock):
        yield
        if not folder.is_dir():
            lock.unlink()


def _read(folder: Path) -> list[Note]:
    file = folder / "notes.json"
    return list(json.loads(file.read_text())) if file.is_file() else []


def _write(folder: Path, notes: list[Note]) -> None:
    with written_whole(folder / "notes.json") as path:
        path.write_text(json.dumps(notes))


def _say(line: str) -> None:
    tqdm.write(line, file=sys.stderr)
