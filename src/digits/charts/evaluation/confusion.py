"""Which digits are read as which."""

import numpy as np
from matplotlib.figure import Figure

from digits.charts.evaluation import chart
from digits.charts.style import GREY, INK
from digits.evaluation.held_out import Tests


@chart("What was written (rows) and what was read (columns)")
def confusion(tests: Tests) -> Figure:
    """Rows are what was written, columns what was read; right readings are left uncoloured, or they would drown the
    rest."""
    figure = Figure(figsize=(6.4 * len(tests), 6))
    panels = figure.subplots(1, len(tests), squeeze=False)[0]
    for axes, (name, (digits, probabilities)) in zip(panels, tests.items(), strict=True):
        counts = np.zeros((10, 10), int)
        np.add.at(counts, (digits.labels, probabilities.argmax(axis=1)), 1)
        wrong = counts - np.diag(np.diag(counts))
        axes.imshow(wrong, cmap="Reds", vmin=0, vmax=max(wrong.max(), 1))
        centred = {"ha": "center", "va": "center"}
        for actual, read in np.ndindex(10, 10):
            if actual == read:
                axes.text(read, actual, f"{counts[actual, read]:,}", color=GREY, fontsize=8, **centred)
            elif wrong[actual, read]:
                colour = "white" if wrong[actual, read] > wrong.max() / 2 else INK
                axes.text(read, actual, wrong[actual, read], weight="bold", color=colour, **centred)
        axes.set(xticks=range(10), yticks=range(10), xlabel="read", ylabel="written")
        axes.set_title(f"{name}: {wrong.sum()} of {len(digits):,} wrong")
    figure.tight_layout()
    return figure
