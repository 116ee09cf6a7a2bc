"""Corruptions: always the same damage for a digit, growing with strength, wherever the digit stands."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from digits.data.mnist import load
from digits.evaluation.corruptions import CORRUPTIONS, STRENGTHS, corrupt


@pytest.fixture(scope="module")
def images(mnist_raw: Path) -> NDArray[np.uint8]:
    return load(mnist_raw, "test")[0][:60]


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_damage_grows_with_strength(name: str, images: NDArray[np.uint8]) -> None:
    off = []
    for strength in STRENGTHS:
        damaged = corrupt(images, name, strength)
        assert damaged.dtype == np.uint8
        assert damaged.shape == images.shape
        off.append(float(np.abs(damaged.astype(int) - images).mean()))
    assert off[0] > 0
    assert off == sorted(off)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_digit_is_damaged_in_the_same_way_in_any_part_of_a_set(name: str, images: NDArray[np.uint8]) -> None:
    damaged = corrupt(images, name, 3)
    assert np.array_equal(corrupt(images[::-7], name, 3), damaged[::-7])
    assert corrupt(images[:0], name, 3).shape == (0, 28, 28)


def test_signs_go_either_way_and_another_seed_draws_others(images: NDArray[np.uint8]) -> None:
    ink = images.sum(axis=(1, 2))
    larger = corrupt(images, "scale", 3).sum(axis=(1, 2)) > ink
    thicker = corrupt(images, "stroke thickness", 3).sum(axis=(1, 2)) > ink
    for way in (larger, thicker):
        assert 15 < way.sum() < 45
    other = corrupt(images, "scale", 3, seed=1).sum(axis=(1, 2)) > ink
    assert (other != larger).any()
