"""Every wrongly read digit, to look at before one trusts a reader."""

from matplotlib.figure import Figure

from digits.charts.evaluation import chart
from digits.charts.style import COLUMNS, GREY, INK, WRONG, cells, digit, heading, rows_of, stacked
from digits.evaluation.held_out import Tests, mistakes
from digits.evaluation.outside import Outside


@chart("Wrongly read test digits: written → read, and how sure")
def errors(tests: Tests, shown: int) -> Figure:
    """The wrongly read digits, the surest first: what was written, what was read and how sure; so many of each set."""
    wrong = {name: mistakes(*of)[:shown] for name, of in tests.items()}
    rows = {name: rows_of(len(indices)) for name, indices in wrong.items()}
    figure = Figure(figsize=(COLUMNS * 1.05, 0.6 * len(tests) + 1.5 * sum(rows.values())))
    parts = stacked(figure, [0.4 + row for row in rows.values()])
    for part, (name, (digits, probabilities)) in zip(parts, tests.items(), strict=True):
        part.suptitle(f"{name}: written → read, how sure", x=0.01, ha="left", weight="bold", color=INK)
        for axes, index in zip(cells(part, rows[name]), wrong[name], strict=False):
            row = probabilities[index]
            axes.imshow(255 - digits.images[index], cmap="gray", vmin=0, vmax=255)
            axes.set_title(f"{digits.labels[index]} → {row.argmax()}\n{row.max():.0%}", fontsize=9, color=WRONG)
            axes.text(0.5, -0.12, f"#{index}", transform=axes.transAxes, ha="center", fontsize=6, color=GREY)
    return figure


@chart("Optical digits that were read wrong")
def outside(outside: Outside, shown: int) -> Figure:
    """Digits from elsewhere that were read wrong, and as what, in the order of what they are; at most so many."""
    wrong = sorted(outside.wrong, key=lambda place: (outside.labels[place], outside.texts[place]))
    rows = rows_of(min(shown, len(wrong)))
    figure = Figure(figsize=(COLUMNS * 0.95, 0.55 + 1.25 * rows))
    places = cells(figure, rows)
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.02, top=1 - 0.75 / figure.get_figheight(), hspace=0.3)
    for axes, place in zip(places, wrong[:shown], strict=False):
        text = outside.texts[place].replace("\n", " ") or "nothing"
        digit(axes, 255 - outside.pictures[place], f"{outside.labels[place]} → {text}", f"#{place}", WRONG)
    share = 1 - len(wrong) / len(outside.labels)
    title = f"Optical digits of 13 other people: {share:.1%} of {len(outside.labels):,} right, {len(wrong)} wrong"
    heading(figure, title, 1 - 0.12 / figure.get_figheight())
    return figure
