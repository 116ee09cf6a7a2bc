"""What the network makes of a digit: what its layers answer, and which ink decides."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from digits.charts.style import HEAT, INK, RIGHT, WRONG, bare, name_row
from digits.reading.explain import heat
from digits.reading.reader import Reader

_GLOW = LinearSegmentedColormap.from_list("glow", ["#ffffff", "#fdba74", "#c2410c", "#431407"])


def layers(answers: Sequence[NDArray[np.float32]], columns: int) -> Figure:
    """The channels of each layer whose answer at one place stands out most from the rest; the darker, the stronger."""
    figure = Figure(figsize=(0.8 * columns + 1.8, 0.85 * len(answers)))
    grid = figure.subplots(len(answers), columns, squeeze=False, gridspec_kw={"wspace": 0.08, "hspace": 0.08})
    for number, (line, layer) in enumerate(zip(grid, answers, strict=True), 1):
        outstanding = layer.max(axis=(1, 2)) - np.median(layer, axis=(1, 2))
        for axes in line:
            axes.set_visible(False)
        for axes, channel in zip(line, np.argsort(-outstanding, kind="stable"), strict=False):
            axes.set_visible(True)
            axes.imshow(layer[channel], cmap=_GLOW, vmin=0, vmax=max(float(layer[channel].max()), 1e-6))
            bare(axes, frame=True)
        count, height, width = layer.shape
        name_row(line[0], f"layer {number}\n{count} of {height} x {width}")
    return figure


def deciding(reader: Reader, images: NDArray[np.uint8], labels: NDArray[np.integer]) -> Figure:
    """Which ink speaks for the answer, and which for its rival: orange where covering the ink takes most from it.

    Args:
        reader: what is asked.
        images: (N, 28, 28).
        labels: (N,), what was written; where it was read wrong that is the rival.
    """
    read = reader.classify(images)
    figure = Figure(figsize=(1.16 * len(images) + 0.9, 3.1), layout="constrained")
    grid = figure.subplots(2, len(images), squeeze=False)
    for column, (image, row) in enumerate(zip(images, read, strict=True)):
        answer, rival = np.argsort(-row, kind="stable")[:2].tolist()
        if labels[column] != answer:
            rival = int(labels[column])
        for axes, digit in zip(grid[:, column], (answer, rival), strict=True):
            axes.imshow(_glowing(image, heat(reader, image, digit)))
            bare(axes, frame=True)
            right = digit == labels[column]
            axes.set_title(f"{digit}: {_percent(float(row[digit]))}", fontsize=9, color=RIGHT if right else WRONG)
    for axes, name in zip(grid[:, 0], ("for the\nanswer", "for its\nrival"), strict=True):
        name_row(axes, name)
    return figure


def _glowing(image: NDArray[np.uint8], strength: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ink (28, 28) on white paper as RGB, orange where the strength (28, 28) is 1."""
    ink, orange = (np.array(to_rgb(colour), np.float32) for colour in (INK, HEAT))
    colour = ink + strength[..., None] * (orange - ink)
    mask = image[..., None].astype(np.float32) / np.float32(255)
    return 1 + mask * (colour - 1)


def _percent(share: float) -> str:
    """A probability; close to the ends with the digits that tell it from 0 and 1."""
    return f"{share:.2%}" if 0.9995 > share > 0.99 else f"{share:.1%}" if share >= 0.001 else "< 0.1%"
