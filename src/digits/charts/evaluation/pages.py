"""Whole readings of made pages: by kind of paper and way of writing, what is gained by leaving the unsure to a person,
and the worst."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from digits.charts.evaluation import chart
from digits.charts.evaluation.confidence import draw_selection
from digits.charts.style import (
    AMBER,
    FAINT,
    INK,
    RIGHT,
    TEAL,
    WRONG,
    bare,
    beside,
    cells,
    heading,
    label,
    plain,
    rows_of,
)
from digits.evaluation.pages import PageReading, confidence_and_errors, worst

_ACROSS = 5
"""Misread pages beside each other."""


@chart("Whole readings of made pages, by what they are written on and how: dots with 95 % intervals")
def made_pages(made_pages: Mapping[str, Any]) -> Figure:
    """reports/made_pages.json as dots with whiskers: what is right, as written, and wrong without a word."""
    groups = {"all": made_pages["all"], **made_pages["kinds"], **made_pages["ways"]}
    breaks = [0, len(made_pages["kinds"])]  # rows that a line is drawn below
    figure = Figure(figsize=(12, 0.36 * (len(groups) + 1) + 1.3))
    right, silent = figure.subplots(1, 2, width_ratios=[2, 1])
    names = [f"{name}, {of['pages']:,}" for name, of in groups.items()]
    _dots(right, list(groups.values()), {"right": ("digits right", RIGHT), "as_written": ("as written", TEAL)})
    plain(right, "Read right")
    every = [*groups.values(), made_pages["nothing"]]
    _dots(silent, every, {"silently_wrong": ("wrong", WRONG)})
    plain(silent, "Wrong without a word")
    for axes in (right, silent):
        axes.set(yticks=range(len(every)), ylim=(len(every) - 0.4, -0.7))
        axes.grid(axis="y", visible=False)
        for row in [*breaks, len(groups) - 1]:
            axes.axhline(row + 0.5, color=FAINT, lw=0.6)
        axes.xaxis.set_major_formatter(PercentFormatter(1))
    right.set_yticklabels([*names, f"no number, {made_pages['nothing']['pages']:,}"])
    silent.set_yticklabels([])
    right.set_xlim(right=1.01)
    silent.set_xlim(left=0)
    right.legend(frameon=False, fontsize=8.5, loc="lower left", ncols=2)
    figure.tight_layout()
    return figure


def _dots(axes: Axes, groups: Sequence[Mapping[str, Any]], scores: Mapping[str, tuple[str, str]]) -> None:
    """A row for each group, a dot in it for each score: key -> its name and colour."""
    shifts = np.linspace(-0.16, 0.16, len(scores)) if len(scores) > 1 else [0.0]
    for shift, (score, (name, colour)) in zip(shifts, scores.items(), strict=True):
        value, low, high = (np.array([of[score][end] for of in groups]) for end in ("value", "low", "high"))
        rows = np.arange(len(groups)) + shift
        ends = np.maximum(0, [value - low, high - value])
        axes.errorbar(value, rows, xerr=ends, fmt="o", ms=5, color=colour, elinewidth=1.4, label=name)
        for at, row, end in zip(value, rows, high, strict=True):
            text = {"fontsize": 7.5, "color": colour, "va": "center"}
            if len(scores) == 1:
                beside(axes, f"{at:.1%}", (end, row), (5, 0), **text)


@chart("Risk over coverage for whole numbers on made pages: how many are wrong if only the surest are taken as read")
def whole_numbers(made_pages: Mapping[str, Any], page_readings: Sequence[PageReading]) -> Figure:
    """What is gained by leaving the unsure to a person: by digits, and by what is written."""
    figure = Figure(figsize=(12.4, 4.6))
    panels = figure.subplots(1, 2)
    says = {"right": ("digits right", RIGHT), "as_written": ("as written", TEAL)}
    for axes, (way, selected) in zip(panels, made_pages["selective"].items(), strict=True):
        confidence, wrong = confidence_and_errors(page_readings, way)
        name, colour = says[way]
        draw_selection(axes, name, colour, selected, confidence, wrong, "pages")
    figure.tight_layout(w_pad=2.5)
    return figure


@chart("Misread made pages: written → read; in red what it did not doubt, the surest first, then in brown the rest")
def misread_pages(page_readings: Sequence[PageReading], shown: int) -> Figure:
    """The worst readings of made pages, at most so many."""
    wrong = worst(page_readings)
    rows = rows_of(min(shown, len(wrong)), _ACROSS)
    figure = Figure(figsize=(12.4, 0.5 + 1.35 * rows))
    places = cells(figure, rows, _ACROSS)
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.02, top=1 - 0.9 / figure.get_figheight(), hspace=0.75)
    for axes, one in zip(places, wrong[:shown], strict=False):
        colour = AMBER if one.reading.uncertain else WRONG
        axes.axis("on")
        bare(axes, frame=True)
        axes.imshow(one.page.picture, cmap="gray", vmin=0, vmax=255)
        axes.set_title(f"{_said(one.page.text)}\n→ {_said(one.reading.text)}", fontsize=8, color=colour, pad=3)
        sure = f", {one.confidence:.0%} sure" if one.reading.digits else ""
        label(axes, f"{one.page.kind}{sure}", size=7)
    silent = sum(one.silently_wrong for one in wrong)
    title = f"Made pages: {len(wrong)} of {len(page_readings):,} misread, {silent} of them without a word"
    heading(figure, title, 1 - 0.12 / figure.get_figheight(), color=INK)
    return figure


def _said(text: str) -> str:
    """A text on one line, short enough to stand over its picture; no sign of it is taken for mathematics."""
    line = text.replace("\n", " / ") or "nothing"
    return (line if len(line) <= 30 else f"{line[:29]}…").replace("$", r"\$")
