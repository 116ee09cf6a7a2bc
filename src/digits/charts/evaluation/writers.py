"""Where it errs: by class, and by the person who wrote."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from digits.charts.evaluation import chart
from digits.charts.style import COLUMNS, FAINT, INK, WRONG, Part, beside, cells, digit, heading, of_sets, plain, stacked
from digits.evaluation.breakdown import Estimate
from digits.evaluation.held_out import Tests


@chart("Wrong readings by digit, and the held-out people: in red what was read wrong, then the least sure")
def writers(tests: Tests, depth: Mapping[str, Any]) -> Figure:
    """Wrongly read digits by class and set; and for every writer who is known, those digits that were read wrong, the
    surest first, then those read right but with the least confidence, as many as there is room for."""
    rows = [(name, writer, of) for name in tests for writer, of in depth[name].get("writers", {}).items()]
    rows.sort(key=lambda row: row[2]["accuracy"]["value"])
    heights = [3.6, *([0.95 * len(rows) + 0.4] if rows else [])]
    figure = Figure(figsize=(12.4, sum(heights)))
    top, *below = stacked(figure, heights)
    _classes(top, {name: depth[name]["classes"] for name in tests})
    for part in below:
        _people(part, tests, rows)
    return figure


def _classes(part: Part, classes: Mapping[str, Mapping[str, Any]]) -> None:
    """Dots with whiskers: a place for each digit, a colour for each set."""
    axes = part.subplots()
    part.subplots_adjust(left=0.06, right=0.99, top=0.87, bottom=0.15)
    shifts = np.linspace(-0.12, 0.12, len(classes))
    for shift, (name, colour) in zip(shifts, of_sets(classes).items(), strict=True):
        groups = classes[name]
        at = [int(label) + shift for label in groups]
        _whiskers(axes, at, [group["accuracy"] for group in groups.values()], colour, name)
        for x, group in zip(at, groups.values(), strict=True):
            if group["errors"]:
                point = (x, 1 - group["accuracy"]["value"])
                beside(axes, f"{group['errors']}", point, (5, 0), fontsize=7.5, color=colour, va="center")
    plain(axes, "Wrongly read, by the digit that was written (dots; their number; 95 % intervals)")
    axes.grid(axis="x", visible=False)
    axes.set(xticks=range(10), xlim=(-0.5, 9.5), ylim=(0, None))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.legend(frameon=False, fontsize=9, loc="upper left")


def _whiskers(axes: Axes, at: Sequence[float], accuracies: Sequence[Estimate], colour: str, label: str) -> None:
    """Share of wrong readings, with its interval, of accuracies."""
    value = np.array([1 - of["value"] for of in accuracies])
    below = np.maximum(0, value - [1 - of["high"] for of in accuracies])
    above = np.maximum(0, [1 - of["low"] for of in accuracies] - value)
    axes.errorbar(
        at, value, yerr=[below, above], fmt="o", ms=5, color=colour, ecolor=colour, elinewidth=1.4, label=label
    )


def _people(part: Part, tests: Tests, rows: Sequence[tuple[str, str, Mapping[str, Any]]]) -> None:
    """A row a person."""
    heading(part, "People of whom the training saw nothing: in red what was read wrong, then the least sure", 0.99)
    grid = cells(part, len(rows), COLUMNS + 1, [2.6, *[1] * COLUMNS])
    part.subplots_adjust(left=0.012, right=0.988, top=0.89, bottom=0.04, hspace=0.6, wspace=0.2)
    for place, (name, writer, of) in enumerate(rows):
        who, *places = grid[place * (COLUMNS + 1) : (place + 1) * (COLUMNS + 1)]
        accuracy = of["accuracy"]
        share = f"{writer}   {accuracy['value']:.1%}"
        ends = f"{100 * accuracy['low']:.1f} to {100 * accuracy['high']:.1f} %"
        who.text(0, 0.68, share, fontsize=10.5, weight="bold", color=INK, va="center")
        who.text(0, 0.15, f"{of['errors']} of {of['digits']} wrong\n{ends}", fontsize=8, color=FAINT, va="center")
        digits, probabilities = tests[name]
        own = np.flatnonzero(digits.writers == writer)
        sure, right = probabilities[own].max(axis=1), probabilities[own].argmax(axis=1) == digits.labels[own]
        for axes, index in zip(places, own[np.lexsort((np.where(right, sure, -sure), right))], strict=False):
            row, label = probabilities[index], digits.labels[index]
            wrong = row.argmax() != label
            title = f"{label} → {row.argmax()} {row.max():.0%}" if wrong else f"{label} {row.max():.0%}"
            digit(axes, digits.images[index], title, f"#{index}", WRONG if wrong else FAINT)
