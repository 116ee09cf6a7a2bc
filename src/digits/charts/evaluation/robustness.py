"""How well damaged and small digits are read."""

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from digits.charts.evaluation import chart
from digits.charts.style import GREY, INK, label, of_sets, shares

_DASHES = ("-", "--", ":", "-.")
"""Line of each test set: the tutorial's lines have no colours to tell them apart."""

_ACROSS = 4
"""Corruptions beside each other."""


@chart("Share read right, from undamaged to strength 5; the classic tutorial in grey")
def robustness(robustness: Mapping[str, Any]) -> Figure:
    """reports/robustness.json as curves: accuracy against strength under each corruption, the tutorial's in grey, and
    against the height of digits in small pictures."""
    corrupted, tutorial, small = robustness["corrupted"], robustness["tutorial"], robustness["small"]
    colours, dashes = of_sets(corrupted), dict(zip(corrupted, _DASHES, strict=False))
    corruptions = list(next(iter(corrupted.values()))["by_corruption"])
    down = -(-len(corruptions) // _ACROSS)
    figure = Figure(figsize=(11, 9.5))
    grid = figure.add_gridspec(down + 1, _ACROSS, hspace=0.5, wspace=0.12, top=0.885)
    for place, corruption in enumerate(corruptions):
        axes = figure.add_subplot(grid[divmod(place, _ACROSS)])
        for name, score in tutorial.items():
            known = score["by_corruption"].get(corruption, [])  # none where the tutorial never read it
            axes.plot(known, dashes[name], color=GREY, lw=1.4)
        for name, score in corrupted.items():
            axes.plot(score["by_corruption"][corruption], dashes[name], color=colours[name], lw=1.8)
        axes.set(xticks=range(6))
        shares(axes, corruption)
        axes.tick_params(labelleft=place % _ACROSS == 0)
        if place >= len(corruptions) - _ACROSS:
            label(axes, "strength", size=8)
    below = figure.add_subplot(grid[down, :])
    for name, of in small.items():
        heights = [int(height) for height in of]
        below.plot(heights, [*of.values()], dashes[name], marker="o", color=colours[name], ms=4, lw=1.8)
        below.set(xticks=heights, xlim=(max(heights) + 0.5, min(heights) - 0.5))
    shares(below, "small pictures, from the picture to the digit")
    label(below, "longer side of the digit, pixels", size=8)

    lines = [Line2D([], [], color=colours[name], lw=2, ls=dashes[name]) for name in corrupted]
    lines += [Line2D([], [], color=GREY, lw=2, ls=dashes[name]) for name in tutorial]
    names = [
        f"{name}{whose}: {score['mean']:.1%} on average, {score['undamaged']:.1%} undamaged"
        for curves, whose in ((corrupted, ""), (tutorial, ", the tutorial"))
        for name, score in curves.items()
    ]
    figure.legend(lines, names, loc="upper center", bbox_to_anchor=(0.5, 0.97), ncols=2, frameon=False, fontsize=9)
    digits = " and ".join(f"{score['digits']:,} {name}" for name, score in corrupted.items())
    figure.suptitle(f"Damaged test digits, share read right: {digits}", color=INK, fontsize=12, weight="bold", y=0.99)
    return figure
