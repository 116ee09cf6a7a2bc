"""The pictures in reports/: each function draws one Figure."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from digits import scores
from digits.data.sets import DigitSet
from digits.trials.outside import Outside

Tests = Mapping[str, tuple[DigitSet, NDArray[np.float32]]]
"""Name of a test set -> its digits and the probabilities (N, 10) read from them."""

INK, RIGHT, WRONG = "#1f2937", "#2563eb", "#dc2626"
"""Text; good; bad."""

TEAL, VIOLET, AMBER = "#0d9488", "#7c3aed", "#b45309"
"""Further things beside each other."""

GREY = "#9ca3af"
"""What is there to compare with."""


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
                axes.text(
                    read, actual, f"{counts[actual, read]:,}", ha="center", va="center", color="#9ca3af", fontsize=8
                )
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
        axes.plot([0, 1], [0, 1], "--", color="#9ca3af", lw=1)
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
    figure.text(0.5, -0.02, "upright numbers: readings in the bin", ha="center", fontsize=8, color="#6b7280")
    figure.tight_layout()
    return figure


def gallery(tests: Tests, count: int) -> Figure:
    """The wrongly read digits, the surest first: what was written, what was read and how sure."""
    shown = {}
    for name, (digits, probabilities) in tests.items():
        wrong = np.flatnonzero(probabilities.argmax(axis=1) != digits.labels)
        shown[name] = wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")][:count]
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
            axes.text(0.5, -0.12, f"#{index}", transform=axes.transAxes, ha="center", fontsize=6, color="#9ca3af")
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


def robustness(found: Mapping[str, Any]) -> Figure:
    """reports/robustness.json as curves: accuracy against strength under each corruption, the `seed` experiment's in
    grey, and against the height of digits in small pictures."""
    colours = dict(zip(found["corrupted"], (RIGHT, TEAL), strict=False))
    corruptions = list(next(iter(found["corrupted"].values()))["by_corruption"])
    figure = Figure(figsize=(11, 9.5))
    grid = figure.add_gridspec(4, 4, hspace=0.5, wspace=0.12, top=0.89)
    for place, corruption in enumerate(corruptions):
        axes = figure.add_subplot(grid[divmod(place, 4)])
        for name, colour in colours.items():
            style = "-" if colour == RIGHT else "--"
            if name in found["seed"]:
                axes.plot(found["seed"][name]["by_corruption"][corruption], style, color=GREY, lw=1.4)
            axes.plot(found["corrupted"][name]["by_corruption"][corruption], style, color=colour, lw=1.8)
        axes.set(xticks=range(6), xlim=(-0.15, 5.15))
        axes.set_title(corruption, fontsize=10, color=INK)
        _shares(axes, labelled=place % 4 == 0)
        if place >= len(corruptions) - 4:
            axes.set_xlabel("strength", fontsize=8, color=INK)
    small = figure.add_subplot(grid[3, :])
    for name, shares in found["small"].items():
        heights, values = [int(height) for height in shares], list(shares.values())
        small.plot(heights, values, "o-" if colours[name] == RIGHT else "o--", color=colours[name], ms=4, lw=1.8)
    small.set(xticks=heights, xlim=(max(heights) + 0.5, min(heights) - 0.5))
    small.set_title("small pictures, read as a whole", fontsize=10, color=INK)
    small.set_xlabel("height of the digit, pixels", fontsize=8, color=INK)
    _shares(small, labelled=True)

    lines = [Line2D([], [], color=c, lw=2, ls="-" if c == RIGHT else "--") for c in colours.values()]
    names = [_mean(name, found["corrupted"][name]) for name in colours]
    for name, score in found["seed"].items():
        lines.append(Line2D([], [], color=GREY, lw=2, ls="-" if colours[name] == RIGHT else "--"))
        names.append(_mean(f"{name}, seed experiment", score))
    figure.legend(lines, names, loc="upper center", bbox_to_anchor=(0.5, 0.975), ncols=2, frameon=False, fontsize=9)
    figure.suptitle("Damaged test digits: share read right", color=INK, fontsize=12, y=0.99)
    return figure


def _mean(name: str, score: Mapping[str, Any]) -> str:
    return f"{name}: {score['undamaged']:.1%} undamaged, {score['mean']:.1%} on average ({score['digits']:,} digits)"


def _shares(axes: Axes, labelled: bool) -> None:
    """An axis of shares from 0 to 1, and as little else as possible."""
    axes.set(ylim=(0, 1.03), yticks=[0, 0.25, 0.5, 0.75, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(axis="y", color="#e5e7eb", lw=0.8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(labelsize=8, length=0, colors=INK, labelleft=labelled)


def outside(found: Outside) -> Figure:
    """Digits from elsewhere that were read wrong, as what they were read, in the order of what they are."""
    shown = sorted(found.wrong, key=lambda place: (found.labels[place], found.texts[place]))
    columns = 15
    rows = max(1, -(-len(shown) // columns))
    figure = Figure(figsize=(columns * 0.78, 0.7 + 0.9 * rows))
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for axes, place in zip(grid.flat, shown, strict=False):
        axes.imshow(found.pictures[place], cmap="gray", vmin=0, vmax=255)
        axes.set_title(f"{found.labels[place]} → {found.texts[place] or 'nothing'}", fontsize=9, color=WRONG)
    share = 1 - len(shown) / len(found.labels)
    title = f"Optical digits, {len(found.labels):,} of 13 other people: {share:.1%} right, {len(shown)} wrong"
    figure.suptitle(title, x=0.01, ha="left", color=INK, fontsize=11, weight="bold")
    figure.tight_layout()
    return figure
