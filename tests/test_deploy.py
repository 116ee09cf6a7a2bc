"""What several machines share: the server on PostgreSQL, and the DVC remote."""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import local
import pytest
import yaml
from clone import Clone
from mlflow import MlflowClient
from PIL import Image

from digits.data import sets
from digits.files import sha256
from digits.reading.reader import Reader
from digits.tracking import registering, registry

CHAMPION = 'import sys; from digits.tracking import registry as r; print(r.champion().number, "mlflow" in sys.modules)'
DEPLOY = Path(__file__).parent.parent / "deploy"


@contextlib.contextmanager
def server(folder: Path, port: int, database_port: int) -> Iterator[str]:
    """deploy/local.py, run as people run it, until SIGTERM; the MLflow URL that it prints."""
    script = [sys.executable, str(DEPLOY / "local.py"), str(folder)]
    process = subprocess.Popen(
        [*script, f"--port={port}", f"--database-port={database_port}"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield next(line for line in process.stdout if "MLFLOW_TRACKING_URI" in line).strip().partition("=")[2]
    finally:
        process.terminate()
        said = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    assert "keeps everything" in said


@pytest.mark.long
def test_a_training_is_tracked_registered_and_read_through_the_shared_server(
    clone: Clone, free_port: Callable[[], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = (
        "train.epochs=2",
        "mix.mnist=1024",
        "mix.pen=0",
        "mix.allograph=0",
        "mix.page=0",
        "mix.outlier=0",
        "seed=5",
        f"out={tmp_path}",
    )
    model, port = tmp_path / "model.onnx", free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # for the user that PostgreSQL runs as in root's place
        with server(folder, free_port(), port) as url:
            # given a machine that has trained and registered
            clone.run("python", "-m", "digits.stages.train", *train, MLFLOW_TRACKING_URI=url)
            clone.run("python", "-m", "digits.stages.register", f"model_file={model}", MLFLOW_TRACKING_URI=url)

            # then another gets the champion from the server, and finds its run there
            monkeypatch.setenv("MLFLOW_TRACKING_URI", url)
            monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
            assert sha256(Reader.champion().path) == sha256(model)
            (version,) = registry.versions()
            assert version.champion
            assert version.tags["onnx.sha256"] == sha256(model)
            assert "train/loss" in version.metrics

            # and sees at once, and without MLflow's client from then on, who is champion
            client = MlflowClient(url, url)
            run = client.get_run(version.run_id)
            other = registering.add_version(client, run, version.sha256, about=None, card=None)
            client.set_registered_model_alias("digits", "champion", other)
            looks = [clone.run("python", "-c", CHAMPION, MLFLOW_TRACKING_URI=url).split() for _ in range(2)]
            assert looks == [[other, "True"], [other, "False"]]

        # and all of it outlives the server
        assert sha256(next(folder.glob("artifacts/**/model.onnx"))) == sha256(model)
        with local.postgresql(folder, port) as database:
            steps = MlflowClient(f"{database}/mlflow").get_metric_history(version.run_id, "validation/error")
            assert [metric.step for metric in steps] == [1, 2]


def test_the_compose_file_pins_what_is_locked_listens_here_only_and_holds_no_password() -> None:
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = composed["services"]
    assert services["mlflow"]["image"] == f"ghcr.io/mlflow/mlflow:v{version('mlflow')}-full"
    assert all(port.startswith("127.0.0.1:") for service in services.values() for port in service["ports"])
    assert all("healthcheck" in service for service in services.values())
    assert services["postgresql"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
    assert ":${POSTGRES_PASSWORD}@" in services["mlflow"]["environment"]["MLFLOW_BACKEND_STORE_URI"]


def test_a_second_machine_pulls_data_and_model_and_need_not_train(clone: Clone, model: Path, tmp_path: Path) -> None:
    # given a machine that has pushed what its pipeline made
    clone.run("dvc", "remote", "add", "--force", "--default", "shared", str(tmp_path / "remote"))
    clone.run("dvc", "push")
    clone.run("git", "add", "-A")
    clone.run("git", "-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-qm", "pushed")

    # when another clones and pulls
    clone.run("git", "clone", "-q", ".", str(tmp_path / "second"))
    second = Clone(tmp_path / "second")
    second.run("dvc", "pull")

    # then it has data and model, which reads, and nothing is left to run but the look at its own registry
    pulled = second.path / "artifacts" / "train" / "model.onnx"
    assert sha256(pulled) == sha256(model)
    digits = sets.load(second.path / "artifacts" / "data", "mnist-validation")
    Image.fromarray(255 - digits.images[0]).resize((112, 112)).save(tmp_path / "digit.png")
    assert "\t" in second.run("digits", "read", "--model", str(pulled), str(tmp_path / "digit.png"))
    assert "up to date" in second.run("dvc", "status", "download", "preprocess", "train", "evaluate")
