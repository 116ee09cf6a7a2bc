"""A training whose tracking server, a real one, stops and comes back."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from clone import Clone
from mlflow import MlflowClient

from digits.files import sha256
from digits.tracking import diary, store
from digits.tracking.diary import Diary
from digits.tracking.server import mlflow_answers, running

EPOCHS = 24

TRAINING = f"model.width=8 trainer.threads=1 train.epochs={EPOCHS} train.views=[[0,0]] train.ema_decay=0.9"
TRAINING += " train.calibration_pages=50 mix.mnist=2048 mix.pen=0 mix.allograph=0 mix.page=0 mix.outlier=0 seed=9"


@contextmanager
def mlflow_server(folder: Path, port: int) -> Iterator[None]:
    """MLflow on this machine, with what it held before; it ends with the block."""
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder}/db", "--artifacts-destination", str(folder / "files")]
    quiet = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with running("MLflow", command, lambda: mlflow_answers(f"http://127.0.0.1:{port}"), folder / "log", env=quiet):
        yield


def heard(process: "subprocess.Popen[str]", *signs: str) -> str:
    """What it says until all the signs have come, in this order."""
    assert process.stdout
    said, waiting = "", list(signs)
    while waiting:
        line = process.stdout.readline()
        assert line, said
        said += line
        if waiting[0] in line:
            del waiting[0]
    return said


@pytest.mark.long
def test_a_training_goes_on_without_its_server_and_hands_over_what_it_noted(
    clone: Clone, free_port: Callable[[], int], tmp_path: Path
) -> None:
    # given a training that has told a server of an epoch; it is held whenever the server starts or stops
    port, out = free_port(), tmp_path / "out"
    uri = f"http://127.0.0.1:{port}"
    with mlflow_server(tmp_path, port):
        command = ("python", "-m", "digits.stages.train", *TRAINING.split(), f"out={out}")
        training = clone.start(*command, MLFLOW_TRACKING_URI=uri)
        heard(training, f"epoch   1/{EPOCHS}")
        os.killpg(training.pid, signal.SIGSTOP)
    # when the server stops, then that is said once, and the training goes on
    os.killpg(training.pid, signal.SIGCONT)
    said = heard(training, "takes no notes now", f"epoch   3/{EPOCHS}", f"epoch   4/{EPOCHS}")
    assert said.count("takes no notes now") == 1
    # when it is there again, then it is told
    os.killpg(training.pid, signal.SIGSTOP)
    with mlflow_server(tmp_path, port):
        os.killpg(training.pid, signal.SIGCONT)
        heard(training, "MLflow is back")
        os.killpg(training.pid, signal.SIGSTOP)

    # when it stops for good, then the training ends well, and says where its diary lies
    os.killpg(training.pid, signal.SIGCONT)
    gone = time.monotonic()
    said, _ = training.communicate()
    assert training.returncode == 0, said
    assert f"epoch  {EPOCHS}/{EPOCHS}" in said
    assert time.monotonic() - gone < 120
    (diary,) = [path for path in (clone.path / "artifacts" / "diaries").iterdir() if (path / "notes.json").exists()]
    assert f"it lies in {diary.relative_to(clone.path)}, and `digits ui` hands it over" in said
    assert "Traceback" not in said
    # and only the registry wants the server
    register = ("python", "-m", "digits.stages.register", f"model_file={out}/model.onnx")
    refused = clone.run(*register, status=1, MLFLOW_TRACKING_URI=uri)
    assert f"error: the MLflow server {uri} cannot be reached" in refused

    # when it is back, then one command hands over all of the run, and nothing is left
    with mlflow_server(tmp_path, port):
        assert "MLflow has now all that was noted" in clone.run("digits", "ui", "--no-browser", MLFLOW_TRACKING_URI=uri)
        client = MlflowClient(uri)
        run = client.get_run(diary.name)
        steps = [metric.step for metric in client.get_metric_history(diary.name, "train/loss")]
        assert sorted(steps) == list(range(1, EPOCHS + 1))
        assert run.info.status == "FINISHED"
        assert run.data.tags[store.SHA_TAG] == sha256(out / "model.onnx")
        assert {"train_seconds", "final/validation_mnist_accuracy"} <= run.data.metrics.keys()
        assert {"learning.png", "history.csv"} <= {each.path for each in client.list_artifacts(diary.name)}
        assert not diary.exists()
        assert "digits version 1 is now the champion" in clone.run(*register, MLFLOW_TRACKING_URI=uri)


class _Drops(BaseHTTPRequestHandler):
    """Says that it is well, and hangs up on whoever wants more."""

    def do_GET(self) -> None:
        if self.path == "/health":
            self.send_response(200)
            self.end_headers()

    def do_POST(self) -> None:
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_server_that_drops_what_it_is_told_is_not_asked_for_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Drops) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{server.server_port}")
        began = time.monotonic()
        Diary("0123").metrics({"train_seconds": 1.0})
        assert time.monotonic() - began < 120  # of 500 that MLflow would take
        server.shutdown()
    assert capsys.readouterr().err.count("the training goes on") == 1


def test_a_server_that_hangs_holds_a_training_up_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(store, "_ANSWER_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://ann:s3cret@127.0.0.1:{silent.getsockname()[1]}")
        diary, began = Diary("0123"), time.monotonic()
        for epoch in range(20):
            diary.epoch(epoch, {"train/loss": 0.1}, {})
        assert 1 <= time.monotonic() - began < 2
    said = capsys.readouterr().err
    assert said.count("takes no notes now (timed out): the training goes on") == 1
    assert "s3cret" not in said


def test_a_diary_that_another_process_hands_over_first_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(diary, "DIARIES", tmp_path)
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "notes.json").write_text('[{"status": "FINISHED", "time": 1}]')

    def handed_over_meanwhile(*_: object) -> bool:
        shutil.rmtree(folder)
        return True

    monkeypatch.setattr(store, "find_run", handed_over_meanwhile)
    diary.hand_over()
    assert not list(tmp_path.iterdir())
