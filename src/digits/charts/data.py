"""What a reader learns from: sets, people, strokes, forms, and what the normaliser makes of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from digits.charts.style import FAINT, HEAT, INK, SERIES, bare, name_row, show
from digits.data.allographs import ALLOGRAPHS, Allograph, written
from digits.data.pen import Sample, draw_image
from digits.data.sets import DigitSet, contact_sheet
from digits.evaluation.conditions import CONDITIONS
from digits.ink import SIDE, Strokes, ink_box, normalise, open_picture
from digits.ink.normalise import BOX

_CELL, _GAP = 0.48, 5
"""Side of a small digit with the paper beside it, inches; that paper, its pixels."""


def sheets(parts: Mapping[str, DigitSet], columns: int) -> Figure:
    """Sets beside each other, a row a digit, or a row a kind of what is none; examples spread evenly over each."""
    rows = [np.unique(part.labels) for part in parts.values()]
    rows = [np.unique(part.writers) if len(row) == 1 else row for part, row in zip(parts.values(), rows, strict=True)]
    height = 0.34 * max(map(len, rows))
    figure = Figure(figsize=((0.34 * columns + 0.6) * len(parts), height + 0.5), layout="constrained")
    for axes, (name, part), names in zip(
        figure.subplots(1, len(parts), squeeze=False)[0], parts.items(), rows, strict=True
    ):
        sheet = np.asarray(contact_sheet(part, columns))
        axes.imshow(sheet, cmap="gray", vmin=0, vmax=255)
        axes.set_yticks((np.arange(len(names)) + 0.5) * sheet.shape[0] / len(names), names.tolist(), color=INK)
        axes.set(xticks=[])
        axes.set_title(f"{name}, {len(part):,} images", color=INK, fontsize=11)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
    return figure


def classes(parts: Mapping[str, DigitSet]) -> Figure:
    """What share of each set every digit has."""
    figure = Figure(figsize=(8, 2.6), layout="constrained")
    axes = figure.subplots()
    width = 0.8 / len(parts)
    for i, (name, part) in enumerate(parts.items()):
        share = np.bincount(part.labels, minlength=10)[:10] / len(part)
        axes.bar(np.arange(10) + (i + 0.5) * width - 0.4, 100 * share, width, color=SERIES[i], label=name)
    axes.axhline(10, color=FAINT, lw=0.8, ls=":")
    axes.set(xticks=range(10), xlabel="digit", ylabel="share of the set, %")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, ncols=len(parts), loc="lower center", bbox_to_anchor=(0.5, 1))
    return figure


def writers(parts: Mapping[str, Sequence[Sample]]) -> Figure:
    """How many digits each person wrote, coloured by the set that the person is in."""
    counts = sorted(
        ((writer, sum(sample.writer == writer for sample in samples), SERIES[i])
         for i, samples in enumerate(parts.values()) for writer in {sample.writer for sample in samples})
    )  # fmt: skip
    figure = Figure(figsize=(10, 2.6), layout="constrained")
    axes = figure.subplots()
    axes.bar([writer for writer, _, _ in counts], [n for _, n, _ in counts], color=[colour for _, _, colour in counts])
    for i, (name, samples) in enumerate(parts.items()):
        people = len({sample.writer for sample in samples})
        axes.bar([0], [0], color=SERIES[i], label=f"{name}: {people} people, {len(samples):,} digits")
    axes.set_ylabel("digits written")
    axes.tick_params(axis="x", rotation=90, labelsize=8, length=0)
    axes.margins(x=0.01)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1))
    return figure


def _draw_strokes(axes: Axes, strokes: Strokes) -> None:
    """Dots where the pen was asked for its place, the earliest lightest; a stroke is a line."""
    for i, stroke in enumerate(strokes):
        x, y = np.asarray(stroke, np.float64).T
        colour = SERIES[i % len(SERIES)]
        axes.plot(x, y, color=colour, lw=1.2, alpha=0.5)
        axes.scatter(x, y, s=9, c=to_rgba_array(colour, np.linspace(0.25, 1, len(x))))
    axes.margins(0.1)
    axes.invert_yaxis()
    axes.set_aspect("equal", adjustable="datalim")


def strokes(samples: Sequence[Sample]) -> Figure:
    """Pen digits as they are kept: one colour a stroke, dots growing darker along it."""
    figure = Figure(figsize=(1.5 * len(samples), 2.0), layout="constrained")
    for axes, sample in zip(figure.subplots(1, len(samples), squeeze=False)[0], samples, strict=True):
        _draw_strokes(axes, sample.strokes)
        bare(axes)
        axes.set_title(f"{sample.digit}\n{sample.writer}", fontsize=9, color=INK)
    return figure


def normaliser(samples: Mapping[str, Sample]) -> Figure:
    """From strokes to what the network reads, step by step: a row a sample, drawn under the condition
    (`CONDITIONS`) that it is named after."""
    steps = ("strokes", "drawn on a sheet;\nbox around the ink", "cut out", f"longer side\n{BOX} pixels")
    figure = Figure(figsize=(10.5, 1.95 * len(samples) + 0.4), layout="constrained")
    grid = figure.subplots(len(samples), 5, squeeze=False, width_ratios=[1, 1.6, 1, 1, 1])
    for row, (name, sample) in zip(grid, samples.items(), strict=True):
        picture = CONDITIONS[name].picture(sample)
        ink = 1 - open_picture(picture).brightness
        left, top, right, bottom = ink_box(ink) or (0, 0, 1, 1)
        image = normalise(ink)
        ys, xs = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
        _draw_strokes(row[0], sample.strokes)
        row[1].imshow(picture, cmap="gray", vmin=0, vmax=255)
        row[1].add_patch(Rectangle((left, top), right - left, bottom - top, fill=False, ec=HEAT, lw=1.2))
        row[2].imshow(ink[top:bottom, left:right], cmap="Greys", vmin=0, vmax=1)
        show(row[3], image[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1])
        show(row[4], image)
        weight = image / image.sum()
        centre = [float(weight.sum(axis=axis) @ np.arange(SIDE)) for axis in (0, 1)]
        row[4].axvline(centre[0], color=HEAT, lw=0.8)
        row[4].axhline(centre[1], color=HEAT, lw=0.8)
        for axes in row:
            bare(axes, frame=axes not in (row[0], row[2], row[3]))
        name_row(row[0], f"{sample.digit}, {name}")
    for axes, step in zip(grid[0], (*steps, f"centre of mass in the\nmiddle of {SIDE} x {SIDE}"), strict=True):
        axes.set_title(step, fontsize=10, color=INK)
    return figure


def rows(images: Mapping[str, NDArray[Any] | Sequence[NDArray[Any]]]) -> Figure:
    """Named rows of digits (N, 28, 28), 0 paper, 255 ink."""
    cell, columns = SIDE + _GAP, max(map(len, images.values()))
    sheet = np.zeros((cell * len(images), cell * columns), np.float32)
    for top, row in enumerate(images.values()):
        for left, image in enumerate(row):
            sheet[cell * top : cell * top + SIDE, cell * left : cell * left + SIDE] = image
    figure = Figure(figsize=(_CELL * columns + 1.8, _CELL * len(images) + 0.1), layout="constrained")
    axes = figure.subplots()
    show(axes, sheet)
    bare(axes)
    axes.set_yticks(cell * np.arange(len(images)) + SIDE / 2, list(images), fontsize=9, color=INK)
    axes.tick_params(length=0)
    return figure


def forms(columns: int, pen: float, seed: int = 0) -> Figure:
    """Every form of `digits.data.allographs`, as several people might write it. `pen` is its diameter as a part of the
    digit's longer side."""
    rng = np.random.default_rng(seed)
    return rows({str(form): [form_image(form, pen, rng) for _ in range(columns)] for form in ALLOGRAPHS})


def form_image(form: Allograph, pen: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The form as somebody might write it, (28, 28)."""
    return draw_image(written(form, rng), pen)
