"""Ink off screen: strokes as soft-edged lines, and the patches of the picture that Tk shows.

Tk's own lines are jagged under X11. Here each piece of a line is drawn four times as large and averaged, and only
the rectangle that it touched is sent to the screen, which takes well under a millisecond.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw

from .drawing import Box, Point, Stroke

_OVERSAMPLING = 4
_STEP = 2.0
"""Length of the straight pieces that a curve is made of, pixels."""

_RUN = 24
"""Pieces drawn together: the box around a few is small, the one around a whole stroke mostly empty."""

Colour = tuple[int, int, int]


class Paper:
    """What is drawn on a sheet of `width` x `height` pixels that shows it `scale` times its size."""

    def __init__(self, width: int, height: int, scale: float, paper: Colour, ink: Colour) -> None:
        self.size, self.scale = (width, height), scale
        self._mask = Image.new("L", self.size)
        self._tables = [
            [round(p + (i - p) * level / 255) for level in range(256)] for p, i in zip(paper, ink, strict=True)
        ]

    def draw(self, strokes: Sequence[Stroke]) -> None:
        """Whole strokes."""
        for stroke in strokes:
            path = curve(stroke.points)
            for start in range(0, max(len(path) - 1, 1), _RUN):
                self._trace(path[start : start + _RUN + 1], stroke.pen)

    def draw_end(self, points: Sequence[Point], pen: float, lifted: bool = False) -> Box | None:
        """What the newest point of a growing stroke adds to it; the rectangle that changed, or None.

        The line ends half-way to the newest point until it is `lifted`: its bend there is not known before.
        """
        if len(points) == 1:
            return self._trace(points, pen)
        if lifted:
            return self._trace([_middle(points[-2], points[-1]), points[-1]], pen)
        if len(points) == 2:
            return self._trace([points[0], _middle(points[0], points[1])], pen)
        return self._trace(_bend(_middle(points[-3], points[-2]), points[-2], _middle(points[-2], points[-1])), pen)

    def _trace(self, path: Sequence[Point], pen: float) -> Box | None:
        """Draws a path of short pieces with a round pen."""
        scale = self.scale
        radius = max(pen * scale / 2, 0.5)
        xs, ys = [x * scale for x, _ in path], [y * scale for _, y in path]
        left, top = math.floor(min(xs) - radius) - 1, math.floor(min(ys) - radius) - 1
        right, bottom = math.ceil(max(xs) + radius) + 1, math.ceil(max(ys) + radius) + 1
        left, top = max(left, 0), max(top, 0)
        right, bottom = min(right, self.size[0]), min(bottom, self.size[1])
        if right <= left or bottom <= top:
            return None
        tile = Image.new("L", ((right - left) * _OVERSAMPLING, (bottom - top) * _OVERSAMPLING))
        pencil = ImageDraw.Draw(tile)
        wide = radius * _OVERSAMPLING
        enlarged = [((x - left) * _OVERSAMPLING, (y - top) * _OVERSAMPLING) for x, y in zip(xs, ys, strict=True)]
        if len(enlarged) > 1:
            pencil.line(enlarged, fill=255, width=round(2 * wide))
        for x, y in enlarged:  # round ends, and no gaps at the bends
            pencil.ellipse((x - wide, y - wide, x + wide, y + wide), fill=255)
        box = (left, top, right, bottom)
        self._mask.paste(ImageChops.lighter(self._mask.crop(box), tile.reduce(_OVERSAMPLING)), box)
        return box

    def patch(self, box: Box | None = None) -> bytes:
        """A part of the sheet, or all of it, as PPM."""
        return ppm(self.image(box))

    def image(self, box: Box | None = None) -> Image.Image:
        """A part of the sheet, or all of it."""
        mask = self._mask.crop(box) if box else self._mask
        return Image.merge("RGB", [mask.point(table) for table in self._tables])


def curve(points: Sequence[Point]) -> list[Point]:
    """A smooth line through the middles of a stroke's pieces, in short steps."""
    if len(points) < 3:
        return list(points)
    path = [points[0]]
    for control, following in pairwise(points[1:]):
        path += _bend(path[-1], control, _middle(control, following))[1:]
    path.append(points[-1])
    return path


def _bend(start: Point, control: Point, end: Point) -> list[Point]:
    """A quadratic Bézier curve."""
    steps = max(1, math.ceil((math.dist(start, control) + math.dist(control, end)) / _STEP))
    path = []
    for step in range(steps + 1):
        t = step / steps
        a, b, c = (1 - t) * (1 - t), 2 * t * (1 - t), t * t
        path.append((a * start[0] + b * control[0] + c * end[0], a * start[1] + b * control[1] + c * end[1]))
    return path


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def ppm(image: Image.Image) -> bytes:
    """An RGB image as Tk reads it fastest."""
    return b"P6 %d %d 255\n" % image.size + image.tobytes()


def fit(size: tuple[int, int], room: tuple[int, int]) -> tuple[float, int, int]:
    """How a picture of `size` fits into `room`: scale (small ones are enlarged at most 4 times), left, top."""
    scale = min(room[0] / size[0], room[1] / size[1], 4.0)
    return scale, int((room[0] - size[0] * scale) / 2), int((room[1] - size[1] * scale) / 2)


def ink_box(strokes: Sequence[Stroke]) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom of all ink, or None."""
    boxes = [stroke.box for stroke in strokes]
    if not boxes:
        return None
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def drawing_image(
    strokes: Sequence[Stroke], paper: Colour, ink: Colour, room: tuple[int, int] | None = None, margin: int = 24
) -> Image.Image:
    """The ink of a drawing with a margin around it: in its own size, or as small as it takes to fit into `room`."""
    box = ink_box(strokes)
    if box is None:
        return Image.new("RGB", room or (2 * margin, 2 * margin), paper)
    left, top, right, bottom = box
    width, height = right - left + 2 * margin, bottom - top + 2 * margin
    scale = min(1.0, room[0] / width, room[1] / height) if room else 1.0
    moved = [
        Stroke(tuple((x - left + margin, y - top + margin) for x, y in stroke.points), stroke.pen) for stroke in strokes
    ]
    canvas = Paper(max(1, int(width * scale)), max(1, int(height * scale)), scale, paper, ink)
    canvas.draw(moved)
    return canvas.image()
