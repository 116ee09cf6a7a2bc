"""Strokes become ink as a round pen would leave it."""

from pathlib import Path

import numpy as np
import pytest

from digits.data import pen
from digits.ink import draw, normalise, slant


def test_a_dot_is_a_disc_as_wide_as_the_pen() -> None:
    ink = draw([[[300, 20]]], pen=10, side=60)
    assert ink.shape[0] == ink.shape[1]
    assert ink.sum() == pytest.approx(np.pi * 30**2, rel=0.05)
    assert ink[ink.shape[0] // 2].sum() == pytest.approx(60, abs=1)


@pytest.mark.parametrize("width", [5, 10, 25])
def test_a_stroke_is_as_thick_as_the_pen(width: int) -> None:
    ink = draw([[[0, 0], [0, 100]]], pen=width, side=100)
    assert ink[ink.shape[0] // 2].sum() == pytest.approx(width, abs=1)
    assert ink.sum() == pytest.approx(100 * width + np.pi * (width / 2) ** 2, rel=0.1)


def test_a_curve_leaves_no_gaps_and_no_corners() -> None:
    """A circle measured at 12 points only is a circle."""
    angles = np.linspace(0, 2 * np.pi, 13)
    ink = draw([np.stack([np.cos(angles), np.sin(angles)], axis=1).tolist()], pen=0.2, side=200)
    y, x = np.mgrid[: ink.shape[0], : ink.shape[1]]
    radius = np.hypot(y + 0.5 - ink.shape[0] / 2, x + 0.5 - ink.shape[1] / 2)
    assert ink[(radius > 93) & (radius < 105)].min() > 0.9
    assert ink[(radius < 86) | (radius > 113)].max() < 0.1


def test_the_unit_of_the_strokes_does_not_matter() -> None:
    for sample in pen.read_samples(Path(__file__).parents[2] / "data")[:2000:100]:
        scaled = [(np.array(stroke) * 0.01 - 7).tolist() for stroke in sample.strokes]
        images = normalise(draw(sample.strokes, pen=30)), normalise(draw(scaled, pen=0.3))
        assert np.corrcoef(images[0].ravel(), images[1].ravel())[0, 1] > 0.99


def test_slant_leans_to_the_right_and_widen_widens() -> None:
    upright = [[[0.0, 0.0], [0.0, 100.0]]]  # y points down
    (top, bottom), *_ = slant(upright, 45)
    assert top[0] - bottom[0] == pytest.approx(100)
    assert top[1] == 0
    assert bottom[1] == 100
    (left, right), *_ = slant([[[0.0, 0.0], [10.0, 0.0]]], 0, widen=1.5)
    assert right[0] - left[0] == pytest.approx(15)


@pytest.mark.parametrize(
    ("strokes", "reason"),
    [
        ([], "no point"),
        ([[], []], "no point"),
        ([[[0, 0], [1, float("nan")], [2, 2]]], "not finite"),
        ([[[0, 0], [1, float("inf")], [2, 2]]], "not finite"),
    ],
)
def test_strokes_without_a_point_or_a_place_are_refused(strokes: list[list[list[float]]], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        draw(strokes, pen=10)
