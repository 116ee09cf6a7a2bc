"""Hands whose numbers stand on made pages, for tests/data."""

from pathlib import Path

import numpy as np
import pytest

from digits.config import compose
from digits.data import pen
from digits.data.hands import Hands
from digits.data.sets import DigitSet
from digits.data.splits import split_writers

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="session")
def hands() -> Hands:
    """The training writers; in the place of MNIST stand bars."""
    samples = split_writers(pen.read_samples(DATA), compose([]).preprocess)["pen-train"]
    images = np.zeros((20, 28, 28), np.uint8)
    images[:, 4:24, 12:16] = 255
    return Hands(samples, DigitSet(images, np.repeat(np.arange(10, dtype=np.uint8), 2), np.zeros(20, "<U1")))
