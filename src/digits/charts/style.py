"""What all charts share: colours, digits on paper, labels and axes, and the file that a figure becomes."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray
from PIL import Image

INK, RIGHT, WRONG = "#1f2937", "#2563eb", "#dc2626"
"""Text; good; bad."""

FAINT, GREY, GRID, PAPER = "#6b7280", "#9ca3af", "#e5e7eb", "#d1d5db"
"""Side remarks; what is there to compare with; lines to read values by; the edge of an image."""

TEAL, VIOLET, AMBER = "#0d9488", "#7c3aed", "#b45309"
"""Further things beside each other."""

HEAT = "#f97316"
"""Ink that decides."""

SERIES = (RIGHT, WRONG, TEAL, VIOLET, AMBER, INK)
"""Of things beside each other that nothing ranks."""

COLUMNS = 12
"""Digits beside each other."""

Part = Figure | SubFigure


def save(figure: Figure, path: Path) -> None:
    """Writes a PNG that holds nothing but the picture, so that equal pictures are equal files.

    It has 256 colours, which nobody sees, and less than half of the bytes.
    """
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=110, bbox_inches="tight", facecolor="white")
    picture = Image.open(drawn).convert("RGB")
    picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, "PNG", optimize=True)


def of_sets(names: Iterable[str]) -> dict[str, str]:
    """A colour for each test set, the same in every chart, since sets always come in the same order."""
    return dict(zip(names, (RIGHT, TEAL, VIOLET, AMBER, WRONG, INK), strict=False))


def plain(axes: Axes, title: str = "") -> None:
    """No box, faint lines to read values by, a title at the left."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
    axes.tick_params(labelsize=8, colors=INK)
    axes.grid(color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    if title:
        axes.set_title(title, loc="left", fontsize=10, weight="bold", color=INK)


def label(axes: Axes, x: str = "", y: str = "", size: float = 8.5) -> None:
    """What the axes say, beside them."""
    if x:
        axes.set_xlabel(x, fontsize=size, color=INK)
    if y:
        axes.set_ylabel(y, fontsize=size, color=INK)


def shares(axes: Axes, title: str) -> None:
    """A chart of shares from 0 to 1."""
    plain(axes, title)
    axes.set(ylim=(0, 1.04), yticks=[0, 0.25, 0.5, 0.75, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def beside(axes: Axes, text: str, at: tuple[float, float], offset: tuple[float, float], **how: Any) -> None:
    """A note next to a point of the data; the offset is in typographic points."""
    axes.annotate(text, at, xytext=offset, textcoords="offset points", **how)


def heading(part: Part, text: str, y: float, size: float = 10.5, color: str = INK) -> None:
    """A title at the left of a figure or of a part of it; y is its upper edge, from 0 to 1."""
    part.suptitle(text, x=0.012, y=y, ha="left", fontsize=size, weight="bold", color=color)


def stacked(figure: Figure, heights: Sequence[float]) -> list[SubFigure]:
    """Parts of a figure below each other, whose heights relate so."""
    parts = figure.subfigures(len(heights), 1, height_ratios=list(heights), squeeze=False)
    return list(parts[:, 0])


def rows_of(count: int, columns: int = COLUMNS) -> int:
    """Rows that so many digits fill; an empty one where there are none."""
    return max(1, -(-count // columns))


def cells(part: Part, rows: int, columns: int = COLUMNS, widths: Sequence[float] | None = None) -> list[Axes]:
    """Places for digits, row by row, that show nothing until `digit` is called on them."""
    found = list(part.subplots(rows, columns, squeeze=False, width_ratios=widths).flat)
    for axes in found:
        axes.axis("off")
    return found


def digit(axes: Axes, image: NDArray[np.uint8], title: str, note: str, colour: str) -> None:
    """A digit (H, W), 0 paper, 255 ink, in a frame; what is to be said of it above and below."""
    axes.axis("on")
    axes.imshow(255 - image, cmap="gray", vmin=0, vmax=255)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color=colour if colour != FAINT else GRID, lw=1.2)
    axes.set_title(title, fontsize=9, color=colour, pad=3)
    axes.set_xlabel(note, fontsize=6.5, color=FAINT, labelpad=2)


def show(axes: Axes, image: NDArray[Any]) -> None:
    """A digit (H, W), 0 paper, 255 ink, and nothing about it."""
    axes.imshow(image, cmap="Greys", vmin=0, vmax=255)


def bare(axes: Axes, frame: bool = False) -> None:
    """No ticks; a frame where the paper's edge matters."""
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=frame, color=PAPER)


def name_row(axes: Axes, name: str) -> None:
    """What a row of pictures is, left of its first."""
    axes.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9, color=INK, labelpad=6)
