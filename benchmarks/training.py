"""What recipes come to, side by side: time until 99 % of the validation images are right, in all, test scores.

    python benchmarks/training.py                        the default recipe with seeds 1, 2 and 3; 5 minutes each
    python benchmarks/training.py experiment=quick experiment=default experiment=tutorial

Trains and scores through the pipeline's own stages, tracked in MLflow like any run; each argument is one's override.
Prints a Markdown table. Times are of training, validation left out, by whole epochs; no test image is asked along the
way. The last column is the mean and the standard deviation between the runs (n - 1).
"""

import csv
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from digits.data.kinds import KINDS
from digits.files import sha256
from digits.tracking import runs

GOAL = 0.99
REACHED, IN_ALL = "s to 99 %", "s in all"


def train(override: str) -> dict[str, float]:
    """The figures of one training."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "train"
        subprocess.run([sys.executable, "-m", "digits.stages.train", f"out='{out}'", override], check=True)
        scoring = [sys.executable, "-m", "digits.stages.evaluate", f"model_file='{out / 'model.onnx'}'"]
        subprocess.run(scoring, check=True)
        with (out / "history.csv").open(newline="") as file:
            validation = [float(row["validation/mnist_accuracy"]) for row in csv.DictReader(file)]
        metrics = json.loads((out / "evaluation" / "metrics.json").read_text())
        client = runs.connect()
        seconds = runs.history(client, runs.find(client, sha256(out / "model.onnx")))["seconds"]
    reached = (after for after, share in zip(seconds, validation, strict=True) if share >= GOAL)
    scores = {f"{name} {metric}": metrics[name][metric] for name in KINDS for metric in ("accuracy", "nll", "ece")}
    return {REACHED: next(reached, float("nan")), IN_ALL: seconds[-1], **scores}


def main(overrides: list[str]) -> None:
    """Trains and prints."""
    found = [train(override) for override in overrides]
    print("| | " + " | ".join(overrides) + " | mean ± spread |\n|---|" + "---|" * (len(overrides) + 1))
    for figure in found[0]:
        form = ".2%" if figure.endswith("accuracy") else ".0f" if figure in (REACHED, IN_ALL) else ".4f"
        values = [each[figure] for each in found]
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        cells = " | ".join(format(value, form) for value in values)
        print(f"| {figure} | {cells} | {statistics.mean(values):{form}} ± {spread:{form}} |")


if __name__ == "__main__":
    main(sys.argv[1:] or ["seed=1", "seed=2", "seed=3"])
