"""Pen strokes: what a pen on a tablet or a mouse in the window leaves, and how it becomes ink."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Strokes = Sequence[Sequence[Sequence[float]] | NDArray[np.float64]]
"""Pen-down movements in order, each a sequence of [x, y] or an array (N, 2); x to the right, y down, any unit."""

Points = NDArray[np.float64]
"""(N, 2), x and y."""

_POINTS_PER_SEGMENT = 4
"""Points drawn between two measured ones; pens report every 10 to 100 ms, and hands do not turn corners."""

_OVERSAMPLING = 2
"""The ink is drawn this much larger and averaged, for soft edges on small drawings."""


def draw(strokes: Strokes, pen: float, side: int = 160) -> NDArray[np.float32]:
    """Strokes as ink, drawn with a round pen along a smooth curve through their points.

    Args:
        strokes: at least one stroke of at least one point.
        pen: diameter of the pen, in the strokes' unit.
        side: longer side of the box around the strokes' points, in pixels; the pen adds to it.

    Returns:
        (H, W) float32, 0 paper, 1 ink, just large enough to hold the ink.

    Raises:
        ValueError: no point, or a coordinate that is not finite.
    """
    from PIL import ImageDraw  # brings fonts along, which whoever reads a picture need not wait for

    curves = [smooth(stroke) for stroke in as_arrays(strokes).values()]
    if not curves:
        raise ValueError("strokes hold no point")
    points = np.concatenate(curves)
    low = points.min(axis=0)
    # A dot has no extent: the pen's own diameter stands in for it.
    extent = max(float((points.max(axis=0) - low).max()), pen)
    scale = side * _OVERSAMPLING / extent
    diameter = max(pen * scale, 1.0)
    margin = math.ceil(diameter / 2) + _OVERSAMPLING

    size = np.ceil((points.max(axis=0) - low) * scale).astype(int) + 2 * margin
    size += -size % _OVERSAMPLING
    canvas = Image.new("L", (int(size[0]), int(size[1])))
    pencil = ImageDraw.Draw(canvas)
    radius = diameter / 2
    for curve in curves:
        path = (curve - low) * scale + margin
        pencil.line(path.ravel().tolist(), fill=255, width=round(diameter))
        # A line's segments are rectangles: round off its ends and close the gaps at its bends.
        for x, y in path.tolist():
            pencil.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    ink: NDArray[np.float32] = np.asarray(canvas.reduce(_OVERSAMPLING), np.float32) / np.float32(255)
    return ink


def as_arrays(strokes: Strokes) -> dict[int, NDArray[np.float64]]:
    """The strokes that hold a point, as arrays (N, 2), by their place among all.

    Raises:
        ValueError: a coordinate is not finite.
    """
    written = {place: np.asarray(s, np.float64).reshape(-1, 2) for place, s in enumerate(strokes) if len(s)}
    if not all(np.isfinite(stroke).all() for stroke in written.values()):
        raise ValueError("strokes hold a coordinate that is not finite")
    return written


def slant(strokes: Strokes, degrees: float, widen: float = 1.0) -> list[NDArray[np.float64]]:
    """The same strokes leaning by `degrees` to the right and `widen` times as wide."""
    lean = math.tan(math.radians(degrees))
    matrix = np.array([[widen, 0.0], [-lean, 1.0]])
    return [np.asarray(stroke, np.float64).reshape(-1, 2) @ matrix for stroke in strokes]


def waves(amount: float, size: float, rng: np.random.Generator) -> Callable[[Points], Points]:
    """What pushes points (N, 2) along two long random waves, by up to `amount` of a digit's longer side each: bows get
    fuller, legs more or less curved, as from one hand to the next. `size` is that side, in the points' unit."""
    cycles = rng.uniform(-1, 1, (2, 2, 2))  # wave, axis it pushes along, its cycles per side in x and y
    phases = rng.uniform(0, 2 * math.pi, (2, 2))
    reach = rng.uniform(0, amount, (2, 2)) * size

    def push(points: Points) -> Points:
        angle = 2 * math.pi * np.einsum("wac,nc->wan", cycles, points / size) + phases[..., None]
        return points + (reach[..., None] * np.sin(angle)).sum(axis=0).T

    return push


def smooth(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A Catmull-Rom curve through the points (E. Catmull, R. Rom, 1974), uniform."""
    if len(points) < 3:
        return points
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    before, start, end, after = (padded[i : i + len(points) - 1, None, :] for i in range(4))
    t = np.linspace(0, 1, _POINTS_PER_SEGMENT, endpoint=False)[None, :, None]
    curve = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    return np.concatenate([curve.reshape(-1, 2), points[-1:]])


def sampled(curve: NDArray[np.float64], spacing: float) -> NDArray[np.float64]:
    """Points (M, 2) at most `spacing` apart along a curve (N, 2), from its start to its end."""
    along = np.append(0.0, np.hypot(*np.diff(curve, axis=0).T).cumsum())
    at = np.linspace(0, along[-1], math.ceil(along[-1] / spacing) + 1)
    return np.stack([np.interp(at, along, curve[:, axis]) for axis in (0, 1)], axis=1)
