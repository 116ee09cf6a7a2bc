"""How the training went."""

import csv
import re
from pathlib import Path

from matplotlib.figure import Figure

from digits.charts.evaluation import chart
from digits.charts.style import INK, SERIES


@chart("Loss, validation error and learning rate by epoch")
def learning(history: Path) -> Figure:
    """Loss, validation error and learning rate by epoch, from a training's history.csv."""
    with history.open(newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {name: [float(row[name]) for row in rows] for name in rows[0]}
    sets = re.findall(r"validation/(\w+)_nll", " ".join(columns))
    figure = Figure(figsize=(12, 4))
    loss, error, rate = figure.subplots(1, 3)
    epochs = columns["epoch"]
    loss.plot(epochs, columns["train/loss"], "-", color=INK, label="training (augmented, smoothed)")
    for name, colour in zip(sets, SERIES, strict=False):
        loss.plot(epochs, columns[f"validation/{name}_nll"], "-", color=colour, label=f"validation {name}")
        wrong = [100 * (1 - value) for value in columns[f"validation/{name}_accuracy"]]
        error.plot(epochs, wrong, ".-", color=colour, label=f"validation {name}")
    rate.plot(epochs, columns["learning_rate"], ".-", color=INK)
    loss.set(xlabel="epoch", title="loss (nats)", yscale="log")
    error.set(xlabel="epoch", title="wrongly read (%)", yscale="log")
    rate.set(xlabel="epoch", title="learning rate at the epoch's end")
    loss.legend(fontsize=8)
    error.legend(fontsize=8)
    figure.tight_layout()
    return figure
