"""The pictures in reports/: each function draws one Figure."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from digits.evaluation import scores
from digits.evaluation.held_out import Tests, mistakes

INK, RIGHT, WRONG = "#1f2937", "#2563eb", "#dc2626"
"""Text; good; bad."""

FAINT, GREY = "#6b7280", "#9ca3af"
"""Side remarks; lines, and what is there to compare with."""

TEAL, VIOLET, AMBER = "#0d9488", "#7c3aed", "#b45309"
"""Further things beside each other."""


def save(figure: Figure, path: Path) -> None:
    """Writes a PNG that holds nothing but the picture, so that equal pictures are equal files."""
    figure.savefig(path, dpi=110, metadata={"Software": None}, bbox_inches="tight", facecolor="white")


def confusion(tests: Tests) -> Figure:
    """Rows are what was written, columns what was read; right readings are left out, for they would drown the rest."""
    figure = Figure(figsize=(6.4 * len(tests), 6))
    for axes, (name, (digits, probabilities)) in zip(
        figure.subplots(1, len(tests), squeeze=False)[0], tests.items(), strict=True
    ):
        counts = np.zeros((10, 10), int)
        np.add.at(counts, (digits.labels, probabilities.argmax(axis=1)), 1)
        wrong = counts - np.diag(np.diag(counts))
        axes.imshow(wrong, cmap="Reds", vmin=0, vmax=max(wrong.max(), 1))
        for actual, read in np.ndindex(10, 10):
            if actual == read:
                axes.text(read, actual, f"{counts[actual, read]:,}", ha="center", va="center", color=GREY, fontsize=8)
            elif wrong[actual, read]:
                dark = wrong[actual, read] > wrong.max() / 2
                axes.text(
                    read,
                    actual,
                    wrong[actual, read],
                    ha="center",
                    va="center",
                    weight="bold",
                    color="white" if dark else INK,
                )
        axes.set(
            xticks=range(10),
            yticks=range(10),
            xlabel="read",
            ylabel="written",
            title=f"{name}: {wrong.sum()} of {len(digits):,} wrong",
        )
    figure.tight_layout()
    return figure


def reliability(tests: Tests, bins: int) -> Figure:
    """Accuracy against confidence; on the diagonal, 90 % sure means right nine times in ten."""
    figure = Figure(figsize=(5.4 * len(tests), 5))
    for axes, (name, (digits, probabilities)) in zip(
        figure.subplots(1, len(tests), squeeze=False)[0], tests.items(), strict=True
    ):
        filled = scores.reliability(probabilities, digits.labels, bins)
        ece = scores.summary(probabilities, digits.labels, bins)["ece"]
        axes.plot([0, 1], [0, 1], "--", color=GREY, lw=1)
        axes.bar(
            [b.low for b in filled],
            [b.accuracy for b in filled],
            width=1 / bins,
            align="edge",
            color=RIGHT,
            alpha=0.25,
            edgecolor=RIGHT,
        )
        axes.plot([b.confidence for b in filled], [b.accuracy for b in filled], "o", color=RIGHT)
        for b in filled:
            axes.annotate(f"{b.count:,}", (b.low + 0.5 / bins, 0.015), ha="center", fontsize=7, color=INK, rotation=90)
        axes.set(
            xlim=(0, 1),
            ylim=(0, 1.02),
            xlabel="confidence",
            ylabel="share read right",
            title=f"{name}: expected calibration error {ece:.4f}",
        )
    figure.text(0.5, -0.02, "upright numbers: readings in the bin", ha="center", fontsize=8, color=FAINT)
    figure.tight_layout()
    return figure


def gallery(tests: Tests, count: int) -> Figure:
    """The wrongly read digits, the surest first: what was written, what was read and how sure."""
    shown = {}
    for name, (digits, probabilities) in tests.items():
        shown[name] = mistakes(digits, probabilities)[:count]
    columns = 12
    rows = {name: max(1, -(-len(indices) // columns)) for name, indices in shown.items()}
    figure = Figure(figsize=(columns * 1.05, 0.6 * len(tests) + 1.5 * sum(rows.values())))
    parts = figure.subfigures(len(tests), 1, height_ratios=[0.4 + row for row in rows.values()], squeeze=False)[:, 0]
    for part, (name, (digits, probabilities)) in zip(parts, tests.items(), strict=True):
        part.suptitle(f"{name}: written → read, how sure", x=0.01, ha="left", weight="bold", color=INK)
        grid = part.subplots(rows[name], columns, squeeze=False).flat
        for axes in grid:
            axes.axis("off")
        for axes, index in zip(part.axes, shown[name], strict=False):
            row = probabilities[index]
            axes.imshow(255 - digits.images[index], cmap="gray", vmin=0, vmax=255)
            axes.set_title(f"{digits.labels[index]} → {row.argmax()}\n{row.max():.0%}", fontsize=9, color=WRONG)
            axes.text(0.5, -0.12, f"#{index}", transform=axes.transAxes, ha="center", fontsize=6, color=GREY)
    return figure


def learning_curves(history: Path) -> Figure:
    """Loss and validation error by epoch, from a training's history.csv."""
    with history.open(newline="") as file:
        rows = list(csv.DictReader(file))

    def column(name: str) -> list[float]:
        return [float(row[name]) for row in rows]

    figure = Figure(figsize=(12, 4))
    loss, error, rate = figure.subplots(1, 3)
    epochs = column("epoch")
    loss.plot(epochs, column("train/loss"), "-", color=INK, label="training (augmented, smoothed)")
    for name, color in (("mnist", RIGHT), ("pen", WRONG)):
        loss.plot(epochs, column(f"validation/{name}_nll"), "-", color=color, label=f"validation {name}")
        wrong = [100 * (1 - value) for value in column(f"validation/{name}_accuracy")]
        error.plot(epochs, wrong, ".-", color=color, label=f"validation {name}")
    rate.plot(epochs, column("learning_rate"), ".-", color=INK)
    loss.set(xlabel="epoch", title="loss (nats)", yscale="log")
    error.set(xlabel="epoch", title="wrongly read (%)", yscale="log")
    rate.set(xlabel="epoch", title="learning rate at the epoch's end")
    loss.legend(fontsize=8)
    error.legend(fontsize=8)
    figure.tight_layout()
    return figure


def handwriting(found: Mapping[str, Any]) -> Figure:
    """reports/handwriting.json as bars: what held-out people wrote under every condition, in every style, as whole
    numbers, and what was called uncertain."""
    rows: list[tuple[str, float, str]] = []
    for name, ways in found["conditions"].items():
        rows += [(f"{name}, as {way}", score["accuracy"], RIGHT) for way, score in ways.items()]
    rows += [(f"{name}, {score['digits']} of them", score["accuracy"], TEAL) for name, score in found["styles"].items()]
    for way, shares in found["numbers"].items():
        rows += [(f"whole numbers, {name}, as {way}", share, VIOLET) for name, share in shares.items()]
    outliers = found["uncertain"]["outlier"]["kinds"]
    rows += [(f"{kind}: called uncertain", share, AMBER) for kind, share in outliers.items()]

    figure = Figure(figsize=(9, 0.26 * len(rows) + 1))
    axes = figure.subplots()
    axes.barh(range(len(rows)), [share for _, share, _ in rows], color=[colour for _, _, colour in rows], height=0.7)
    for row, (_, share, _) in enumerate(rows):
        inside = share > 0.1
        axes.text(
            share + (-0.004 if inside else 0.004),
            row,
            f"{share:.1%}",
            ha="right" if inside else "left",
            va="center",
            color="white" if inside else INK,
            fontsize=8,
            weight="bold",
        )
    axes.set(yticks=range(len(rows)), ylim=(len(rows) - 0.4, -0.6), xlim=(0, 1))
    axes.set_yticklabels([name for name, _, _ in rows], fontsize=8, color=INK)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_title("Held-out people, one digit or whole numbers: read completely right", color=INK, fontsize=11)
    figure.tight_layout()
    return figure
