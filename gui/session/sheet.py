"""The sheet: a drawing, and the way back and forth between all that it has been. Knows no widget."""

import math
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from typing import Any

from .drawing import Box, Correction, Drawing, Lesson, Place, Point, Stroke

UNDO_STEPS = 500
"""Drawings share their strokes, so a step costs a few bytes; this bounds what days of use hold on to."""

_CUT = 0.5
"""How near to the eraser's edge a line is cut, pixels."""


@dataclass
class Sheet:
    """The drawing of now, the pen that is down, and the drawings before and after."""

    drawing: Drawing = field(default_factory=Drawing)
    revision: int = 0
    """Grows with every change, so that a late reading is known to be late."""
    line: list[Point] = field(default_factory=list)
    """Points of the stroke that is being drawn."""
    pen: float = 0.0
    """Its diameter."""
    _past: list[Drawing] = field(default_factory=list)
    _future: list[Drawing] = field(default_factory=list)
    _before_erasing: Drawing | None = None

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back and may be done again."""
        return bool(self._future)

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """With the one that is being drawn."""
        unfinished = (Stroke(tuple(self.line), self.pen),) if self.line else ()
        return self.drawing.strokes + unfinished

    def begin(self, point: Point, pen: float) -> None:
        """Puts the pen down."""
        self.line, self.pen = [point], pen
        self.revision += 1

    def extend(self, point: Point) -> bool:
        """Moves the pen; False where it stayed in its place."""
        if not self.line or point == self.line[-1]:
            return False
        self.line.append(point)
        self.revision += 1
        return True

    def end(self) -> Stroke | None:
        """Lifts the pen; the stroke that is now part of the drawing, or None if there was no pen down."""
        if not self.line:
            return None
        stroke, self.line = Stroke(tuple(self.line), self.pen), []
        self._change(replace(self.drawing, strokes=(*self.drawing.strokes, stroke)))
        return stroke

    def drop_line(self) -> None:
        """Forgets the stroke that is being drawn: it was a click."""
        self.line = []
        self.revision += 1

    def erase(self, start: Point, end: Point, radius: float) -> bool:
        """Cuts away what a round eraser covers on its way; one undo step until `end_erasing`.

        Returns:
            whether it met any ink.
        """
        kept: list[Stroke] = []
        for stroke in self.drawing.strokes:
            kept += cut(stroke, start, end, radius)
        if len(kept) == len(self.drawing.strokes) and all(map(operator.is_, kept, self.drawing.strokes)):
            return False
        if self._before_erasing is None:
            self._before_erasing = self.drawing
        self.drawing = replace(self.drawing, strokes=tuple(kept))
        self.revision += 1
        return True

    def end_erasing(self) -> None:
        """Lifts the eraser."""
        if self._before_erasing is not None:
            after, self.drawing, self._before_erasing = self.drawing, self._before_erasing, None
            self._change(after)

    def clear(self) -> None:
        """A blank sheet."""
        if not self.drawing.is_blank:
            self._change(Drawing(lessons=self.drawing.lessons))

    def show_picture(self, picture: Any) -> None:
        """The picture in the place of what was there."""
        self._change(Drawing(picture=picture, lessons=self.drawing.lessons))

    def turn_to(self, drawing: Drawing, leaving: Any) -> None:
        """The next picture of a folder; no step leads back to the one that is left, which nobody holds on to."""
        self._change(replace(drawing, lessons=self.drawing.lessons))
        if leaving is not None:
            self._past = [before for before in self._past if before.picture is not leaving]

    def select(self, selection: Box | None) -> None:
        """Reads only this part of the picture, or all of it."""
        regions = (selection,) if selection else ()
        if self.drawing.picture is not None and (selection, regions) != (self.drawing.selection, self.drawing.regions):
            self._change(replace(self.drawing, selection=selection, regions=regions))

    def add_region(self, region: Box) -> None:
        """Reads this part of the picture as well, and shows it."""
        if self.drawing.picture is not None and region not in self.drawing.regions:
            self._change(replace(self.drawing, selection=region, regions=(*self.drawing.regions, region)))

    def show_region(self, index: int) -> bool:
        """Shows another of the parts; False if it is shown already. To look is no step that undo takes back."""
        region = self.drawing.regions[index]
        if region == self.drawing.selection:
            return False
        self.drawing = replace(self.drawing, selection=region)
        self.revision += 1
        return True

    def remove_region(self, index: int) -> None:
        """Reads one of the parts no longer, and shows the next."""
        regions = self.drawing.regions[:index] + self.drawing.regions[index + 1 :]
        selection = regions[min(index, len(regions) - 1)] if regions else None
        self._change(replace(self.drawing, selection=selection, regions=regions))

    def correct(self, correction: Correction) -> None:
        """Puts a digit of the picture right, in the place of what was said about it before."""
        self._change(self.drawing.put_right(correction))

    def resume(self, drawing: Drawing) -> None:
        """Begins with a drawing of before, to which no step back leads."""
        self.drawing = drawing
        self.revision += 1

    def restore(self, drawing: Drawing) -> None:
        """An earlier drawing in the place of what was there."""
        self._change(replace(drawing, lessons=self.drawing.lessons))

    def teach(self, lesson: Lesson) -> None:
        """Notes what a person said, in the place of what was said before; on a picture, it is put right there too."""
        drawing = self.drawing
        if isinstance(lesson.about, Place):
            drawing = drawing.put_right(Correction(lesson.about.box, lesson.digit))
        self._change(drawing.told(lesson))

    def swap(self, lesson: Lesson, others: Sequence[Lesson]) -> None:
        """Puts others in a lesson's place, or none, in everything that was and is; no step for undo."""

        def swapped(drawing: Drawing) -> Drawing:
            lessons = (others if one is lesson else (one,) for one in drawing.lessons)
            return replace(drawing, lessons=tuple(chain.from_iterable(lessons)))

        self.drawing = swapped(self.drawing)
        self._past, self._future = [swapped(d) for d in self._past], [swapped(d) for d in self._future]
        self.revision += 1

    def undo(self) -> bool:
        """One step back; False if there is none."""
        return self._step(self._past, self._future)

    def redo(self) -> bool:
        """One step forth again; False if there is none."""
        return self._step(self._future, self._past)

    def _step(self, source: list[Drawing], target: list[Drawing]) -> bool:
        self.line = []
        self.end_erasing()
        if not source:
            return False
        target.append(self.drawing)
        self.drawing = source.pop()
        self.revision += 1
        return True

    def _change(self, drawing: Drawing) -> None:
        self._past.append(self.drawing)
        del self._past[:-UNDO_STEPS]
        self._future.clear()
        self.drawing = drawing
        self.revision += 1


def cut(stroke: Stroke, start: Point, end: Point, radius: float) -> list[Stroke]:
    """What a round eraser that moves from `start` to `end` leaves of a stroke: itself, pieces of it, or nothing."""
    left, top, right, bottom = stroke.box
    if (
        max(start[0], end[0]) + radius < left
        or min(start[0], end[0]) - radius > right
        or max(start[1], end[1]) + radius < top
        or min(start[1], end[1]) - radius > bottom
    ):
        return [stroke]
    pieces: list[list[Point]] = [[]]
    last, whole = stroke.points[0], True
    for point, given in _walk(stroke.points):
        if _distance(point, start, end) < radius:
            whole = False
            if pieces[-1]:
                pieces[-1] += [last] * (pieces[-1][-1] != last)
                pieces.append([])
        elif given or not pieces[-1]:
            pieces[-1].append(point)
        last = point
    if whole:
        return [stroke]
    return [Stroke(tuple(piece), stroke.pen) for piece in pieces if len(piece) > 1]


def _walk(points: Sequence[Point]) -> Iterator[tuple[Point, bool]]:
    """Points along a line, close together; and whether each is one of those given."""
    yield points[0], True
    for start, end in pairwise(points):
        steps = max(1, math.ceil(math.dist(start, end) / _CUT))
        for step in range(1, steps):
            part = step / steps
            yield (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part), False
        yield end, True


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to the line between two others."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length if length else 0.0
    along = min(max(along, 0.0), 1.0)
    return math.dist(point, (start[0] + along * dx, start[1] + along * dy))
