"""Runs of several processes in one store."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mlflow import MlflowClient

PROCESSES, METRICS = 4, 100

LOG = """
import sys, time
from pathlib import Path
import mlflow, onnx, sqlalchemy
from digits.tracking import runs

folder, number, metrics = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
(folder / f"ready-{number}").touch()
while not (folder / "go").exists():
    time.sleep(0.001)
runs.connect()
with mlflow.start_run(run_name=number):
    for step in range(metrics):
        mlflow.log_metrics({"loss": float(step), "error": float(step)}, step=step)
"""


@pytest.mark.long
def test_processes_that_meet_no_store_at_once_lose_no_metric(tmp_path: Path) -> None:
    # given processes that wait for each other, and no store
    store = tmp_path / "mlflow.db"
    environment = os.environ | {"MLFLOW_TRACKING_URI": f"sqlite:///{store}"}
    command = [sys.executable, "-c", LOG, str(tmp_path)]
    started = [
        subprocess.Popen([*command, str(number), str(METRICS)], env=environment, stderr=subprocess.PIPE, text=True)
        for number in range(PROCESSES)
    ]
    while len(list(tmp_path.glob("ready-*"))) < PROCESSES:
        assert all(process.poll() is None for process in started)
        time.sleep(0.01)

    # when all connect and log at once
    (tmp_path / "go").touch()
    for process in started:
        _, errors = process.communicate()
        assert process.returncode == 0, errors

    # then each has a run of the same experiment, with everything it logged
    client = MlflowClient(environment["MLFLOW_TRACKING_URI"])
    (experiment,) = client.search_experiments(filter_string="name != 'Default'")
    assert experiment.name == "digits"
    found = client.search_runs([experiment.experiment_id])
    assert sorted(run.info.run_name or "" for run in found) == [str(number) for number in range(PROCESSES)]
    for run in found:
        for key in ("loss", "error"):
            assert len(client.get_metric_history(run.info.run_id, key)) == METRICS
