"""`digits ui`: MLflow's pages, for this machine alone, on the columns that matter."""

import json
import re
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
import pytest
from clone import Clone

from digits.tracking import ui


@contextmanager
def serving(clone: Clone, port: int) -> Iterator[str]:
    """What `digits ui` says until it serves; it is interrupted at the end, as Ctrl+C does."""
    process = clone.start("digits", "ui", "--no-browser", "--port", str(port))
    assert process.stdout
    said = ""
    try:
        while "Ctrl+C" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        yield said
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0, rest
    assert rest.endswith("MLflow ended\n")


def test_it_shows_our_columns_to_this_machine_alone_until_interrupted(clone: Clone) -> None:
    # given a port that is taken
    with socket.create_server((ui.LOOPBACK, 0)) as taken:
        busy = taken.getsockname()[1]
        # when the pages are served
        with serving(clone, busy) as said:
            # then from another port, which is named
            assert f"port {busy} is taken" in said
            address = re.search(r"http://127\.0\.0\.1:(\d+)/(#\S+)", said)
            assert address
            port = int(address[1])
            assert port != busy
            # and the address opens the view that the experiment keeps
            experiment, key = re.fullmatch(r"#/experiments/(\d+)/runs\?.*viewStateShareKey=(\w+)", address[2]).groups()  # type: ignore[union-attr]
            server = f"http://127.0.0.1:{port}"
            query = f"{server}/api/2.0/mlflow/experiments/get?experiment_id={experiment}"
            with urllib.request.urlopen(query, timeout=30) as answer:
                tags = {tag["key"]: tag["value"] for tag in json.load(answer)["experiment"]["tags"]}
            columns = json.loads(tags[f"mlflow.sharedViewState.{key}"])["selectedColumns"]
            assert {"metrics.`mnist.accuracy`", "metrics.`pen.accuracy`", "params.`model.name`"} <= {*columns}
            # and nobody else gets in: no other address of this machine, no page that calls us by another name
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.2", port), timeout=5)
            foreign = urllib.request.Request(query, headers={"Host": "elsewhere.example"})
            with pytest.raises(urllib.error.HTTPError, match="403"):
                urllib.request.urlopen(foreign, timeout=30)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((ui.LOOPBACK, port), timeout=5)


def test_mlflows_page_looks_for_shared_views_where_ours_is_put() -> None:
    """Private to MLflow, so that only its page tells: the experiment's tag, and the key in the address."""
    (script,) = (Path(mlflow.__file__).parent / "server/js/build/static/js").glob("main.*.js")
    assert {'"mlflow.sharedViewState."', '"viewStateShareKey"'} <= {*re.findall('"[\\w.]+"', script.read_text())}


@pytest.mark.long
def test_a_deleted_experiment_is_named_with_what_restores_it_and_mlflow_opens(
    clone: Clone, free_port: Callable[[], int]
) -> None:
    experiment = mlflow.MlflowClient(f"sqlite:///{clone.path}/mlflow.db").get_experiment_by_name("digits")
    assert experiment
    restore = ("mlflow", "experiments", "restore", "--experiment-id", experiment.experiment_id)
    clone.run("mlflow", "experiments", "delete", "--experiment-id", experiment.experiment_id)
    try:
        for command in ("digits card --no-browser", "digits compare", "python -m digits.stages.train"):
            said = clone.run(*command.split(), status=1)
            assert f"`{' '.join(restore)}` brings them back" in said
            assert "Traceback" not in said
        with serving(clone, free_port()) as said:
            assert "was deleted in MLflow" in said
    finally:
        clone.run(*restore)
    assert "card" in clone.run("digits", "card", "--no-browser")
