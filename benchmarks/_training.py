"""Trains and scores one recipe through the pipeline's own stages; what the training benchmarks share."""

import csv
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """What a training came to."""

    history: list[dict[str, float]]
    """A row an epoch: train's history.csv."""
    seconds: list[float]
    """Of training up to the end of each epoch, validation left out."""
    metrics: dict[str, dict[str, float]]
    """Of the test sets: evaluate's metrics.json."""


def train(*overrides: str) -> Outcome:
    """Runs the stages train and evaluate with these overrides, tracked in MLflow like any run."""
    from digits.files import sha256
    from digits.tracking import runs

    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "train"
        subprocess.run([sys.executable, "-m", "digits.stages.train", f"out='{out}'", *overrides], check=True)
        scoring = [sys.executable, "-m", "digits.stages.evaluate", f"model_file='{out / 'model.onnx'}'"]
        subprocess.run(scoring, check=True)
        with (out / "history.csv").open(newline="") as file:
            history = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
        metrics = json.loads((out / "evaluation" / "metrics.json").read_text())
        client = runs.connect()
        run = runs.find(client, sha256(out / "model.onnx"))
        assert run is not None
        seconds = {metric.step: metric.value for metric in client.get_metric_history(run.info.run_id, "seconds")}
    return Outcome(history, [seconds[step] for step in sorted(seconds)], metrics)
