"""A picture's digits and those of its label: each gets its own, or none gets any."""

from collections.abc import Sequence

import numpy as np
import pytest
from hand import ONE, SEVEN, picture_of
from PIL import Image

from digits.data.images import Box
from digits.errors import DigitsError
from digits.reading.reading import Digit, Reading
from digits.teaching.pairs import pairs

BOXES = [(41, 41, 152, 217), (341, 41, 358, 217)]
"""Of a 7 and a 1 beside it."""


@pytest.fixture
def picture() -> Image.Image:
    return Image.fromarray(np.hstack([np.asarray(picture_of(points)) for points in (SEVEN, ONE)]))


def reading(lines: Sequence[int] = (0, 0), turned: int = 0, boxes: Sequence[Box] = BOXES) -> Reading:
    """Digits in these lines, all taken for a 0."""
    image = np.zeros((28, 28), np.uint8)
    found = [Digit(0, 0.5, (0.1,) * 10, box, True, image, line=line) for box, line in zip(boxes, lines, strict=False)]
    return Reading(tuple(found), "0" * len(found), turned=turned)


def test_each_digit_gets_the_label_s_whatever_it_was_read_as(picture: Image.Image) -> None:
    assert [digit for digit, _ in pairs("7.1 €", reading(), picture)] == [7, 1]
    assert [digit for digit, _ in pairs("7\n-\n1", reading(lines=(0, 1)), picture)] == [7, 1]


@pytest.mark.parametrize(
    ("label", "lines"), [("7", (0, 0)), ("711", (0, 0)), ("71", (0, 1)), ("7\n1", (0, 0)), ("71", ())]
)
def test_where_the_label_has_others_nobody_knows_which_is_which(
    picture: Image.Image, label: str, lines: Sequence[int]
) -> None:
    with pytest.raises(DigitsError, match="not as many digits and lines as in 7"):
        pairs(label, reading(lines), picture)


def test_one_that_nothing_can_be_learned_of_leaves_none(picture: Image.Image) -> None:
    with pytest.raises(DigitsError, match="smaller than 8 pixels"):
        pairs("71", reading(boxes=[BOXES[0], (341, 41, 346, 47)]), picture)


def test_what_was_turned_to_be_read_is_learned_upright(picture: Image.Image) -> None:
    lying = picture.transpose(Image.Transpose.ROTATE_90)
    boxes = [(top, picture.width - right, bottom, picture.width - left) for left, top, right, bottom in BOXES]
    for (_, one), (_, other) in zip(
        pairs("71", reading(), picture), pairs("71", reading(turned=90, boxes=boxes), lying), strict=True
    ):
        assert np.abs(one.image.astype(float) - other.image).mean() < 1
        assert one.box == other.box
