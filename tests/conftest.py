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
from clone import STUDY, STUDY_KNOBS, Clone, make
from filelock import FileLock
from screen import screen

from digits.data.mnist import FILES
from digits.files import sha256

pytest_plugins = ["hand", "writers"]  # a real window on the display, for tests/gui; hands, for tests/data

ROOT = Path(__file__).parent.parent

LONGEST = ("test_pipeline.py", "test_sweep.py", "test_diary.py", "test_ddp.py", "test_notebooks.py",
           "test_page_network.py", "test_deploy.py", "test_ui.py", "test_registry.py", "test_served.py",
           "test_private.py", "test_contributing.py", "test_window.py", "test_card.py", "test_made_pages.py",
           "test_compare.py", "test_soak.py")  # fmt: skip
"""Files of tests that come early: what several processes share out (`make test`) then ends at the same time in all."""

SMALLER = ["experiment=quick", "model.width=8", "trainer.threads=1", "train.epochs=1", "train.views=[[0,0]]"]
SMALLER += [
    "mix.mnist=4096",
    "mix.pen=1024",
    "mix.allograph=256",
    "mix.page=512",
    "mix.outlier=256",
    "train.ema_decay=0.9",
]


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
        make(scratch, mnist_raw)
        return scratch
    made = tmp_path_factory.getbasetemp().parent / "made"
    with FileLock(made.with_suffix(".lock")):  # one process makes it for all
        if not made.is_dir():
            make(scratch, mnist_raw)
            shutil.copytree(scratch.path, made.with_suffix(".part")).rename(made)
            return scratch
    shutil.copytree(made, scratch.path, ignore=shutil.ignore_patterns("mlflow.db*", "mlartifacts", "mlruns"))
    scratch.run("dvc", "repro")  # all is there, except in its own registry
    return scratch


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
