"""The registry's answer: from MLflow's client, kept while the store stays as it was, and not a moment longer."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from mlflow import MlflowClient

from digits.errors import DigitsError
from digits.files import sha256
from digits.tracking import registry
from digits.tracking.store import ALIAS, MODEL, SHA_TAG

REGISTER = """
import sys
from pathlib import Path
import mlflow, onnx
from digits.files import sha256
from digits.tracking import logged, registry, runs
from digits.tracking.store import ALIAS, MODEL, SHA_TAG

client, file = runs.connect(), Path(sys.argv[1])
client.create_registered_model(MODEL)
for accuracy in (0.98, 0.99):
    with mlflow.start_run(run_name=f"reads {accuracy:.0%}") as run:
        mlflow.log_metric("mnist.accuracy", accuracy)
        if accuracy < 0.99:
            logged.log_model(file, sha256(file))
        else:  # as models were logged at first
            mlflow.onnx.log_model(onnx.load(file), name="model", save_as_external_data=False)
    (model,) = client.get_run(run.info.run_id).outputs.model_outputs
    tags = {SHA_TAG: sha256(file)}
    client.create_model_version(MODEL, f"models:/{model.model_id}", run.info.run_id, tags, model_id=model.model_id)
client.set_registered_model_alias(MODEL, ALIAS, "1")
registry.fetch(registry.champion())
"""

LOOK = """
import sys
from digits.reading.reader import Reader
print(Reader.champion().path.name.partition("-")[0], "by MLflow" if "mlflow" in sys.modules else "known")
"""


@dataclass
class Store:
    """A real store whose model has two versions, the first of them champion, and MLflow's client of it."""

    file: Path
    client: MlflowClient

    def look(self) -> str:
        """The champion that a new process reads with, and whether it had to ask."""
        return subprocess.run([sys.executable, "-c", LOOK], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    folder = tmp_path_factory.mktemp("store")
    own = {"MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db", "XDG_CACHE_HOME": str(folder / "cache")}
    subprocess.run([sys.executable, "-c", REGISTER, str(model)], env=os.environ | own, check=True)
    return folder


@pytest.fixture
def store(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.delenv("MLFLOW_REGISTRY_URI", raising=False)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri := f"sqlite:///{made}/mlflow.db")
    monkeypatch.setenv("XDG_CACHE_HOME", str(made / "cache"))
    client = MlflowClient(uri, uri)
    tags = client.get_model_version(MODEL, "1").tags
    yield Store(made / "mlflow.db", client)
    client.set_registered_model_alias(MODEL, ALIAS, "1")
    client.set_model_version_tag(MODEL, "1", SHA_TAG, tags[SHA_TAG])


def test_a_process_that_registers_leaves_the_answer_for_those_without_mlflow(made: Path, store: Store) -> None:
    assert store.look() == "v1 known"
    second, first = registry.versions()
    assert (first.number, first.champion, second.number, second.champion) == ("1", True, "2", False)
    assert (second.run_name, second.metrics) == ("reads 99%", {"mnist.accuracy": 0.99})


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_moved_alias_is_seen_at_once(store: Store, journal: str) -> None:
    with closing(sqlite3.connect(store.file)) as open_elsewhere:  # so that a write-ahead log is not merged at once
        open_elsewhere.execute(f"pragma journal_mode = {journal}")
        open_elsewhere.execute("select 1 from runs").fetchone()
        assert store.look().startswith("v1")
        store.client.set_registered_model_alias(MODEL, ALIAS, "2")
        assert store.look() == "v2 by MLflow"
        assert store.look() == "v2 known"


def test_the_champions_file_is_fetched_once_and_checked(store: Store, model: Path) -> None:
    kept = registry.fetch(registry.champion())
    written = kept.stat().st_mtime_ns
    assert registry.fetch(registry.champion()).stat().st_mtime_ns == written
    kept.write_bytes(b"something else")
    assert sha256(registry.fetch(registry.champion())) == sha256(model)


def test_the_file_of_a_model_is_found_however_it_was_logged(store: Store, model: Path) -> None:
    assert {sha256(registry.download(f"models:/{MODEL}/{number}")) for number in "12"} == {sha256(model)}


def test_what_is_wrong_with_the_registry_is_said(store: Store) -> None:
    store.client.delete_model_version_tag(MODEL, "1", SHA_TAG)
    with pytest.raises(DigitsError, match=r"version 1 bears no tag .* not registered by `dvc repro`"):
        registry.fetch(registry.champion())
    store.client.delete_registered_model_alias(MODEL, ALIAS)
    with pytest.raises(DigitsError, match=r"no champion is registered .* `make repro`"):
        registry.champion()
    with pytest.raises(DigitsError, match=r"version 7 is not registered"):
        registry.find_version("7")


def test_a_store_that_cannot_be_used_is_named_and_none_is_made_by_looking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{file}")
    assert registry.find_champion() is None
    assert not file.exists()
    file.write_text("some notes")
    with pytest.raises(DigitsError, match=r"mlflow\.db cannot be used \(.*not a database"):
        registry.find_champion()


def test_a_run_killed_after_it_logged_its_model_is_registered_once(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_REGISTRY_URI", raising=False)
    own = {"MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/mlflow.db", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    output = subprocess.run(
        [sys.executable, "-c", KILLED, str(model), str(tmp_path)],
        env=os.environ | own,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert output.split()[-3:] == ["1", "1", "1"]


KILLED = """
import sys
from pathlib import Path
import mlflow
from digits.files import sha256
from digits.tracking import logged, registering, runs
from digits.tracking.store import SHA_TAG

client, file = runs.connect(), Path(sys.argv[1])
with mlflow.start_run() as run:
    logged.log_model(file, sha256(file))
client.delete_tag(run.info.run_id, SHA_TAG)  # killed just before it was set, the first time; just after it, the second
for _ in range(2):
    with mlflow.start_run(run_id=run.info.run_id):
        logged.log_model(file, sha256(file))
run = client.get_run(run.info.run_id)
left = client.search_logged_models([run.info.experiment_id])
kept = [*Path(sys.argv[2], "mlartifacts").rglob("model.onnx")]
print(registering.add_version(client, run, sha256(file), None, None), len(left), len(kept))
"""
