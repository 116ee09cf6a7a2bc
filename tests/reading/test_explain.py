"""What is said of a reading: which ink decides, and what the layers answer."""

from pathlib import Path

import numpy as np
import pytest
from clone import Clone
from numpy.typing import NDArray

from digits.data import sets
from digits.reading.explain import heat, layers
from digits.reading.reader import Reader


@pytest.fixture(scope="module")
def seven(clone: Clone) -> NDArray[np.uint8]:
    digits = sets.load(clone.path / "artifacts" / "data", "mnist-test")
    image: NDArray[np.uint8] = digits.images[int((digits.labels == 7).argmax())]
    return image


def test_the_hottest_ink_is_what_the_answer_rests_on(model: Path, seven: NDArray[np.uint8]) -> None:
    reader = Reader(model)
    found = heat(reader, seven, 7)
    assert found.shape == seven.shape
    assert found.min() >= 0
    assert found.max() == 1
    # without it less is left of the answer than without the coldest ink
    ink = np.flatnonzero(seven)
    ranked = ink[np.argsort(found.ravel()[ink])]
    left = []
    for gone in (ranked[-30:], ranked[:30]):
        image = seven.copy()
        image.ravel()[gone] = 0
        left.append(reader.classify(image[None])[0, 7])
    assert left[0] < left[1]


def test_a_model_file_shows_its_layers(model: Path, seven: NDArray[np.uint8]) -> None:
    found = layers(model, seven)
    sides = [layer.shape[1] for layer in found]
    assert len(sides) >= 2
    assert sides == sorted(sides, reverse=True)
    assert all(layer.min() >= 0 and layer.max() > 0 for layer in found)
