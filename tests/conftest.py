"""Fixtures that several test modules share: real MNIST, a real pipeline in a scratch clone, a real display,
a real PostgreSQL."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clone import STUDY, STUDY_KNOBS, Clone
from filelock import FileLock
from screen import screen

from digits.data.mnist import FILES
from digits.files import sha256

pytest_plugins = ["hand", "writers"]  # a real window on the display, for tests/gui; hands, for tests/data

ROOT = Path(__file__).parent.parent

LONGEST = ("test_pipeline.py", "test_sweep.py", "test_diary.py", "test_ddp.py", "test_notebooks.py",
           "test_page_network.py", "test_deploy.py", "test_ui.py", "test_registry.py", "test_private.py",
           "test_contributing.py", "test_window.py", "test_card.py", "test_made_pages.py", "test_compare.py",
           "test_soak.py")  # fmt: skip
"""Files of tests that come early: what several processes share out (`make test`) then ends at the same time in all."""

SMALL: dict[str, dict[str, object]] = {  # knobs of the scratch clone: every stage for real, on little data
    "conf/pipeline.yaml": {"experiment": "default"},
    "conf/preprocess/default.yaml": {
        "mnist_validation": 2000,
        "pen_variants": 1,
        "outliers": 1200,
        "outliers_held_out": 200,
        "page_digits": 2000,
        "page_digits_held_out": 300,
    },
    "conf/pages/default.yaml": {"strips": 4000, "passes": 2, "epochs": 2, "batch_size": 16, "validation": 64},
    "conf/pages/network/two_scale.yaml": {"width": 32, "depth": 3, "fine": 24},
    "conf/mix/mnist_pen.yaml": {"mnist": 8192, "pen": 2048, "page": 1024, "outlier": 512},
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

SMALLER = ["experiment=quick", "model.width=8", "trainer.threads=1", "train.epochs=1", "train.views=[[0,0]]"]
SMALLER += ["mix.mnist=4096", "mix.pen=1024", "mix.page=512", "mix.outlier=256", "train.ema_decay=0.9"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """While one process makes the clone, for the first file, the other runs what needs none."""
    need_it = {item.path for item in items if "clone" in getattr(item, "fixturenames", ())}
    places = {name: place for place, name in enumerate(LONGEST)}

    def place(item: pytest.Item) -> tuple[bool, bool, int]:
        first = item.path.name == LONGEST[0]
        return not first, item.path in need_it, places.get(item.path.name, len(places))

    items.sort(key=place)


@pytest.fixture(scope="session")
def mnist_raw(request: pytest.FixtureRequest) -> Path:
    """A folder with the four real MNIST files, to be read only: the pipeline's, else one kept in pytest's cache."""
    pipelines = ROOT / "artifacts" / "raw"
    if all((pipelines / name).is_file() and sha256(pipelines / name) == digest for name, digest in FILES.items()):
        return pipelines
    kept = Path(request.config.cache.mkdir("mnist"))
    command = [sys.executable, "-m", "digits.stages.download", f"out='{kept}'"]  # at once done if all are there
    with FileLock(kept.with_suffix(".lock")):  # one process of pytest-xdist fetches for all
        subprocess.run(command, cwd=ROOT, check=True)
    return kept


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory, mnist_raw: Path) -> Clone:
    """A clone of the working tree with `SMALL` knobs, in which `dvc repro` has run once. Tests leave its data, its
    pipeline's outputs and its champion as they are."""
    scratch = Clone(tmp_path_factory.mktemp("clone") / "digits")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _make(scratch, mnist_raw)
        return scratch
    made = tmp_path_factory.getbasetemp().parent / "made"
    with FileLock(made.with_suffix(".lock")):  # one process makes it for all
        if not made.is_dir():
            _make(scratch, mnist_raw)
            shutil.copytree(scratch.path, made.with_suffix(".part")).rename(made)
            return scratch
    shutil.copytree(made, scratch.path, ignore=shutil.ignore_patterns("mlflow.db*", "mlartifacts", "mlruns"))
    scratch.run("dvc", "repro")  # all is there, except in its own registry
    return scratch


def _make(scratch: Clone, mnist_raw: Path) -> None:
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
    for file, knobs in SMALL.items():
        for key, value in knobs.items():
            scratch.turn(file, key, value)
    scratch.run("git", "init", "-q")
    scratch.run("git", "add", "-A")
    scratch.run("git", "-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "clone")
    notes = path / "artifacts" / "watched"
    notes.mkdir()
    watched = os.pathsep.join([str(path / "tests" / "watch"), scratch.environment["PYTHONPATH"]])
    scratch.run("dvc", "repro", PYTHONPATH=watched, WATCHED=str(notes))  # for tests/stages/test_edges.py


@pytest.fixture(scope="session")
def model(clone: Clone) -> Path:
    """A really trained model file: small, but it reads more than nine digits in ten."""
    return clone.path / "artifacts" / "train" / "model.onnx"


@pytest.fixture(scope="session")
def challenger(clone: Clone) -> Path:
    """The model file of a second run in the clone, worse than the champion."""
    output = clone.run("python", "-m", "digits.stages.train", *SMALLER)
    found = re.search(r"model_file=(\S+)", output)
    assert found
    return clone.path / found[1]


@pytest.fixture(scope="session")
def tiny(clone: Clone) -> Iterator[Clone]:
    """The clone with a study whose trials take a second."""
    file = clone.path / "conf" / "sweep" / "tiny.yaml"
    file.write_text(STUDY)
    yield clone
    file.unlink()


@pytest.fixture(scope="session")
def finished_study(tiny: Clone) -> str:
    """The name of a study in the clone that ran to its end."""
    tiny.run("digits", "sweep", *STUDY_KNOBS, "sweep.study=whole")
    return "whole"


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A virtual screen; fails where Xvfb is missing, for a window that was not tested is not tested."""
    assert shutil.which("Xvfb"), "Xvfb is missing: `make test` installs it or says how"
    with screen() as name:
        yield name


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Gives a port of this machine that nobody listens on."""

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


@pytest.fixture
def postgresql(free_port: Callable[[], int]) -> Iterator[str]:
    """The URL of an empty database in a real PostgreSQL, started as deploy/local.py starts it; fails where there is
    none, for a store that was not tested is not tested."""
    import local  # needs psycopg2, which a light installation lacks

    # Not below pytest's folders: they are closed to the system user that PostgreSQL runs as in root's place.
    with tempfile.TemporaryDirectory(prefix="digits-") as folder:
        Path(folder).chmod(0o755)
        with local.postgresql(Path(folder), free_port()) as server:
            yield f"{server}/optuna"
