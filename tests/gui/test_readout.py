"""What the window says about a reading."""

import numpy as np

from digits.reading.reader import Digit, Reading
from gui.session.readout import readout
from gui.session.sheet import Drawing, Stroke

STROKES = tuple(Stroke(((float(x), 0.0), (float(x), 9.0)), 8) for x in (0, 20))


def digit(value: int, *strokes: int, rival: int = 0, confidence: float = 0.9, uncertain: bool = False) -> Digit:
    probabilities = [0.0] * 10
    probabilities[value], probabilities[rival] = confidence, 1 - confidence
    image = np.zeros((28, 28), np.uint8)
    return Digit(value, confidence, tuple(probabilities), (0, 0, 9, 9), uncertain, image, strokes)


def test_two_close_digits_are_both_named() -> None:
    (shown,) = readout(Reading((digit(1, 0, rival=7, confidence=0.6, uncertain=True),)), Drawing(STROKES)).digits
    assert shown.doubt == "1 or 7?"
    (shown,) = readout(Reading((digit(1, 0, rival=7, confidence=0.95, uncertain=True),)), Drawing(STROKES)).digits
    assert shown.doubt == "1?"


def test_certainty_is_of_the_whole_number_and_unread_ink_is_said() -> None:
    both = (digit(1, 0), digit(2, 1))
    assert readout(Reading(both, "12", confidence=0.875), Drawing(STROKES)).certainty == "87.5% sure"
    left_out = Reading(both, "12", unread=((0, 0, 9, 9),), confidence=0.875)
    assert readout(left_out, Drawing(STROKES)).certainty == "not all of it was read"


def test_the_digit_most_in_doubt_is_shown_first() -> None:
    both = (digit(1, 0, confidence=0.5, uncertain=True), digit(2, 1))
    assert readout(Reading(both), Drawing(STROKES)).most_doubtful == 0
    assert readout(Reading(both[1:]), Drawing(STROKES)).most_doubtful == 0
    assert readout(Reading(()), Drawing()).most_doubtful is None
