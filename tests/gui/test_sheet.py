"""The sheet: what it holds, and the way back and forth."""

import math

import pytest

from gui.session.drawing import Lesson, Point, Stroke
from gui.session.sheet import Sheet, cut

LINE: list[Point] = [(0.0, 0.0), (50.0, 0.0), (100.0, 0.0)]


def write(sheet: Sheet, points: list[Point]) -> None:
    sheet.begin(points[0], 8)
    for point in points[1:]:
        sheet.extend(point)
    sheet.end()


def test_undo_and_redo_walk_through_every_change() -> None:
    sheet = Sheet()
    drawings = [sheet.drawing]
    write(sheet, LINE)
    drawings.append(sheet.drawing)
    write(sheet, [(0, 50), (100, 50)])
    drawings.append(sheet.drawing)
    sheet.clear()
    drawings.append(sheet.drawing)
    for drawing in reversed(drawings[:-1]):
        assert sheet.undo()
        assert sheet.drawing == drawing
    assert not sheet.undo()
    for drawing in drawings[1:]:
        assert sheet.redo()
        assert sheet.drawing == drawing
    assert not sheet.redo()


def test_a_new_stroke_ends_what_could_be_redone() -> None:
    sheet = Sheet()
    write(sheet, LINE)
    sheet.undo()
    write(sheet, LINE)
    assert not sheet.can_redo


def test_the_eraser_cuts_a_line_in_two_and_leaves_the_ends_where_they_were() -> None:
    left, right = cut(Stroke(tuple(LINE), 8), (50, -20), (50, 20), 10)
    assert left.points[0] == (0, 0)
    assert right.points[-1] == (100, 0)
    assert left.points[-1] == pytest.approx((40, 0), abs=0.7)
    assert right.points[0] == pytest.approx((60, 0), abs=0.7)


def test_what_the_eraser_does_not_meet_stays_the_same_stroke() -> None:
    stroke = Stroke(tuple(LINE), 8)
    assert cut(stroke, (50, 30), (80, 30), 10) == [stroke]


def test_the_eraser_leaves_nothing_within_its_reach() -> None:
    circle = tuple((50 * math.cos(a / 20), 50 * math.sin(a / 20)) for a in range(126))
    for piece in cut(Stroke(circle, 8), (-60, 0), (60, 0), 12):
        assert all(abs(y) > 11 for _, y in piece.points)


def test_a_dot_is_erased_whole() -> None:
    assert cut(Stroke(((5, 5),), 8), (0, 0), (10, 10), 6) == []


def test_one_way_of_the_eraser_is_one_step() -> None:
    sheet = Sheet()
    write(sheet, LINE)
    for x in (20, 40, 60):
        sheet.erase((x, -20), (x, 20), 5)
    sheet.end_erasing()
    assert len(sheet.drawing.strokes) == 4
    sheet.undo()
    assert len(sheet.drawing.strokes) == 1


def test_a_lesson_that_could_not_be_kept_is_forgotten_everywhere() -> None:
    sheet = Sheet()
    write(sheet, LINE)
    lesson = Lesson(sheet.drawing.strokes, 7, "line")
    sheet.teach(lesson)
    sheet.clear()
    sheet.swap(lesson, ())
    sheet.undo()
    assert sheet.drawing.lessons == ()
