"""The pictures of the evaluation in depth, of robustness and of the label check: each function draws one Figure."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, PercentFormatter
from numpy.typing import NDArray

from digits.charts.plots import AMBER, FAINT, GREY, INK, RIGHT, TEAL, VIOLET, WRONG
from digits.data.sets import DigitSet
from digits.evaluation import breakdown
from digits.evaluation.breakdown import BANDS, PAIRS, Estimate
from digits.evaluation.held_out import Tests
from digits.evaluation.outside import Outside
from digits.evaluation.scores import Labels, Probabilities

GRID = "#e5e7eb"
"""Lines to read values by."""

SETS = {"mnist": RIGHT, "pen": TEAL}
"""Colour of each test set."""

TUTORIAL = dict.fromkeys(SETS, GREY)
"""Colour of what is there to compare with."""

STYLES = {"mnist": "-", "pen": "--"}
"""Line of each test set, where colours alone would not do."""

COLUMNS = 12
"""Digits beside each other."""

_FEW = 3
"""Fewer readings in a band of confidence say nothing."""


def _plain(axes: Axes, title: str = "") -> None:
    """The manner of all charts here: no box, faint lines, a title at the left."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
    axes.tick_params(labelsize=8, colors=INK)
    axes.grid(color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    if title:
        axes.set_title(title, loc="left", fontsize=10, weight="bold", color=INK)


def _digit(axes: Axes, image: NDArray[np.uint8], title: str, note: str, colour: str) -> None:
    """A digit, dark on light, what is to be said of it above and below."""
    axes.imshow(255 - image, cmap="gray", vmin=0, vmax=255)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=colour if colour != FAINT else GRID, lw=1.2)
    axes.set_title(title, fontsize=9, color=colour, pad=3)
    axes.set_xlabel(note, fontsize=6.5, color=FAINT, labelpad=2)


def _percent(of: Estimate) -> str:
    return f"{of['value']:.2%} ({100 * of['low']:.2f} to {100 * of['high']:.2f})"


def _rounded(probability: float) -> str:
    return f"{probability:.0%}" if probability >= 0.005 else "<1%"


def _title(part: Figure | SubFigure, text: str, y: float) -> None:
    part.suptitle(text, x=0.012, y=y, ha="left", fontsize=10.5, weight="bold", color=INK)


def pairs(tests: Tests, found: Mapping[str, Any]) -> Figure:
    """For each of `breakdown.PAIRS` and each set the digits read as the other, the surest first; where they are few,
    the rightly read ones that came nearest to it. `found` is what `breakdown.breakdown` gives."""
    places = [(one, other, name) for one, other in PAIRS for name in tests]
    heights = [0.4, *[1.5] * len(places)]
    figure = Figure(figsize=(COLUMNS + 0.4, sum(heights)))
    head, *parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    _title(head, "Digits that hands make alike: in red what was read as the other, then the nearest read right", 0.9)
    for part, (one, other, name) in zip(parts, places, strict=True):
        digits, probabilities = tests[name]
        pair = found[name]["pairs"].get(f"{one}/{other}")
        if pair is None:  # a set without these digits
            continue
        part.suptitle(
            f"{one} and {other}, {name}: {pair['errors']} of {pair['digits']:,} confused, {_percent(pair['error'])}",
            x=0.012,
            y=0.99,
            ha="left",
            fontsize=9,
            weight="bold",
            color=SETS.get(name, VIOLET),
        )
        part.subplots_adjust(left=0.012, right=0.988, top=0.73, bottom=0.11, wspace=0.25)
        row = part.subplots(1, COLUMNS)
        nearest = _nearest(probabilities, digits.labels, one, other)
        for axes, index in zip(row, nearest, strict=False):
            label = int(digits.labels[index])
            rival = other if label == one else one
            read = int(probabilities[index].argmax())
            chance = _rounded(probabilities[index, rival])
            how = f"{label} → {read} {chance}" if read == rival else f"{label} ({rival}: {chance})"
            _digit(
                axes,
                digits.images[index],
                how,
                f"#{index}",
                WRONG if read == rival else FAINT,
            )
        for axes in row[len(nearest) :]:
            axes.axis("off")
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


def writers(tests: Tests, found: Mapping[str, Any]) -> Figure:
    """Wrongly read digits by class and set; and for every writer who is known, those digits that were read wrong, the
    surest first, then those read right but with the least confidence, as many as there is room for."""
    named = {name: of["writers"] for name, of in found.items() if "writers" in of}
    rows = [(name, writer, of) for name, people in named.items() for writer, of in people.items()]
    rows.sort(key=lambda row: row[2]["accuracy"]["value"])
    heights = [3.6, *([0.95 * len(rows) + 0.4] if rows else [])]
    figure = Figure(figsize=(12.4, sum(heights)))
    top, *below = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    _classes(top, {name: found[name] for name in tests})
    for part in below:
        _people(part, tests, rows)
    return figure


def _classes(part: Figure | SubFigure, found: Mapping[str, Any]) -> None:
    axes = part.subplots()
    part.subplots_adjust(left=0.06, right=0.99, top=0.87, bottom=0.15)
    for shift, (name, of) in zip(np.linspace(-0.12, 0.12, len(found)), found.items(), strict=True):
        colour = SETS.get(name, VIOLET)
        every = [(int(label), group) for label, group in of["classes"].items()]
        at = [label + shift for label, _ in every]
        _whiskers(axes, at, [group["accuracy"] for _, group in every], colour, name)
        for x, (_, group) in zip(at, every, strict=True):
            if group["errors"]:
                axes.annotate(
                    f"{group['errors']}",
                    (x, 1 - group["accuracy"]["value"]),
                    xytext=(5, 0),
                    textcoords="offset points",
                    fontsize=7.5,
                    color=colour,
                    va="center",
                )
    _plain(axes, "Wrongly read, by the digit that was written (dots; their number; 95 % intervals)")
    axes.grid(axis="x", visible=False)
    axes.set(xticks=range(10), xlim=(-0.5, 9.5), ylim=(0, None))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.legend(frameon=False, fontsize=9, loc="upper left")


def _whiskers(axes: Axes, at: Sequence[float], accuracies: Sequence[Estimate], colour: str, label: str) -> None:
    """Share of wrong readings, with its interval, of accuracies."""
    value = np.array([1 - of["value"] for of in accuracies])
    ends = [
        np.maximum(0, value - [1 - of["high"] for of in accuracies]),
        np.maximum(0, [1 - of["low"] for of in accuracies] - value),
    ]
    axes.errorbar(at, value, yerr=ends, fmt="o", ms=5, color=colour, ecolor=colour, elinewidth=1.4, label=label)


def _people(part: SubFigure, tests: Tests, rows: Sequence[tuple[str, str, Mapping[str, Any]]]) -> None:
    _title(part, "People of whom the training saw nothing: in red what was read wrong, then the least sure", 0.99)
    grid = part.subplots(len(rows), COLUMNS + 1, width_ratios=[2.6, *[1] * COLUMNS], squeeze=False)
    part.subplots_adjust(left=0.012, right=0.988, top=0.89, bottom=0.04, hspace=0.6, wspace=0.2)
    for line, (name, writer, of) in zip(grid, rows, strict=True):
        for axes in line:
            axes.axis("off")
        line[0].text(
            0, 0.68, f"{writer}   {of['accuracy']['value']:.1%}", fontsize=10.5, weight="bold", color=INK, va="center"
        )
        ends = f"{100 * of['accuracy']['low']:.1f} to {100 * of['accuracy']['high']:.1f} %"
        line[0].text(0, 0.15, f"{of['errors']} of {of['digits']} wrong\n{ends}", fontsize=8, color=FAINT, va="center")
        digits, probabilities = tests[name]
        own = np.flatnonzero(digits.writers == writer)
        sure, right = probabilities[own].max(axis=1), probabilities[own].argmax(axis=1) == digits.labels[own]
        for axes, index in zip(line[1:], own[np.lexsort((np.where(right, sure, -sure), right))], strict=False):
            row, label = probabilities[index], digits.labels[index]
            wrong = row.argmax() != label
            axes.axis("on")
            title = f"{label} → {row.argmax()} {row.max():.0%}" if wrong else f"{label} {row.max():.0%}"
            _digit(axes, digits.images[index], title, f"#{index}", WRONG if wrong else FAINT)


def confidence(tests: Tests, found: Mapping[str, Any]) -> Figure:
    """Whether confidence can be trusted: accuracy against it, what is gained by leaving the unsure to a person, and
    what the temperature does."""
    figure = Figure(figsize=(15.5, 4.6 * len(tests)))
    grid = figure.subplots(len(tests), 3, squeeze=False, width_ratios=[1.15, 1.15, 0.8])
    for (trust, selection, calibration), (name, (digits, probabilities)) in zip(grid, tests.items(), strict=True):
        _trust(trust, name, found[name], probabilities, digits.labels)
        _selection(selection, name, found[name], probabilities, digits.labels)
        _calibration(calibration, name, found[name])
    figure.tight_layout(h_pad=2.5, w_pad=2.5)
    return figure


def _trust(axes: Axes, name: str, found: Mapping[str, Any], probabilities: Probabilities, labels: Labels) -> None:
    """Wrong readings against doubt, both logarithmic: on the diagonal a doubt of 1 % is wrong once in a hundred."""
    before = breakdown.untempered(probabilities, found["before_temperature"]["temperature"])
    axes.plot([2e-4, 1], [2e-4, 1], "--", color=GREY, lw=1)
    for every, colour, label in (
        (breakdown.bands(before, labels), AMBER, "before temperature"),
        (found["confidence"], SETS.get(name, VIOLET), "as served"),
    ):
        for band in every:
            doubt, accuracy = 1 - band["mean_confidence"], band["accuracy"]
            wrong, low, high = 1 - accuracy["value"], 1 - accuracy["high"], 1 - accuracy["low"]
            if band["digits"] < _FEW:
                continue
            if wrong:
                axes.plot([doubt] * 2, [low, high], "-", color=colour, lw=1.4)
                axes.plot(doubt, wrong, "o", color=colour, ms=6)
            else:  # none wrong: all that is known is what the share lies below
                axes.plot(doubt, high, "v", color=colour, ms=7, fillstyle="none")
            if label == "as served":
                axes.annotate(
                    f"{band['digits']:,}",
                    (doubt, high),
                    xytext=(0, 5),
                    textcoords="offset points",
                    ha="center",
                    fontsize=7,
                    color=colour,
                )
        axes.plot([], [], "o-", color=colour, label=label)
    axes.plot([], [], "v", color=FAINT, ms=7, fillstyle="none", ls="", label="none wrong: the share is below this")
    _plain(axes, f"{name}: how often it is wrong when it is that sure")
    ticks = [1e-4, 1e-3, 1e-2, 0.1, 1]
    axes.set(xscale="log", yscale="log", xlim=(1, 4e-4), ylim=(1e-4, 1.5), yticks=ticks)
    doubts = [1 - edge for edge in BANDS[1:-1]]
    axes.set_xticks(doubts, [f"{edge:.1%}".replace(".0%", "%") for edge in BANDS[1:-1]])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.2%}".replace(".00%", "%")))
    axes.set_xlabel("confidence (the dashed line is what it promises)", fontsize=8.5, color=INK)
    axes.set_ylabel("read wrong", fontsize=8.5, color=INK)
    axes.legend(frameon=False, fontsize=8, loc="lower left")


def _selection(axes: Axes, name: str, found: Mapping[str, Any], probabilities: Probabilities, labels: Labels) -> None:
    """Risk over coverage, where risk begins, with Wilson's intervals."""
    colour = SETS.get(name, VIOLET)
    wrong = probabilities.argmax(axis=1) != labels
    selected, count = found["selective"], len(labels)
    clean = selected["coverage_at_zero_errors"]["value"]
    start = max(0.0, 1 - max(0.02, 1.6 * (1 - clean)))
    places = np.unique(np.linspace(max(1, round(start * count)), count, 400).round().astype(int))
    errors = np.cumsum(wrong[np.argsort(-probabilities.max(axis=1), kind="stable")])[places - 1]
    every = [breakdown.share(int(part), int(whole)) for part, whole in zip(errors, places, strict=True)]
    at = places / count
    axes.fill_between(at, [of["low"] for of in every], [of["high"] for of in every], color=colour, alpha=0.15, lw=0)
    axes.plot(at, [of["value"] for of in every], color=colour, lw=1.8)
    _plain(axes, f"{name}: risk, if only the surest are answered")
    axes.set(xlim=(start, 1), ylim=(0, None))
    axes.axvline(clean, color=FAINT, lw=1, ls=":")
    top = axes.get_ylim()[1]
    axes.annotate(
        f"no error among\nthe surest {clean:.1%}",
        (clean, 0.93 * top),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=8,
        color=FAINT,
    )
    for at_coverage, risk, text in (
        (0.99, selected["risk_at_99"]["value"], f"surest 99 %: {selected['risk_at_99']['value']:.2%}"),
        (
            selected["at_threshold"]["coverage"]["value"],
            selected["at_threshold"]["risk"]["value"],
            f"not called uncertain\n({selected['at_threshold']['coverage']['value']:.1%}): "
            f"{selected['at_threshold']['risk']['value']:.2%}",
        ),
        (1.0, float(wrong.mean()), f"all: {float(wrong.mean()):.2%}"),
    ):
        if at_coverage < start:
            continue
        axes.plot(at_coverage, risk, "o", color=colour, ms=5, clip_on=False)
        below = at_coverage != 0.99
        axes.annotate(
            text,
            (at_coverage, risk),
            xytext=(-8, 8) if not below else (-8, 26 if at_coverage < 1 else 6),
            textcoords="offset points",
            ha="right",
            fontsize=8,
            color=INK,
            arrowprops={"arrowstyle": "-", "color": GREY, "lw": 0.7} if at_coverage < 1 else None,
        )
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=2))
    axes.set_xlabel("coverage: share of the digits that is answered", fontsize=8.5, color=INK)
    axes.set_ylabel("risk: share of those read wrong", fontsize=8.5, color=INK)


def _calibration(axes: Axes, name: str, found: Mapping[str, Any]) -> None:
    """Expected calibration error and likelihood, before and after the temperature."""
    before, after = found["before_temperature"], found["scores"]
    for row, metric in enumerate(("ece", "nll")):
        for shift, of, colour in ((-0.13, before, AMBER), (0.13, after, SETS.get(name, VIOLET))):
            value = of[metric]
            ends = [[max(0, value["value"] - value["low"])], [max(0, value["high"] - value["value"])]]
            axes.errorbar(value["value"], row + shift, xerr=ends, fmt="o", color=colour, ms=6, elinewidth=1.6)
            axes.annotate(
                f"{value['value']:.4f}",
                (value["value"], row + shift),
                xytext=(0, 7),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                color=colour,
            )
    _plain(axes, f"{name}: what the temperature {before['temperature']:.2f} does")
    every = [of[metric][end] for of in (before, after) for metric in ("ece", "nll") for end in ("low", "high")]
    ticks = [tick for tick in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1) if tick < 2 * max(every)]
    axes.set(yticks=range(2), ylim=(1.6, -0.6), xscale="log", xticks=ticks)
    axes.set_xlim(0.6 * max(min(every), 1e-3), 1.7 * max(every))
    axes.set_yticklabels(["calibration\nerror", "negative log-\nlikelihood"])
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.minorticks_off()
    axes.set_xlabel("brown before, then as served; lines are 95 % intervals", fontsize=8.5, color=INK)


def doubtful(digits: DigitSet, found: Sequence[Mapping[str, Any]]) -> Figure:
    """The MNIST test images whose labels people doubt, with their votes and what was read; `found` is what
    `doubtful.doubtful` gives."""
    columns = 8
    figure = Figure(figsize=(12.4, 2.05 * -(-len(found) // columns) + 0.4))
    _title(figure, "MNIST test images whose labels people doubt: label → reading, and what five people saw", 0.985)
    grid = figure.subplots(-(-len(found) // columns), columns, squeeze=False).flat
    figure.subplots_adjust(left=0.012, right=0.988, top=0.86, bottom=0.1, hspace=0.5, wspace=0.12)
    for axes in grid:
        axes.axis("off")
    for axes, of in zip(figure.axes, found, strict=False):
        axes.axis("on")
        votes = [(of["for_given"], of["given"]), (of["for_guessed"], of["guessed"]), (of["neither"], "neither")]
        seen = ", ".join(f"{count} saw {what}" for count, what in votes if count)
        _digit(
            axes,
            digits.images[of["index"]],
            f"{of['given']} → {of['read']} {of['confidence']:.0%}",
            f"{seen}\n#{of['index']}",
            RIGHT if of["read"] == of["given"] else WRONG,
        )
    return figure


def suspicious(found: Mapping[str, Any], images: Mapping[str, Sequence[NDArray[np.uint8]]]) -> Figure:
    """The contact sheet of the label check: the training labels that are most likely wrong.

    Args:
        found: what `labels.check` gives.
        images: for each set the pictures of its "most" suspicious, in their order.
    """
    rows = {name: max(1, -(-len(pictures) // COLUMNS)) for name, pictures in images.items()}
    heights = [0.45 + 1.45 * row for row in rows.values()]
    figure = Figure(figsize=(COLUMNS + 0.4, sum(heights)))
    parts = figure.subfigures(len(images), 1, height_ratios=heights, squeeze=False)[:, 0]
    for part, (name, pictures) in zip(parts, images.items(), strict=True):
        of = found[name]
        shown = f", the first {len(pictures)}" if len(pictures) < of["suspicious"] else ""
        height = 0.45 + 1.45 * rows[name]
        counted = f"{name}: {of['suspicious']} of {of['digits']:,} training labels look wrong{shown}"
        _title(part, f"{counted}: label → what networks read that never saw it", 1 - 0.12 / height)
        part.subplots_adjust(
            left=0.012, right=0.988, top=1 - 0.68 / height, bottom=0.32 / height, hspace=0.5, wspace=0.2
        )
        grid = part.subplots(rows[name], COLUMNS, squeeze=False).flat
        for axes in grid:
            axes.axis("off")
        for axes, image, suspect in zip(part.axes, pictures, of["most"], strict=False):
            axes.axis("on")
            _digit(
                axes,
                image,
                f"{suspect['given']} → {suspect['suggested']} {suspect['confidence']:.0%}",
                suspect["writer"] or f"#{suspect['index']}",
                WRONG,
            )
    return figure


def robustness(found: Mapping[str, Any]) -> Figure:
    """reports/robustness.json as curves: accuracy against strength under each corruption, the tutorial's in
    grey, and against the height of digits in small pictures."""
    corruptions = list(next(iter(found["corrupted"].values()))["by_corruption"])
    figure = Figure(figsize=(11, 9.5))
    grid = figure.add_gridspec(4, 4, hspace=0.5, wspace=0.12, top=0.885)
    for place, corruption in enumerate(corruptions):
        axes = figure.add_subplot(grid[divmod(place, 4)])
        for curves, colours, width in ((found["tutorial"], TUTORIAL, 1.4), (found["corrupted"], SETS, 1.8)):
            for name, score in curves.items():
                axes.plot(score["by_corruption"][corruption], STYLES[name], color=colours[name], lw=width)
        axes.set(xticks=range(6))
        _shares(axes, corruption)
        axes.tick_params(labelleft=place % 4 == 0)
        if place >= len(corruptions) - 4:
            axes.set_xlabel("strength", fontsize=8, color=INK)
    small = figure.add_subplot(grid[3, :])
    for name, shares in found["small"].items():
        heights = [int(height) for height in shares]
        small.plot(heights, [*shares.values()], STYLES[name], marker="o", color=SETS[name], ms=4, lw=1.8)
        small.set(xticks=heights, xlim=(max(heights) + 0.5, min(heights) - 0.5))
    _shares(small, "small pictures, from the picture to the digit")
    small.set_xlabel("longer side of the digit, pixels", fontsize=8, color=INK)

    lines: list[Line2D] = []
    names: list[str] = []
    for curves, colours, whose in ((found["corrupted"], SETS, ""), (found["tutorial"], TUTORIAL, ", the tutorial")):
        for name, score in curves.items():
            lines.append(Line2D([], [], color=colours[name], lw=2, ls=STYLES[name]))
            names.append(f"{name}{whose}: {score['mean']:.1%} on average, {score['undamaged']:.1%} undamaged")
    figure.legend(lines, names, loc="upper center", bbox_to_anchor=(0.5, 0.97), ncols=2, frameon=False, fontsize=9)
    digits = " and ".join(f"{score['digits']:,} {name}" for name, score in found["corrupted"].items())
    figure.suptitle(f"Damaged test digits, share read right: {digits}", color=INK, fontsize=12, weight="bold", y=0.99)
    return figure


def _shares(axes: Axes, title: str) -> None:
    """A chart of shares from 0 to 1."""
    _plain(axes, title)
    axes.set(ylim=(0, 1.04), yticks=[0, 0.25, 0.5, 0.75, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def outside(found: Outside) -> Figure:
    """Digits from elsewhere that were read wrong, and as what, in the order of what they are."""
    shown = sorted(found.wrong, key=lambda place: (found.labels[place], found.texts[place]))
    rows = max(1, -(-len(shown) // COLUMNS))
    figure = Figure(figsize=(COLUMNS * 0.95, 0.55 + 1.25 * rows))
    grid = figure.subplots(rows, COLUMNS, squeeze=False)
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.02, top=1 - 0.75 / figure.get_figheight(), hspace=0.3)
    for axes in grid.flat:
        axes.axis("off")
    for axes, place in zip(grid.flat, shown, strict=False):
        axes.axis("on")
        text = found.texts[place].replace("\n", " ") or "nothing"
        _digit(axes, 255 - found.pictures[place], f"{found.labels[place]} → {text}", f"#{place}", WRONG)
    share = 1 - len(shown) / len(found.labels)
    title = f"Optical digits of 13 other people: {share:.1%} of {len(found.labels):,} right, {len(shown)} wrong"
    _title(figure, title, 1 - 0.12 / figure.get_figheight())
    return figure
