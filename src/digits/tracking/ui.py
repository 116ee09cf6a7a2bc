"""MLflow's pages on this machine alone, opened on the list of runs with the columns that matter here, or on one run."""

import json
import os
import signal
import socket
import sys
import webbrowser
from typing import Any

from digits.errors import DigitsError
from digits.paths import ROOT
from digits.tracking import diary, runs
from digits.tracking.server import mlflow_answers, running
from digits.tracking.store import ARTIFACTS, EXPERIMENT, is_server, registry_uri, shown, tracking_uri

LOOPBACK = "127.0.0.1"

COLUMNS = {
    "attributes.`Run Name`": 230,
    "metrics.`mnist.accuracy`": 110,
    "metrics.`mnist.errors`": 95,
    "metrics.`pen.accuracy`": 95,
    "metrics.`pen.errors`": 85,
    "metrics.`train_seconds`": 95,
    "params.`model.name`": 85,
    "params.`model.width`": 85,
    "params.`mix.name`": 85,
    "params.`train.epochs`": 90,
    "params.`seed`": 55,
    "tags.`git.commit`": 90,
}
"""Of the list of runs, as MLflow's page names them, with their widths in pixels."""

VIEW = "digits"
"""Key of the view that we share."""


def view(client: Any) -> str:
    """The part of an address that opens MLflow's page with `COLUMNS`, which are stored with the experiment.

    MLflow keeps the views that people share as tags of the experiment: `mlflow.sharedViewState.<key>` holds the
    page's state as JSON, and `?viewStateShareKey=<key>` opens it.
    """
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    state = {
        "selectedColumns": list(COLUMNS),
        "columnOrder": list(COLUMNS),
        "columnWidths": COLUMNS,
        "orderByKey": "attributes.start_time",
        "orderByAsc": False,
    }
    client.set_experiment_tag(experiment, f"mlflow.sharedViewState.{VIEW}", json.dumps(state))
    return f"#/experiments/{experiment}/runs?workflowType=machine_learning&viewStateShareKey={VIEW}"


def serve(run: str | None, port: int, browser: bool) -> None:
    """Serves until Ctrl+C; where MLflow runs on a server already, only opens that.

    What trainings noted while MLflow was away is handed over first.

    Args:
        run: the one whose page to open, as `digits.tracking.runs.named` takes it; None for the list of all.
        port: of this machine; where it is taken, a free one is used.
        browser: whether to open the page, or only to print its address.

    Raises:
        DigitsError: there is no such run, MLflow does not start, or its server cannot be reached.
    """
    print("asking MLflow", flush=True)
    try:
        client = runs.connect()
        diary.hand_over()
        page = view(client) if run is None else page_of(runs.named(client, run))
    except runs.ExperimentDeleted as error:
        print(error)
        page = "#/experiments"
    store = tracking_uri()
    if is_server(store):
        _open(f"{store.rstrip('/')}/{page}", browser)
        return
    free = free_port(port)
    if free != port:
        print(f"port {port} is taken: using {free}")
    address = f"http://{LOOPBACK}:{free}"
    print("starting MLflow", flush=True)
    for end_of_us in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # SIGINT too: in the background it was ignored
        signal.signal(end_of_us, signal.default_int_handler)
    # None of its processes for jobs that nobody here gives it.
    environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "PYTHONWARNINGS": "ignore"}
    try:
        with running("MLflow", _command(free), lambda: mlflow_answers(address), env=environment) as server:
            _open(f"{address}/{page}", browser)
            print("Ctrl+C ends it", flush=True)
            raise DigitsError(f"MLflow ended by itself (exit status {server.wait()}): start digits ui again")
    except KeyboardInterrupt:
        print("\nMLflow ended")


def page_of(run: Any, artifact: str = "") -> str:
    """The part of an address that opens a run's page, at an artifact if one is named."""
    place = f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"
    return f"{place}{artifact and '/artifacts/'}{artifact}?workflowType=machine_learning"


def _open(address: str, browser: bool) -> None:
    print(f"MLflow: {shown(address)}", flush=True)
    if browser and not webbrowser.open(address):
        print("no browser could be opened: open this address yourself")


def free_port(wanted: int) -> int:
    """The wanted port of this machine if nobody listens there, else one that is free."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # not taken by connections just closed
            try:
                probe.bind((LOOPBACK, port))
            except (OSError, OverflowError):
                continue
            return int(probe.getsockname()[1])
    raise DigitsError(f"no port of {LOOPBACK} is free")


def _command(port: int) -> list[str]:
    """What starts MLflow's server on a port of this machine, in one process."""
    command = [sys.executable, "-m", "mlflow", "server", "--host", LOOPBACK, "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", tracking_uri(), "--registry-store-uri", registry_uri()]
    command += ["--artifacts-destination", (ROOT / ARTIFACTS).as_uri()]
    # Any port, for it may be forwarded; no other name, for a browser can be tricked into taking one for this machine.
    return [*command, "--allowed-hosts", f"{LOOPBACK}:*,localhost:*", "--uvicorn-opts", "--log-level warning"]
