"""Digits in their places: as they stand on made pages, and places where none does."""

import numpy as np
import pytest

from digits.data import sets
from digits.data.hands import Hands
from digits.data.pages import Pages
from digits.data.placed import Placed, placed
from digits.ink.contrast import PAPER, in_place


@pytest.fixture(scope="module")
def pages(hands: Hands) -> Pages:
    return Pages(hands, "validation", seed=1)


@pytest.fixture(scope="module")
def made(pages: Pages) -> Placed:
    return placed(pages, 300, "digits")


def test_they_are_as_many_as_asked_for_of_all_ten_digits_and_the_same_again(pages: Pages, made: Placed) -> None:
    assert made.digits.images.shape == (300, 28, 28)
    assert {*made.digits.labels.tolist()} == {*range(10)}
    assert len(made.others) > 20
    again = placed(pages, 300, "digits")
    assert np.array_equal(again.digits.images, made.digits.images)
    assert np.array_equal(again.others, made.others)
    assert sets.NO_DIGIT not in made.digits.labels


def test_a_digit_comes_to_the_middle_with_what_is_beside_it() -> None:
    contrast = np.full((60, 100), PAPER, np.uint8)
    contrast[10:50, 40:50] = 200  # a 1, 40 pixels high
    contrast[10:50, 60:70] = 120  # its neighbour, fainter
    image = in_place(contrast, (40, 10, 50, 50))
    rows, columns = np.nonzero(image == 255)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (4, 23, 12, 15)
    assert 80 < image[14, 23] < 120
    assert not image[14, :8].any()
    assert np.array_equal(in_place(contrast, (40, 10, 50, 50)), image)
