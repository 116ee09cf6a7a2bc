"""How runs, logged models and registered versions are erased, and which of them are needed.

MLflow's own `delete_…` only mark, and leave the files; its `mlflow gc` removes what is marked, and with it every
deleted experiment of the store. Here the rows go first, then the files: whoever is killed on the way leaves files of no
run, which are found as such. In a store that is no file of this disk, runs and models are marked.
"""

import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from digits.paths import CHECKPOINTS, ROOT
from digits.tracking import diary, runs, store
from digits.tracking.store import MODEL

LIVING = ("RUNNING", "SCHEDULED")
"""MLflow's states of a run that has not ended."""


class StillNeeded(Exception):
    """Something that was to be erased is needed by now; the message says for what."""


@dataclass(frozen=True)
class Needed:
    """Ids of the runs and logged models that must stay."""

    runs: frozenset[str]
    models: frozenset[str]


@dataclass(frozen=True)
class Books:
    """A tracking store that holds runs of this project."""

    client: Any
    experiment: Any
    artifacts: Path | None
    """The folder of the files, where all are this store's, on this disk; None where only MLflow's API leads to them."""

    def runs(self, deleted: bool = False) -> list[Any]:
        """All runs, or those that are marked as deleted."""
        from mlflow.entities import ViewType

        kind = ViewType.DELETED_ONLY if deleted else ViewType.ACTIVE_ONLY
        found, token = [], None
        while token != "":
            page = self.client.search_runs([self.experiment.experiment_id], run_view_type=kind, page_token=token)
            found += page
            token = page.token or ""
        return found

    def deleted(self, before: float) -> tuple[set[str], set[str]]:
        """Ids of the runs and of the logged models that were marked as deleted before a time, in seconds since 1970."""
        rows, age = self._rows, int(1000 * (time.time() - before))
        models = {each for each in rows._get_deleted_logged_models(age) if self._own(rows.get_logged_model(each, True))}  # noqa: SLF001
        return set(rows._get_deleted_runs(age)), models  # noqa: SLF001  as `mlflow gc` asks

    def holds(self, name: str) -> bool:
        """Whether a run or a logged model of this id is in the store, deleted or not."""
        from mlflow.exceptions import MlflowException

        try:
            self._rows.get_logged_model(name, True) if name.startswith("m-") else self._rows.get_run(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            return False
        return True

    def knows(self, run_id: str) -> bool:
        """Whether the store has a run that is not gone for good; where only the API leads there, a deleted one is."""
        run = store.find_run(self.client, run_id)
        return run is not None and (self.artifacts is not None or run.info.lifecycle_stage == "active")

    def models(self, run: Any) -> set[str]:
        """Ids of the models that a run logged, those marked as deleted too where this store is a file here."""
        source = f"source_run_id = '{run.info.run_id}'"
        found = {str(each.model_id) for each in self.client.search_logged_models([run.info.experiment_id], source)}
        if self.artifacts:
            logged = {each.model_id for each in (run.outputs.model_outputs if run.outputs else [])}
            found |= {each for each in logged if self.holds(each)}
        return found

    def files(self, name: str) -> Path | None:
        """The folder of the files of a run or logged model; None where there is none on this disk."""
        if self.artifacts is None:
            return None
        folder = self.artifacts / ("models" if name.startswith("m-") else "") / name
        return folder if folder.is_dir() and not folder.is_symlink() else None

    def needed(self, leaving: Collection[str] = ()) -> Needed:
        """What must stay: for registered versions, but for those of `MODEL` that are `leaving`, and for trainings that
        may go on or have notes that MLflow has not got yet."""
        kept = [each for each in self._versions() if not (each.name == MODEL and str(each.version) in leaving)]
        models = {each.model_id or str(each.source).removeprefix("models:/") for each in kept}
        begun = set()
        for remembered in (ROOT / CHECKPOINTS).glob("*/run_id"):
            with suppress(FileNotFoundError):  # a training that ends now
                begun.add(remembered.read_text())
        noted = {folder.name for folder in diary.waiting()}
        return Needed(frozenset({str(each.run_id) for each in kept} | begun | noted), frozenset(models))

    def give_up(self, run_id: str, when: float) -> None:
        """Calls a run killed, at a time in seconds since 1970, that nobody can go on with any more."""
        with _unless_gone():
            run = self.client.get_run(run_id)
            if run.info.status in LIVING and run.info.lifecycle_stage == "active":
                self.client.set_terminated(run_id, "KILLED", int(1000 * when))

    def erase_run(self, run_id: str, marked: bool) -> None:
        """Erases a run and the models that it logged.

        Args:
            run_id: MLflow's.
            marked: whether it was marked as deleted before.

        Raises:
            StillNeeded: it was restored or runs again, or something needs it.
        """
        with _unless_gone():
            run = self.client.get_run(run_id)
            models, needed, active = self.models(run), self.needed(), run.info.lifecycle_stage == "active"
            if active and (marked or run.info.status in LIVING):
                raise StillNeeded("it was restored, or runs again")
            if run_id in needed.runs or models & needed.models:
                raise StillNeeded("a registered version, a training or its notes need it by now")
            for model in sorted(models):
                self.erase_model(model)
            if self.artifacts:
                self._rows._hard_delete_run(run_id)  # noqa: SLF001  as `mlflow gc` does
            else:
                self.client.delete_run(run_id)
        self._erase_files(run_id)

    def erase_model(self, model_id: str) -> None:
        """Erases a logged model.

        Raises:
            StillNeeded: a registered version needs it.
        """
        with _unless_gone():
            if model_id in self.needed().models:
                raise StillNeeded("a registered version needs it by now")
            if self.artifacts:
                self._rows._hard_delete_logged_model(model_id)  # noqa: SLF001  as `mlflow gc` does
            else:
                self.client.delete_logged_model(model_id)
        self._erase_files(model_id)

    def erase_orphan(self, name: str) -> None:
        """Erases the files of what was a run or logged model.

        Raises:
            StillNeeded: the store holds it.
        """
        with store.usable(store.tracking_uri()):
            if self.holds(name):
                raise StillNeeded("MLflow holds its run or model")
        self._erase_files(name)

    def erase_version(self, number: str) -> None:
        """Takes a version of the model out of the registry; its run stays.

        Raises:
            StillNeeded: it bears an alias.
        """
        with _unless_gone():
            if number in self.aliased():
                raise StillNeeded("it bears an alias by now")
            self.client.delete_model_version(MODEL, number)

    def aliased(self) -> set[str]:
        """The numbers of the versions that bear an alias, as the champion does."""
        return {str(number) for number in self.client.get_registered_model(MODEL).aliases.values()}

    def _versions(self) -> Iterator[Any]:
        """All registered versions, of other models too: people may register a run's model under any name."""
        token = None
        while token != "":
            page = self.client.search_model_versions(page_token=token)
            yield from page
            token = page.token or ""

    def _erase_files(self, name: str) -> None:
        if folder := self.files(name):
            with suppress(FileNotFoundError):  # another process was faster
                shutil.rmtree(folder)

    def _own(self, model: Any) -> bool:
        return str(model.experiment_id) == str(self.experiment.experiment_id)

    @cached_property
    def _rows(self) -> Any:
        from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

        return SqlAlchemyStore(store.tracking_uri(), self.experiment.artifact_location)


@contextmanager
def _unless_gone() -> Iterator[None]:
    """Leaves the block where another process was faster.

    Raises:
        DigitsError: the store cannot be used.
    """
    from mlflow.exceptions import MlflowException

    with store.usable(store.tracking_uri()):
        try:
            yield
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise


def opened() -> Books | None:
    """The tracking store; None where it is a file that is not there, or holds no run of this project yet.

    Raises:
        DigitsError: it cannot be reached or used.
        ExperimentDeleted: the experiment was deleted, and all would seem to be marked.
    """
    uri = store.tracking_uri()
    if store.is_missing(uri):
        return None  # and none is made by asking
    print("asking MLflow", flush=True)
    client = store.client()
    with store.usable(uri):
        experiment = runs.find_experiment(client)
        if experiment is None:
            return None
        folder = store.artifacts(uri)
        own = folder is not None and experiment.artifact_location == folder.as_uri()
        return Books(client, experiment, folder if own else None)
