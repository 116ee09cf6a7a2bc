"""The one normaliser does to any ink what was done to MNIST."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from digits.data import pen
from digits.data.mnist import read_idx
from digits.ink import SIDE, draw, normalise
from digits.ink.normalise import BOX


@pytest.fixture(scope="module")
def inks() -> list[NDArray[np.float32]]:
    samples = pen.read_samples(Path(__file__).parents[2] / "data")[::180]
    return [draw(sample.strokes, pen=(15, 30, 45)[i % 3]) for i, sample in enumerate(samples)]


def box(image: NDArray[np.uint8]) -> tuple[int, int]:
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    return int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)


def test_the_longer_side_is_20_pixels_and_the_aspect_is_kept(inks: list[NDArray[np.float32]]) -> None:
    for ink in inks:
        rows, columns = np.flatnonzero((ink > 0.08).any(axis=1)), np.flatnonzero((ink > 0.08).any(axis=0))
        height, width = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
        image = normalise(ink)
        assert image.shape == (SIDE, SIDE)
        assert image.dtype == np.uint8
        assert image.max() == 255
        assert max(box(image)) == BOX
        assert min(box(image)) == pytest.approx(BOX * min(height, width) / max(height, width), abs=1)


def test_the_centre_of_mass_is_in_the_middle(inks: list[NDArray[np.float32]]) -> None:
    for ink in inks:
        image = normalise(ink).astype(float)
        for axis in (0, 1):
            assert image.sum(axis=axis) @ np.arange(SIDE) / image.sum() == pytest.approx(14, abs=0.51)


def test_position_size_and_strength_of_the_ink_do_not_matter(inks: list[NDArray[np.float32]]) -> None:
    for ink in inks:
        image = normalise(ink)
        assert np.array_equal(normalise(np.pad(ink, ((70, 3), (0, 41)))), image)
        assert np.abs(normalise(ink * 0.3).astype(int) - image).max() <= 1
        double = np.asarray(Image.fromarray(ink).resize((2 * ink.shape[1], 2 * ink.shape[0])))
        for same in (double, image / np.float32(255)):
            assert np.corrcoef(normalise(same).ravel(), image.ravel())[0, 1] > 0.97


def test_mnist_stays_as_it_is(mnist_raw: Path) -> None:
    images = read_idx(mnist_raw / "t10k-images-idx3-ubyte")[:500]
    change = [np.abs(normalise(image / np.float32(255)).astype(int) - image).max() for image in images]
    assert np.mean(np.array(change) < 30) > 0.99  # the others are moved by a pixel, by rounding


def test_no_ink_is_no_image() -> None:
    assert not normalise(np.zeros((50, 40), np.float32)).any()
    assert not normalise(np.zeros((0, 0), np.float32)).any()


@pytest.mark.parametrize("shape", [(1, 1), (400, 1), (1, 400)], ids=str)
def test_a_dot_and_a_line_have_their_place(shape: tuple[int, int]) -> None:
    image = normalise(np.ones(shape, np.float32))
    assert max(box(image)) == BOX
    assert image.max() == 255


def test_ink_of_three_axes_is_refused_with_its_shape() -> None:
    with pytest.raises(ValueError, match=r"\(8, 8, 3\)"):
        normalise(np.zeros((8, 8, 3), np.float32))
