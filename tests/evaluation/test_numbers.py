"""Numbers put together from digits of one writer, whose ink meets where it is said to and nowhere else."""

from pathlib import Path

import numpy as np
import pytest

from digits.data.pen import read_samples
from digits.evaluation.numbers import Number, compose_numbers, picture
from digits.ink.parts import Parts

SAMPLES = [sample for sample in read_samples(Path("data")) if sample.writer in ("uci-01", "uci-03")]


@pytest.fixture(scope="module")
def numbers() -> list[Number]:
    return compose_numbers(SAMPLES, 40)


def test_the_same_arguments_give_the_same_numbers(numbers: list[Number]) -> None:
    again = compose_numbers(SAMPLES, 40)
    assert [number.text for number in numbers] == [number.text for number in again]
    assert all(np.array_equal(picture(a), picture(b)) for a, b in zip(numbers, again, strict=True))


def test_a_number_is_two_to_eight_digits_by_one_writer_and_a_fifth_touch(numbers: list[Number]) -> None:
    assert {len(number.text) for number in numbers} == set(range(2, 9))
    assert {number.writer for number in numbers} == {"uci-01", "uci-03"}
    assert sum(number.touching for number in numbers) == 8
    for number in numbers:
        assert len(number.strokes) >= len(number.text)


def test_ink_of_neighbours_meets_only_where_they_touch(numbers: list[Number]) -> None:
    for number in numbers:
        parts = len(Parts(picture(number) < 128).area)
        if len(number.strokes) == len(number.text):  # a digit of one stroke is one part of ink
            assert (parts < len(number.text)) == number.touching, number.text
