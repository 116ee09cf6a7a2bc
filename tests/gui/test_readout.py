"""What the window says about a reading."""

from dataclasses import replace

import numpy as np

from digits.reading.reading import Digit, Reading, Sign
from gui.session.drawing import Drawing, Lesson, Stroke
from gui.session.readout import readout

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


def test_what_is_more_likely_none_is_not_shown_as_a_digit() -> None:
    unlikely = replace(digit(8, 0, confidence=0.3, uncertain=True), probabilities=(0.1,) * 10)
    read = readout(Reading((unlikely, digit(2, 1)), "8-2"), Drawing(STROKES))
    assert (read.text, read.digits[0].doubt) == ("?-2", "not a digit?")
    assert [read.is_place(sign) for sign in read.text] == [True, False, True]
    pair = Reading((digit(1, 0, rival=7, confidence=0.45, uncertain=True),), "1")
    assert readout(pair, Drawing(STROKES)).text == "1"
    taught = Drawing(STROKES, lessons=(Lesson(STROKES[:1], 6, ""),))
    assert readout(Reading((unlikely,), "8"), taught).text == "6"


def test_how_sure_it_is_is_said_of_all_of_it() -> None:
    both = (digit(1, 0), digit(2, 1))
    assert readout(Reading(both, "12", confidence=0.875), Drawing(STROKES)).certainty == "87.5% sure of all of it"
    assert "at least 99.9% sure" in readout(Reading(both, "12", confidence=0.99999), Drawing(STROKES)).certainty
    assert readout(Reading(both[:1], "1", confidence=0.875), Drawing(STROKES)).certainty == "87.5% sure"


def test_what_is_in_doubt_is_said() -> None:
    both = (digit(1, 0, uncertain=True), digit(2, 1))
    read = readout(Reading(both, "12", unread=((0, 0, 9, 9),), confidence=0.5), Drawing(STROKES))
    assert read.is_doubtful
    assert read.certainty == "1 of 2 digits in doubt, some ink was not read, 50.0% sure of all of it"
    left_out = readout(Reading(both[1:], "2", unread=((0, 0, 9, 9),), confidence=0.9), Drawing(STROKES))
    assert left_out.is_doubtful
    assert left_out.certainty == "some ink was not read, 90.0% sure"
    turned = Reading((digit(1, uncertain=True), digit(2, uncertain=True)), "12", confidence=0.95, turned=90)
    assert readout(turned, Drawing()).certainty == "in doubt, for it was turned by 90°, 95.0% sure of all of it"


def test_signs_and_unread_ink_have_their_place_on_the_whole_picture() -> None:
    signs, unread = (Sign(".", 0.9, (3, 8, 5, 10)),), ((20, 2, 24, 9),)
    drawing = Drawing(picture=object(), selection=(100, 50, 200, 90))
    read = readout(Reading((digit(1), digit(2)), "1.2", signs, unread), drawing)
    assert read.text == "1.2"
    assert [(sign.sign, sign.box) for sign in read.signs] == [(".", (103, 58, 105, 60))]
    assert read.unread == ((120, 52, 124, 59),)


def test_the_digit_most_in_doubt_is_shown_first() -> None:
    both = (digit(1, 0, confidence=0.5, uncertain=True), digit(2, 1))
    assert readout(Reading(both), Drawing(STROKES)).most_doubtful == 0
    assert readout(Reading(both[1:]), Drawing(STROKES)).most_doubtful == 0
    assert readout(Reading(()), Drawing()).most_doubtful is None
