"""Runs and models beside each other as pictures: each function draws one Figure."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from digits.charts.style import AMBER, INK, RIGHT, SERIES, bare, name_row, show
from digits.data.kinds import KINDS
from digits.evaluation.comparison import Pair


def learning(histories: Mapping[str, Mapping[str, Sequence[float]]]) -> Figure:
    """Learning curves of runs beside each other: name -> metric -> value at each epoch (`tracking.runs.history`)."""
    panels = {"training loss (nats)": {run: history.get("train/loss", []) for run, history in histories.items()}}
    for kind, (label, *_) in KINDS.items():
        right = {run: history.get(f"validation/{kind}_accuracy", []) for run, history in histories.items()}
        panels[f"{label}: wrong (%)"] = {run: [100 * (1 - share) for share in of] for run, of in right.items()}
    figure = Figure(figsize=(4 * len(panels), 3.8), layout="constrained")
    for axes, (title, curves) in zip(figure.subplots(1, len(panels)), panels.items(), strict=True):
        for i, (name, values) in enumerate(curves.items()):
            axes.plot(range(1, len(values) + 1), values, ".-", color=SERIES[i % len(SERIES)], label=name)
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if "%" in title:
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
            axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_title(title, fontsize=11, color=INK)
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", frameon=False, ncols=2)
    return figure


def compared(pair: Pair) -> Figure:
    """How many digits of each test set two models read wrong, with 95 % intervals, and whether that is chance."""
    tests = pair.first.tests
    figure = Figure(figsize=(5.2 * len(tests), 1.9), layout="constrained")
    for axes, (test, (digits, _)) in zip(figure.subplots(1, len(tests), squeeze=False)[0], tests.items(), strict=True):
        for place, (contender, colour) in enumerate(zip((pair.first, pair.second), (RIGHT, AMBER), strict=True)):
            errors = contender.estimate(test, "errors")
            axes.plot([errors.low, errors.high], [place, place], color=colour, lw=6, alpha=0.3, solid_capstyle="butt")
            axes.plot(errors.value, place, "o", color=colour)
            axes.annotate(f"{errors.value:.0f}", (errors.value, place), (0, 7), textcoords="offset points", ha="center")
        axes.set_yticks([0, 1], [pair.first.letter, pair.second.letter])
        axes.set(ylim=(1.6, -0.7), xlabel=f"wrong of {len(digits):,}")
        axes.set_xlim(left=0)
        found = f"{test}: {pair.verdict(test)}\n(McNemar's {pair.comparison(test).chance})"
        axes.set_title(found, fontsize=10, color=INK)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
    return figure


def alone(pair: Pair, test: str, columns: int) -> Figure:
    """Digits that only one of two models reads wrong, its surest mistakes first: written → read by A | by B."""
    figure = Figure(figsize=(1.05 * columns + 1, 3.1), layout="constrained")
    grid = figure.subplots(2, columns, squeeze=False)
    digits = pair.first.tests[test][0]
    read = [contender.tests[test][1].argmax(axis=1) for contender in (pair.first, pair.second)]
    for line, (contender, positions) in zip(grid, pair.alone(test), strict=True):
        for axes in line:
            bare(axes)
        for axes, position in zip(line, positions.tolist(), strict=False):
            show(axes, digits.images[position])
            both = " | ".join(str(of[position]) for of in read)
            axes.set_title(f"{digits.labels[position]} → {both}", fontsize=9, color=INK)
        name_row(line[0], f"{contender.letter} alone\nwrong: {len(positions)}")
    return figure
