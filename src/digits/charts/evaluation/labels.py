"""Labels that people, or networks, doubt."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from digits.charts.evaluation import chart
from digits.charts.style import COLUMNS, RIGHT, WRONG, cells, digit, heading, rows_of, stacked
from digits.evaluation.held_out import Tests


@chart("MNIST test images whose labels people doubt: label → reading, and what five people saw")
def doubtful(tests: Tests, depth: Mapping[str, Any]) -> Figure:
    """The MNIST test images whose labels people doubt, with their votes and what was read."""
    found, columns = depth["mnist"]["doubtful"], 8
    figure = Figure(figsize=(12.4, 2.05 * rows_of(len(found), columns) + 0.4))
    heading(figure, "MNIST test images whose labels people doubt: label → reading, and what five people saw", 0.985)
    places = cells(figure, rows_of(len(found), columns), columns)
    figure.subplots_adjust(left=0.012, right=0.988, top=0.86, bottom=0.1, hspace=0.5, wspace=0.12)
    for axes, of in zip(places, found, strict=False):
        votes = [(of["for_given"], of["given"]), (of["for_guessed"], of["guessed"]), (of["neither"], "neither")]
        seen = ", ".join(f"{count} saw {what}" for count, what in votes if count)
        read = f"{of['given']} → {of['read']} {of['confidence']:.0%}"
        colour = RIGHT if of["read"] == of["given"] else WRONG
        digit(axes, tests["mnist"][0].images[of["index"]], read, f"{seen}\n#{of['index']}", colour)
    return figure


@chart("The most suspicious training labels: label → what networks read that never saw it")
def labels(labels: Mapping[str, Any], suspects: Mapping[str, Sequence[NDArray[np.uint8]]]) -> Figure:
    """The contact sheet of the label check: the training labels that are most likely wrong.

    Args:
        labels: what reports/labels.json holds.
        suspects: for each set the pictures of its "most" suspicious, in their order.
    """
    rows = {name: rows_of(len(pictures)) for name, pictures in suspects.items()}
    heights = [0.45 + 1.45 * row for row in rows.values()]
    figure = Figure(figsize=(COLUMNS + 0.4, sum(heights)))
    for part, height, (name, pictures) in zip(stacked(figure, heights), heights, suspects.items(), strict=True):
        of = labels[name]
        first = f", the first {len(pictures)}" if len(pictures) < of["suspicious"] else ""
        counted = f"{name}: {of['suspicious']} of {of['digits']:,} training labels look wrong{first}"
        heading(part, f"{counted}: label → what networks read that never saw it", 1 - 0.12 / height)
        top, bottom = 1 - 0.68 / height, 0.32 / height
        part.subplots_adjust(left=0.012, right=0.988, top=top, bottom=bottom, hspace=0.5, wspace=0.2)
        for axes, image, suspect in zip(cells(part, rows[name]), pictures, of["most"], strict=False):
            read = f"{suspect['given']} → {suspect['suggested']} {suspect['confidence']:.0%}"
            digit(axes, image, read, suspect["writer"] or f"#{suspect['index']}", WRONG)
    return figure
