"""What a sheet shows at one moment: strokes or a picture, and what people said about digits on it. Knows no widget.

Coordinates are the sheet's own pixels, x to the right, y down, whatever the window shows them as: as a rule those of a
96 dpi screen.
"""

from dataclasses import dataclass, replace
from typing import Any

Point = tuple[float, float]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""

_SAME = 0.5
"""Of what two boxes cover they share more: neighbours never do, and one digit that was read twice does."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """One pen-down movement; compared by identity, for two strokes may look the same."""

    points: tuple[Point, ...]
    pen: float
    """Diameter of the pen."""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Of its ink."""
        xs, ys = zip(*self.points, strict=True)
        radius = self.pen / 2
        return min(xs) - radius, min(ys) - radius, max(xs) + radius, max(ys) + radius


@dataclass(frozen=True, eq=False)
class Place:
    """Where a digit stands on a picture."""

    picture: Any
    """A PIL image, upright."""
    box: Box
    """Of the digit, in its pixels."""


Subject = tuple[Stroke, ...] | Place
"""What a digit is made of."""


def same(one: Subject, other: Subject) -> bool:
    """Whether two are one digit: the same strokes, or places on a picture that lie over each other, for what is read of
    a part of it has other edges."""
    if isinstance(one, Place) and isinstance(other, Place):
        return one.picture is other.picture and _overlap(one.box, other.box) > _SAME
    return not isinstance(one, Place) and not isinstance(other, Place) and set(one) == set(other)


def _overlap(one: Box, other: Box) -> float:
    """What two boxes share, as a part of what both cover."""
    across, down = (max(0, min(one[i + 2], other[i + 2]) - max(one[i], other[i])) for i in (0, 1))
    shared = across * down
    areas = ((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return shared / max(sum(areas) - shared, 1)


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a person said about a digit: that it is this one."""

    about: Subject
    digit: int
    line: str
    """As it stands in data/collected.jsonl."""


@dataclass(frozen=True)
class Correction:
    """What a person said about a digit of a picture."""

    box: Box
    """Of the digit, on the whole picture."""
    digit: int

    def is_about(self, box: Box) -> bool:
        """Whether it is about the digit in this box: another part of the picture, read anew, moves it by a little."""
        return _overlap(self.box, box) > _SAME


@dataclass(frozen=True)
class Drawing:
    """What the sheet holds at one moment. Either strokes or a picture."""

    strokes: tuple[Stroke, ...] = ()
    picture: Any = None
    """A PIL image, upright, or None."""
    selection: Box | None = None
    """The part of the picture that is read and shown, in its pixels; None for all of it."""
    regions: tuple[Box, ...] = ()
    """All parts that were chosen, the selection among them."""
    corrections: tuple[Correction, ...] = ()
    """What was put right by hand in the picture."""
    lessons: tuple[Lesson, ...] = ()
    """All that were given so far, of each digit the last, also about strokes that are gone: clearing the sheet does not
    unteach."""

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to read."""
        return not self.strokes and self.picture is None

    def shows_same(self, other: "Drawing") -> bool:
        """Whether nobody could tell the two apart, whatever was said about them."""
        alike = (self.strokes, self.selection) == (other.strokes, other.selection)
        return alike and self.picture is other.picture

    def is_same(self, other: "Drawing") -> bool:
        """Whether nothing is lost with one of the two: other parts and what was put right are the same as well."""
        return self.shows_same(other) and (self.regions, self.corrections) == (other.regions, other.corrections)

    def corrected(self, box: Box) -> int | None:
        """The digit that the one in this box of the picture was put right as, or None."""
        return next((said.digit for said in self.corrections if said.is_about(box)), None)

    def taught(self, about: Subject) -> int | None:
        """The digit that this was said to be, or None; also where a picture's was put right as another since."""
        digit = next((lesson.digit for lesson in self.lessons if same(lesson.about, about)), None)
        return None if isinstance(about, Place) and self.corrected(about.box) != digit else digit

    def has_lesson_on(self, picture: Any) -> bool:
        """Whether a lesson is about a digit on this picture."""
        return any(isinstance(lesson.about, Place) and lesson.about.picture is picture for lesson in self.lessons)

    def put_right(self, correction: Correction) -> "Drawing":
        """The same with a digit of the picture put right, in the place of what was said about it before."""
        others = tuple(said for said in self.corrections if not said.is_about(correction.box))
        lessons = self._lessons_but(Place(self.picture, correction.box))
        return replace(self, corrections=(*others, correction), lessons=lessons)

    def told(self, lesson: Lesson) -> "Drawing":
        """The same with a lesson, in the place of what was said about that digit before."""
        return replace(self, lessons=(*self._lessons_but(lesson.about), lesson))

    def _lessons_but(self, about: Subject) -> tuple[Lesson, ...]:
        return tuple(lesson for lesson in self.lessons if not same(lesson.about, about))
