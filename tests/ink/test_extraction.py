"""Small pictures of one digit, spoilt as cameras and screens do, give the ink that was drawn."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from drawn import DIGITS, Page, agreement, placed
from numpy.typing import NDArray

from digits.data.mnist import read_idx
from digits.ink import extract_ink

SMALL = (32, 40)
"""Of a picture, pixels."""

LIGHTS: dict[str, Callable[[Page, Page], NDArray[np.floating]]] = {  # at x and y from -1 to 1
    "even": lambda x, y: np.ones_like(x),
    "gradient": lambda x, y: 0.75 + 0.2 * x + 0.05 * y,
    "vignette": lambda x, y: 1 - 0.3 * (x**2 + y**2),
    "shadow of a hand": lambda x, y: 1 - 0.35 / (1 + np.exp((x + 0.5 * y) / 0.08)),
}


def seen(
    ink: Page, light: str = "even", noise: float = 0.0, paper: float = 0.88, pen: float = 0.2
) -> NDArray[np.uint8]:
    """Ink on paper as a camera sees it."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side, dtype=np.float32) for side in ink.shape), indexing="ij")
    brightness = (paper + (pen - paper) * ink) * LIGHTS[light](x, y)
    return np.rint(np.clip(brightness + np.random.default_rng(0).normal(0, noise, ink.shape), 0, 1) * 255).astype(
        np.uint8
    )


def found(pixels: NDArray[np.uint8]) -> Page:
    return extract_ink((pixels / 255).astype(np.float32))


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize(
    ("paper", "pen", "noise"),
    [
        pytest.param(0.88, 0.2, 0.03, id="ink"),
        pytest.param(0.88, 0.55, 0.015, id="pencil"),
        pytest.param(0.2, 0.85, 0.015, id="chalk"),
    ],
)
def test_a_small_picture_in_uneven_light_gives_the_ink(light: str, paper: float, pen: float, noise: float) -> None:
    for ink in DIGITS:
        page = placed(ink, SMALL)
        assert agreement(found(seen(page, light, noise, paper, pen)), page) > 0.9


def test_mnist_comes_out_as_its_own_values(mnist_raw: Path) -> None:
    for image in read_idx(mnist_raw / "t10k-images-idx3-ubyte")[:200]:
        for pixels in (image, 255 - image):
            assert np.abs(found(pixels) - image / 255).max() < 0.06


def test_a_digit_cut_out_to_its_very_box_survives(mnist_raw: Path) -> None:
    alike = []
    for image in read_idx(mnist_raw / "t10k-images-idx3-ubyte")[:200]:
        rows, columns = np.flatnonzero((image > 20).any(axis=1)), np.flatnonzero((image > 20).any(axis=0))
        cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        if min(cut.shape) >= 8:
            alike += [agreement(found(pixels), cut / np.float32(255)) > 0.9 for pixels in (cut, 255 - cut)]
    # A fat digit that leaves little paper can be taken for the paper.
    assert np.mean(alike) > 0.97


def test_a_digit_of_eight_pixels_is_found() -> None:
    for ink in DIGITS[::3]:
        page = placed(ink, (8, 8), share=0.9)
        assert agreement(found(seen(page)), page) > 0.9


def test_all_that_is_written_stays() -> None:
    page = np.hstack([placed(ink, SMALL) for ink in DIGITS[:3]])
    for wanted, part in zip(np.hsplit(page, 3), np.hsplit(found(seen(page, "gradient", 0.02)), 3), strict=True):
        assert float(np.corrcoef(wanted.ravel(), part.ravel())[0, 1]) > 0.9


def test_specks_are_no_ink() -> None:
    for ink in DIGITS:
        page = placed(ink, SMALL)
        pixels = seen(page, "gradient", 0.01)
        pixels[2, 3], pixels[-3:-1, 2] = 60, 60
        assert agreement(found(pixels), page) > 0.9


@pytest.mark.parametrize("shape", [(28, 28), SMALL], ids=str)
@pytest.mark.parametrize("light", LIGHTS)
def test_a_blank_sheet_has_no_ink(shape: tuple[int, int], light: str) -> None:
    blank = np.zeros(shape, np.float32)
    for paper in (0.0, 0.5, 0.9, 1.0):
        for noise in (0.0, 0.03):
            assert not found(seen(blank, light, noise, paper)).any()
    assert not found(seen(blank, "even", noise=0.2, paper=0.5)).any()
