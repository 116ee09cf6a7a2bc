"""`digits clean`: what it shows, what it removes, and what it never touches, in a real store with real files."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from mlflow import MlflowClient
from mlflow.entities import ViewType

from digits.tracking.moved import follow
from digits.tracking.server import mlflow_answers, running
from digits.training.checkpoints import resumable

ROOT = Path(__file__).parents[2]

DAYS = 60
"""How long ago all was made: twice as long as what stays by default."""

MAKE = """
import json, sys
from pathlib import Path
import mlflow, onnx
from onnx import TensorProto, helper
from digits.files import sha256
from digits.paths import CARDS, CHECKPOINTS, COMPARISONS, DIARIES, RUNS
from digits.tracking import ended, logged, registering, registry, runs

client = runs.connect()
experiment = runs.find_experiment(client)
ids = {}

def model(number):
    one = helper.make_tensor("one", TensorProto.FLOAT, [1], [number])
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Add", ["x", "one"], ["y"])], "g", [x], [y], [one])
    path = Path(f"artifacts/made/{number}/model.onnx")
    path.parent.mkdir(parents=True)
    onnx.save(helper.make_model(graph), path)
    return path

def run(name, number=None, status="FINISHED", **tags):
    with mlflow.start_run(run_name=name, tags=tags) as begun:
        ids[name] = begun.info.run_id
        mlflow.log_metric("loss", 1)
        mlflow.log_text("text", "history.csv")
        if number:
            logged.log_model(model(number), sha256(Path(f"artifacts/made/{number}/model.onnx")))
    client.set_terminated(ids[name], status)
    if status == "RUNNING":
        client.update_run(ids[name], status)
    return client.get_run(ids[name])

for number, name in enumerate(("refused", "champion"), 1):
    made = run(name, number)
    for _ in range(2):
        registering.add_version(client, made, made.data.tags["onnx.sha256"], None, None)
client.set_registered_model_alias("digits", "champion", "3")
registry.fetch(registry.champion())

run("old", 3)
study = run("search", **{"sweep.study": "search"})
for trial in range(2):
    run(f"trial {trial}", **{"sweep.study": "search", "mlflow.parentRunId": ids["search"]})
run("running", status="RUNNING")
run("interrupted", status="RUNNING")
run("noted")
run("deleted", 4)
client.delete_run(ids["deleted"])
run("pipeline", **{"onnx.sha256": sha256(model(5))})
Path("artifacts/made/5").rename("artifacts/train")
run("new")

own = RUNS / f"old-{ids['old'][:6]}"
own.parent.mkdir()
Path("artifacts/made/3").rename(own)
ended.note(own, "0" * 12, ids["old"], experiment)
for name, born in (("gone", experiment.creation_time), ("elsewhere", 1)):
    folder = RUNS / f"{name}-ffffff"
    Path(f"artifacts/made/{1 if name == 'gone' else 2}").rename(folder)
    ended.note(folder, "1" * 12, "f" * 32, experiment)
    file = folder / "trained.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"experiment": born, "sha256": name}))

def write(path, text="text"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

write(CHECKPOINTS / ("a" * 12) / "run_id", ids["interrupted"])
write(CHECKPOINTS / ("b" * 12) / "ended", "")
write(DIARIES / ids["noted"] / "notes.json", json.dumps([{"metrics": {"loss": 1}, "step": 1, "time": 1}]))
write(CARDS / ids["champion"][:8] / "evaluation" / "card.html")
write(CARDS / ids["old"][:8] / "evaluation" / "card.html")
write(COMPARISONS / "a-vs-b.html")
write(Path("mlartifacts") / ("e" * 32) / "artifacts" / "x.txt")
write(Path("mlartifacts/models") / ("m-" + "e" * 32) / "artifacts" / "x.txt")
write(Path("mlartifacts") / "own notes" / "x.txt")
write(registry.kept_files()[0].with_name("v9-0123456789abcdef.onnx"))
"""

KEEP = ("--keep", "1")
"""One version, besides the champion, and one run."""

GOES = [
    "version 2",
    "version 1",
    "study search, 3 runs",
    " old ",
    " refused ",
    " deleted ",
    "mlartifacts/eeeeeeee",
    "mlartifacts/models/m-eeeeeeee",
    "artifacts/checkpoints/aaaaaaaaaaaa",
    "artifacts/checkpoints/bbbbbbbbbbbb",
    "artifacts/runs/gone-ffffff",
    "artifacts/cards/",
    "artifacts/compare/a-vs-b.html",
    "cache/digits/models/v9-0123456789abcdef.onnx",
]
"""What the lines name, in their order."""

STAYS = {"champion", "running", "interrupted", "noted", "pipeline", "new"}
"""The names of the runs that do not go."""


@dataclass
class Checkout:
    """A folder with the code, a store and files."""

    path: Path

    @property
    def client(self) -> MlflowClient:
        return MlflowClient(f"sqlite:///{self.path}/mlflow.db", f"sqlite:///{self.path}/mlflow.db")

    def start(self, *command: str, **environment: str) -> "subprocess.Popen[str]":
        own = {"PYTHONPATH": str(self.path / "src"), "XDG_CACHE_HOME": str(self.path / "cache")}
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
        return subprocess.Popen(
            [sys.executable, *command], cwd=self.path, env=inherited | own | environment,
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def clean(self, *arguments: str, status: int = 0, **environment: str) -> str:
        process = self.start("-m", "digits.cli", "clean", *arguments, **environment)
        said = process.communicate()[0]
        assert process.returncode == status, said
        return said

    def runs(self, which: int = ViewType.ALL) -> dict[str, str]:
        """Name -> id of all runs, deleted ones too."""
        (experiment,) = self.client.search_experiments(view_type=ViewType.ALL, filter_string="name = 'digits'")
        found = self.client.search_runs([experiment.experiment_id], run_view_type=which)
        return {str(run.info.run_name): run.info.run_id for run in found}

    def files(self) -> dict[str, int]:
        """Path -> when changed, of all files but what the interpreter and a look at the store write."""
        found = [path for path in self.path.rglob("*") if path.is_file() and path.suffix not in (".pyc", ".lock")]
        mine = (path for path in found if path.relative_to(self.path).parts[:3] != ("cache", "digits", "registry"))
        return {str(path.relative_to(self.path)): path.stat().st_mtime_ns for path in mine}

    def age(self) -> None:
        """Makes all that the store holds `DAYS` older."""
        columns = {"runs": ("start_time", "end_time", "deleted_time"), "model_versions": ("creation_time",)}
        with closing(sqlite3.connect(self.path / "mlflow.db")) as store, store:
            for table, column in ((table, column) for table, of in columns.items() for column in of):
                store.execute(f"UPDATE {table} SET {column} = {column} - {DAYS * 86_400_000}")

    def age_files(self) -> None:
        """Makes the files a little older than that, as checkpoints are than a run's end."""
        then = time.time() - DAYS * 86_400 - 3600
        for folder in ("artifacts", "mlartifacts", "cache"):
            for each in (self.path / folder).rglob("*"):
                os.utime(each, (then, then))


def empty(path: Path) -> Checkout:
    for room in ("src", "conf"):
        shutil.copytree(ROOT / room, path / room, ignore=shutil.ignore_patterns("__pycache__"))
    return Checkout(path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    checkout = empty(tmp_path_factory.mktemp("made") / "digits")
    process = checkout.start("-c", MAKE)
    said = process.communicate()[0]
    assert process.returncode == 0, said
    checkout.age()
    return checkout


@pytest.fixture
def used(made: Checkout, tmp_path: Path) -> Checkout:
    """A checkout in which much has been done, sixty days ago."""
    checkout = Checkout(shutil.copytree(made.path, tmp_path / "digits"))
    checkout.age_files()
    follow(checkout.path / "mlflow.db", checkout.path / "mlartifacts", "digits")
    return checkout


def lines(said: str) -> list[str]:
    """Of the table, a thing each."""
    return [line.removeprefix("  ") for line in said.splitlines() if line.startswith("  ")]


def assert_only_what_is_needed_is_left(used: Checkout, before: Mapping[str, int]) -> None:
    assert used.runs().keys() == STAYS
    assert [str(version.version) for version in used.client.search_model_versions("name = 'digits'")] == ["4", "3"]
    run_ids, left = {*used.runs().values()}, {*used.files()}
    assert {path.name for path in (used.path / "mlartifacts").iterdir()} == {*run_ids, "models", "own notes"}
    assert len([*(used.path / "mlartifacts" / "models").iterdir()]) == 1  # the champion's
    assert {path.split("/")[2] for path in left if path.startswith("artifacts/runs/")} == {"elsewhere-ffffff"}
    others = ("src/", "conf/", "artifacts/train/", "artifacts/diaries/", "cache/digits/models/v3-")
    kept = {path for path in before if path.startswith(others)}
    assert kept <= left
    assert {path.split("/")[1] for path in left - kept if path.startswith("artifacts/")} == {"runs", "cards", "made"}
    assert f"artifacts/cards/{used.runs()['champion'][:8]}/evaluation/card.html" in left


def test_all_that_may_go_is_shown_and_nothing_changed(used: Checkout) -> None:
    before = used.files()
    said = used.clean(*KEEP)
    assert [line for line, name in zip(lines(said), GOES, strict=True) if name not in line] == []
    assert said.splitlines()[-1] == "remove it: digits clean --yes --keep 1"
    assert used.files() == before


def test_after_yes_it_is_gone_and_the_champion_reads(used: Checkout) -> None:
    # when all that may go is removed
    before = used.files()
    said = used.clean("--yes", *KEEP)
    assert f"removed  {len(GOES)}," in said.splitlines()[-1]

    # then the rest is whole, and what cannot go on is not called running any more
    assert_only_what_is_needed_is_left(used, before)
    shutil.rmtree(used.path / "cache")
    fetch = used.start("-c", "from digits.tracking import registry; registry.fetch(registry.champion())")
    assert fetch.communicate()[0] == ""
    assert used.client.get_run(used.runs()["interrupted"]).info.status == "KILLED"
    assert used.client.get_run(used.runs()["running"]).info.status == "RUNNING"
    assert " interrupted " in used.clean(*KEEP)  # whose checkpoints are gone


@pytest.mark.long
def test_a_kill_on_the_way_leaves_what_the_next_one_finishes(used: Checkout) -> None:
    before, first = used.files(), used.path / "mlartifacts" / used.runs()["old"]
    process = used.start("-m", "digits.cli", "clean", "--yes", *KEEP)
    while first.exists():
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert {*used.runs()} > STAYS
    used.clean("--yes", *KEEP)
    assert_only_what_is_needed_is_left(used, before)


def test_what_is_young_or_in_use_stays(used: Checkout) -> None:
    with resumable(used.path / "artifacts" / "checkpoints" / ("a" * 12), keep=True):
        said = used.clean("--only", "checkpoints")
    assert [line[:33] for line in lines(said)] == ["artifacts/checkpoints/bbbbbbbbbbb"]
    assert said.splitlines()[-1] == "remove it: digits clean --yes --only checkpoints"
    assert "nothing to remove" in used.clean("--days", "61")


@pytest.mark.long
def test_on_a_server_only_its_api_is_used(used: Checkout, free_port: Callable[[], int]) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "mlflow", "server", "--port", address.rpartition(":")[2], "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{used.path}/mlflow.db", "--artifacts-destination", str(used.path)]
    before = {path for path in used.files() if path.startswith("mlartifacts/")}
    with running("MLflow", command, lambda: mlflow_answers(address), cwd=used.path):
        said = used.clean("--yes", *KEEP, MLFLOW_TRACKING_URI=address)
    assert not any("mlartifacts" in line or " deleted " in line for line in lines(said))
    assert used.runs(ViewType.ACTIVE_ONLY).keys() == STAYS
    assert used.runs().keys() > STAYS  # for `mlflow gc` on the server's machine
    assert before <= {*used.files()}
    assert not [*used.path.glob("artifacts/runs/old-*")]


def test_a_deleted_experiment_ends_it_before_anything_goes(used: Checkout) -> None:
    (experiment,) = used.client.search_experiments(filter_string="name = 'digits'")
    used.client.delete_experiment(experiment.experiment_id)
    before = used.files()
    assert "mlflow experiments restore --experiment-id" in used.clean("--yes", "--days", "0", "--keep", "0", status=1)
    assert used.files() == before


def test_without_a_store_none_is_made_and_only_files_go(tmp_path: Path) -> None:
    checkout = empty(tmp_path / "digits")
    assert "nothing to remove" in checkout.clean("--days", "0", "--yes")
    orphan = checkout.path / "mlartifacts" / ("e" * 32)
    card = checkout.path / "artifacts" / "cards" / "01234567" / "card.html"
    for folder in (orphan, card.parent):
        folder.mkdir(parents=True)
    card.touch()
    checkout.clean("--days", "0", "--yes")
    assert orphan.exists()
    assert not card.parent.exists()
    assert not (checkout.path / "mlflow.db").exists()
    said = checkout.clean("--yes", status=1, MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    assert "error: the MLflow server http://127.0.0.1:9 cannot be reached" in said
    with FileLock(checkout.path / "cache" / "digits" / "clean.lock"):
        assert "another `digits clean` is removing things" in checkout.clean("--yes", status=1)
