"""What people write in a window: conditions, styles, whole numbers, and what is no digit."""

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from digits.charts.data import form_image
from digits.charts.evaluation import chart
from digits.charts.style import AMBER, COLUMNS, INK, RIGHT, TEAL, VIOLET, WRONG, cells, digit, heading, rows_of
from digits.data.allographs import ALLOGRAPHS

_WELL = 0.97  # read right: less is marked


@chart()
def handwriting(handwriting: Mapping[str, Any]) -> Figure:
    """reports/handwriting.json as bars: what held-out people wrote under every condition, in every style, as whole
    numbers, and what was called uncertain."""
    bars: list[tuple[str, float, str]] = []
    for name, ways in handwriting["conditions"].items():
        bars += [(f"{name}, as {way}", score["accuracy"], RIGHT) for way, score in ways.items()]
    for name, score in handwriting["styles"].items():
        bars.append((f"{name}, {score['digits']} of them", score["accuracy"], TEAL))
    for way, parts in handwriting["numbers"].items():
        bars += [(f"whole numbers, {name}, as {way}", share, VIOLET) for name, share in parts.items()]
    for kind, share in handwriting["uncertain"]["outlier"]["kinds"].items():
        bars.append((f"{kind}: called uncertain", share, AMBER))

    names, values, colours = zip(*bars, strict=True)
    figure = Figure(figsize=(9, 0.26 * len(bars) + 1))
    axes = figure.subplots()
    axes.barh(range(len(bars)), values, color=colours, height=0.7)
    for row, share in enumerate(values):
        inside = share > 0.1
        x, side, colour = (share - 0.004, "right", "white") if inside else (share + 0.004, "left", INK)
        axes.text(x, row, f"{share:.1%}", ha=side, va="center", color=colour, fontsize=8, weight="bold")
    axes.set(yticks=range(len(bars)), ylim=(len(bars) - 0.4, -0.6), xlim=(0, 1))
    axes.set_yticklabels(names, fontsize=8, color=INK)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_title("Held-out people, one digit or whole numbers: read completely right", color=INK, fontsize=11)
    figure.tight_layout()
    return figure


@chart("The forms of each digit: how many of its images in training have it, and how many in the test are read right")
def forms(handwriting: Mapping[str, Any]) -> Figure:
    """Every form of a digit with a picture of it; red where fewer than `_WELL` are read right."""
    found = handwriting["forms"]
    rows = rows_of(len(found))
    figure = Figure(figsize=(COLUMNS * 1.05, 0.6 + 1.6 * rows))
    rng = np.random.default_rng(0)
    drawn = {str(form): form_image(form, 0.09, rng) for form in ALLOGRAPHS}
    for axes, (name, of) in zip(cells(figure, rows), found.items(), strict=False):
        colour = INK if of["accuracy"] >= _WELL else WRONG
        digit(axes, drawn[name], textwrap.fill(name, 14), f"{of['share']:.0%} · {of['accuracy']:.1%}", colour)
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.05, top=1 - 0.9 / figure.get_figheight(), hspace=0.75)
    heading(figure, "Each form: its share of its digit in training · read right", 1 - 0.12 / figure.get_figheight())
    return figure
