"""Fixtures that several test modules share: real MNIST, a real pipeline in a scratch clone, a real display."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from digits.data.mnist import FILES
from digits.files import sha256

ROOT = Path(__file__).parent.parent

SMALL = {  # knob of the scratch clone -> its value: every stage for real, on little data
    "conf/preprocess/default.yaml": {"pen_variants: 4": "pen_variants: 1"},
    "conf/mix/mnist_pen.yaml": {"mnist: null": "mnist: 8192", "pen: 10000": "pen: 2048"},
    "conf/model/residual.yaml": {"width: 24": "width: 8"},
    "conf/train/default.yaml": {"ema_decay: 0.995": "ema_decay: 0.9"},
}


@pytest.fixture(scope="session")
def mnist_raw(request: pytest.FixtureRequest) -> Path:
    """A folder with the four real MNIST files, to be read only: the pipeline's, else one kept in pytest's cache."""
    pipelines = ROOT / "artifacts" / "raw"
    if all((pipelines / name).is_file() and sha256(pipelines / name) == digest for name, digest in FILES.items()):
        return pipelines
    kept = Path(request.config.cache.mkdir("mnist"))
    command = [sys.executable, "-m", "digits.stages.download", f"out='{kept}'"]  # at once done if all are there
    subprocess.run(command, cwd=ROOT, check=True)
    return kept


@dataclass(frozen=True)
class Clone:
    """A scratch clone of this repository, its own code and its own registry."""

    path: Path

    def start(self, *command: str, **environment: str) -> "subprocess.Popen[str]":
        """Starts a command in the clone, in a process group of its own."""
        return subprocess.Popen(
            command,
            cwd=self.path,
            env=self.environment | environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, *command: str, status: int = 0, **environment: str) -> str:
        """Runs a command in the clone, checks its exit status, and returns what it printed."""
        process = self.start(*command, **environment)
        output, _ = process.communicate()
        assert process.returncode == status, output
        return output

    @property
    def environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "DVC_", "GIT_"))}
        return inherited | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.path / "src"),
            "XDG_CACHE_HOME": str(self.path / ".cache"),
        }

    def edit(self, file: str, old: str, new: str) -> None:
        """Replaces the one occurrence of `old` in a file."""
        text = (self.path / file).read_text()
        assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
        (self.path / file).write_text(text.replace(old, new))


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory, mnist_raw: Path) -> Clone:
    """A clone of the working tree with `SMALL` knobs, in which `dvc repro` has run once."""
    path = tmp_path_factory.mktemp("clone") / "digits"
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
    scratch = Clone(path)
    for file, changes in SMALL.items():
        for old, new in changes.items():
            scratch.edit(file, old, new)
    scratch.edit("conf/train/default.yaml", "epochs: 12", "epochs: 2")
    scratch.run("git", "init", "-q")
    scratch.run("git", "add", "-A")
    scratch.run("git", "-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "clone")
    scratch.run("dvc", "repro")
    return scratch


@pytest.fixture(scope="session")
def model(clone: Clone) -> Path:
    """A really trained model file: small, but it reads more than nine digits in ten."""
    return clone.path / "artifacts" / "train" / "model.onnx"


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A virtual screen; fails where Xvfb is missing, for a window that was not tested is not tested."""
    assert shutil.which("Xvfb"), "Xvfb is missing: `make test` installs it or says how"
    read, write = os.pipe()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    process.terminate()
    process.wait()
