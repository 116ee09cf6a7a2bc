"""Digits that hands make alike."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from digits.charts.evaluation import chart
from digits.charts.style import COLUMNS, FAINT, WRONG, cells, digit, heading, of_sets, stacked
from digits.evaluation.breakdown import PAIRS
from digits.evaluation.held_out import Tests
from digits.evaluation.scores import Labels, Probabilities


@chart("Digits that hands make alike: in red what was read as the other, then the nearest that were read right")
def pairs(tests: Tests, depth: Mapping[str, Any]) -> Figure:
    """For each of `breakdown.PAIRS` and each set the digits read as the other, the surest first; where they are few,
    the rightly read ones that came nearest to it."""
    colours = of_sets(tests)
    places = [(one, other, name) for one, other in PAIRS for name in tests]
    heights = [0.4, *[1.5] * len(places)]
    figure = Figure(figsize=(COLUMNS + 0.4, sum(heights)))
    head, *parts = stacked(figure, heights)
    heading(head, "Digits that hands make alike: in red what was read as the other, then the nearest read right", 0.9)
    for part, (one, other, name) in zip(parts, places, strict=True):
        digits, probabilities = tests[name]
        pair = depth[name]["pairs"].get(f"{one}/{other}")
        if pair is None:  # a set without these digits
            continue
        share = "{value:.2%} ({low:.2f} to {high:.2f})".format(
            value=pair["error"]["value"], low=100 * pair["error"]["low"], high=100 * pair["error"]["high"]
        )
        confused = f"{one} and {other}, {name}: {pair['errors']} of {pair['digits']:,} confused, {share}"
        heading(part, confused, 0.99, 9, colours[name])
        part.subplots_adjust(left=0.012, right=0.988, top=0.73, bottom=0.11, wspace=0.25)
        nearest = _nearest(probabilities, digits.labels, one, other)
        for axes, index in zip(cells(part, 1), nearest, strict=False):
            label = int(digits.labels[index])
            rival = other if label == one else one
            chance = f"{probabilities[index, rival]:.0%}" if probabilities[index, rival] >= 0.005 else "<1%"
            if probabilities[index].argmax() == rival:
                how, colour = f"{label} → {rival} {chance}", WRONG
            else:
                how, colour = f"{label} ({rival}: {chance})", FAINT
            digit(axes, digits.images[index], how, f"#{index}", colour)
    return figure


def _nearest(probabilities: Probabilities, labels: Labels, one: int, other: int) -> NDArray[np.int64]:
    """Positions of up to `COLUMNS` digits of either class: read as the other, then read right, by the probability of
    the other."""
    either = np.flatnonzero(np.isin(labels, (one, other)))
    rival = np.where(labels[either] == one, other, one)
    read = probabilities[either].argmax(axis=1)
    shown = (read == rival) | (read == labels[either])  # not what was read as a third digit
    either, rival, read = either[shown], rival[shown], read[shown]
    order = np.lexsort((-probabilities[either, rival], read != rival))
    return either[order][:COLUMNS]
