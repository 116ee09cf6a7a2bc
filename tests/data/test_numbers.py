"""Composed numbers are as hands write them: one writer's digits on a line, ink apart or touching as promised."""

from pathlib import Path

import numpy as np
import pytest

from digits.data.numbers import Number, compose_numbers
from digits.data.pen import read_samples
from digits.ink import StrokePieces, extract_ink
from digits.ink.parts import Parts
from digits.number_scores import picture

WRITERS = {"uci-01", "uci-04"}


@pytest.fixture(scope="module")
def numbers() -> list[Number]:
    samples = read_samples(Path(__file__).parents[2] / "data")
    return compose_numbers([sample for sample in samples if sample.writer in WRITERS], 40, 0.09, seed=5)


def test_numbers_have_two_to_eight_digits_of_one_writer_and_a_fifth_of_them_touch(numbers: list[Number]) -> None:
    assert {len(number.text) for number in numbers} == set(range(2, 9))
    assert {number.writer for number in numbers} == WRITERS
    assert sum(number.touching for number in numbers) == len(numbers) // 5
    for number in numbers:
        assert sorted(set(number.owners)) == list(range(len(number.text)))
        assert len(number.owners) == len(StrokePieces(number.strokes).pieces)


def test_ink_of_neighbours_meets_where_it_is_said_to_and_only_there(numbers: list[Number]) -> None:
    for number in numbers:
        ink = extract_ink((picture(number) / np.float32(255)).astype(np.float32))
        parts = int(Parts(ink > 0.5).labels().max())
        if number.touching:
            assert parts < len(number.owners)
        else:
            assert parts >= len(number.text)


def test_the_same_seed_composes_the_same(numbers: list[Number]) -> None:
    samples = [s for s in read_samples(Path(__file__).parents[2] / "data") if s.writer in WRITERS]
    again = compose_numbers(samples, 40, 0.09, seed=5)
    assert all(
        np.array_equal(a, b)
        for one, two in zip(numbers, again, strict=True)
        for a, b in zip(one.strokes, two.strokes, strict=True)
    )
    assert [one.text for one in compose_numbers(samples, 40, 0.09, seed=6)] != [one.text for one in numbers]
