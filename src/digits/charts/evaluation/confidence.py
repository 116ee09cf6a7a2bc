"""Whether confidence can be trusted, and what is gained by leaving the unsure to a person."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter
from numpy.typing import NDArray

from digits.charts.evaluation import chart
from digits.charts.style import AMBER, FAINT, GREY, INK, RIGHT, beside, label, of_sets, plain
from digits.evaluation import breakdown, scores
from digits.evaluation.breakdown import BANDS
from digits.evaluation.held_out import Tests
from digits.evaluation.scores import Labels, Probabilities

_FEW = 3
"""Fewer readings in a band of confidence say nothing."""

_FIRST = 20
"""A curve over coverage begins with so many readings: the share of wrong ones among fewer leaps."""

_WIDE = 0.7
"""Where a curve begins at less coverage, its surest 99 % cannot be told from all."""


@chart()
def reliability(tests: Tests, bins: int) -> Figure:
    """Accuracy against confidence; on the diagonal, 90 % sure means right nine times in ten."""
    figure = Figure(figsize=(5.4 * len(tests), 5))
    panels = figure.subplots(1, len(tests), squeeze=False)[0]
    for axes, (name, (digits, probabilities)) in zip(panels, tests.items(), strict=True):
        filled = scores.reliability(probabilities, digits.labels, bins)
        ece = scores.summary(probabilities, digits.labels, bins)["ece"]
        low, accuracy = [b.low for b in filled], [b.accuracy for b in filled]
        axes.plot([0, 1], [0, 1], "--", color=GREY, lw=1)
        axes.bar(low, accuracy, width=1 / bins, align="edge", color=RIGHT, alpha=0.25, edgecolor=RIGHT)
        axes.plot([b.confidence for b in filled], accuracy, "o", color=RIGHT)
        for b in filled:
            axes.annotate(f"{b.count:,}", (b.low + 0.5 / bins, 0.015), ha="center", fontsize=7, color=INK, rotation=90)
        axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="confidence", ylabel="share read right")
        axes.set_title(f"{name}: expected calibration error {ece:.4f}")
    figure.text(0.5, -0.02, "upright numbers: readings in the bin", ha="center", fontsize=8, color=FAINT)
    figure.tight_layout()
    return figure


@chart(
    "Wrong readings against confidence; what is left when the least sure are given to a person; "
    "what the temperature does"
)
def confidence(tests: Tests, depth: Mapping[str, Any]) -> Figure:
    """For each set: accuracy against confidence, what is gained by leaving the unsure to a person, and what the
    temperature does."""
    figure = Figure(figsize=(15.5, 4.6 * len(tests)))
    grid = figure.subplots(len(tests), 3, squeeze=False, width_ratios=[1.15, 1.15, 0.8])
    for (trust, selection, calibration), (name, colour) in zip(grid, of_sets(tests).items(), strict=True):
        digits, probabilities = tests[name]
        _trust(trust, name, colour, depth[name], probabilities, digits.labels)
        wrong = probabilities.argmax(axis=1) != digits.labels
        draw_selection(selection, name, colour, depth[name]["selective"], probabilities.max(axis=1), wrong)
        _calibration(calibration, name, colour, depth[name])
    figure.tight_layout(h_pad=2.5, w_pad=2.5)
    return figure


def _trust(
    axes: Axes, name: str, colour: str, found: Mapping[str, Any], probabilities: Probabilities, labels: Labels
) -> None:
    """Wrong readings against doubt, both logarithmic: on the diagonal a doubt of 1 % is wrong once in a hundred."""
    before = breakdown.untempered(probabilities, found["before_temperature"]["temperature"])
    axes.plot([2e-4, 1], [2e-4, 1], "--", color=GREY, lw=1)
    _bands(axes, breakdown.bands(before, labels), AMBER, "before temperature", counted=False)
    _bands(axes, found["confidence"], colour, "as served", counted=True)
    axes.plot([], [], "v", color=FAINT, ms=7, fillstyle="none", ls="", label="none wrong: the share is below this")
    plain(axes, f"{name}: how often it is wrong when it is that sure")
    ticks = [1e-4, 1e-3, 1e-2, 0.1, 1]
    axes.set(xscale="log", yscale="log", xlim=(1, 4e-4), ylim=(1e-4, 1.5), yticks=ticks)
    doubts = [1 - edge for edge in BANDS[1:-1]]
    axes.set_xticks(doubts, [f"{edge:.1%}".replace(".0%", "%") for edge in BANDS[1:-1]])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.2%}".replace(".00%", "%")))
    label(axes, "confidence (the dashed line is what it promises)", "read wrong")
    axes.legend(frameon=False, fontsize=8, loc="lower left")


def _bands(axes: Axes, bands: list[dict[str, Any]], colour: str, legend: str, counted: bool) -> None:
    """The share of wrong readings in each band of confidence, with its interval; `counted` writes how many."""
    for band in bands:
        doubt, accuracy = 1 - band["mean_confidence"], band["accuracy"]
        wrong, low, high = 1 - accuracy["value"], 1 - accuracy["high"], 1 - accuracy["low"]
        if band["digits"] < _FEW:
            continue
        if wrong:
            axes.plot([doubt] * 2, [low, high], "-", color=colour, lw=1.4)
            axes.plot(doubt, wrong, "o", color=colour, ms=6)
        else:  # none wrong: all that is known is what the share lies below
            axes.plot(doubt, high, "v", color=colour, ms=7, fillstyle="none")
        if counted:
            beside(axes, f"{band['digits']:,}", (doubt, high), (0, 5), ha="center", fontsize=7, color=colour)
    axes.plot([], [], "o-", color=colour, label=legend)


def draw_selection(
    axes: Axes,
    name: str,
    colour: str,
    selected: Mapping[str, Any],
    confidence: NDArray[np.floating],
    wrong: NDArray[np.bool_],
    of: str = "digits",
) -> None:
    """Risk over coverage, where risk begins, with Wilson's intervals.

    Args:
        axes: are drawn on.
        name: of what was read, for the title.
        colour: of the curve.
        selected: `breakdown.selection` of the same readings.
        confidence: of each reading.
        wrong: whether it is.
        of: what the readings are of, for the axis.
    """
    count = len(wrong)
    clean, answered = selected["coverage_at_zero_errors"]["value"], selected["at_threshold"]["coverage"]["value"]
    start = max(0.0, 1 - max(0.02, 1.6 * (1 - clean), 1.3 * (1 - answered)))
    places = np.unique(np.linspace(max(min(_FIRST, count), round(start * count)), count, 400).round().astype(int))
    errors = np.cumsum(wrong[np.argsort(-confidence, kind="stable")])[places - 1]
    every = [breakdown.share(int(part), int(whole)) for part, whole in zip(errors, places, strict=True)]
    at = places / count
    low, high = [each["low"] for each in every], [each["high"] for each in every]
    axes.fill_between(at, low, high, color=colour, alpha=0.15, lw=0)
    axes.plot(at, [each["value"] for each in every], color=colour, lw=1.8)
    plain(axes, f"{name}: risk, if only the surest are answered")
    axes.set(xlim=(start, 1), ylim=(0, None))
    axes.axvline(clean, color=FAINT, lw=1, ls=":")
    text, top = f"no error among\nthe surest {clean:.1%}", (clean, 0.93 * axes.get_ylim()[1])
    side, ha = (4, "left") if clean - start < 0.25 * (1 - start) else (-4, "right")  # where there is room for it
    beside(axes, text, top, (side, 0), ha=ha, va="top", fontsize=8, color=FAINT)
    _mark_risks(axes, colour, selected, float(wrong.mean()), start)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    label(axes, f"coverage: share of the {of} that is answered", "risk: share of those read wrong")


def _mark_risks(axes: Axes, colour: str, selected: Mapping[str, Any], everything: float, start: float) -> None:
    """The risks that people ask for: of what is not called uncertain, of all, and of the surest."""
    served, risk = selected["at_threshold"], selected["risk_at_99"]["value"]
    answered, left = served["coverage"]["value"], served["risk"]["value"]
    leader = {"arrowstyle": "-", "color": GREY, "lw": 0.7}
    points = [
        (answered, left, f"not called uncertain\n({answered:.1%}): {left:.2%}", 26, leader),
        (1.0, everything, f"all: {everything:.2%}", 6, None),
    ]
    if start > _WIDE:
        points.append((0.99, risk, f"surest 99 %: {risk:.2%}", 8, leader))
    for coverage, share, text, offset, arrow in points:
        axes.plot(coverage, share, "o", color=colour, ms=5, clip_on=False)
        beside(axes, text, (coverage, share), (-8, offset), ha="right", fontsize=8, color=INK, arrowprops=arrow)


def _calibration(axes: Axes, name: str, colour: str, found: Mapping[str, Any]) -> None:
    """Expected calibration error and likelihood, before and after the temperature."""
    before, after = found["before_temperature"], found["scores"]
    metrics = {"ece": "calibration\nerror", "nll": "negative log-\nlikelihood"}
    for row, metric in enumerate(metrics):
        for shift, of, own in ((-0.13, before[metric], AMBER), (0.13, after[metric], colour)):
            value, at = of["value"], (of["value"], row + shift)
            ends = [[max(0, value - of["low"])], [max(0, of["high"] - value)]]
            axes.errorbar(*at, xerr=ends, fmt="o", color=own, ms=6, elinewidth=1.6)
            beside(axes, f"{value:.4f}", at, (0, 7), ha="center", fontsize=8, color=own)
    plain(axes, f"{name}: what the temperature {before['temperature']:.2f} does")
    every = [of[metric][end] for of in (before, after) for metric in metrics for end in ("low", "high")]
    ticks = [tick for tick in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1) if tick < 2 * max(every)]
    axes.set(yticks=range(2), ylim=(1.6, -0.6), xscale="log", xticks=ticks)
    axes.set_xlim(0.6 * max(min(every), 1e-3), 1.7 * max(every))
    axes.set_yticklabels(metrics.values())
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.minorticks_off()
    label(axes, "brown before, then as served; lines are 95 % intervals")
