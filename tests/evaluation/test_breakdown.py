"""The evaluation in depth, against answers worked out by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import softmax

from digits.evaluation import breakdown


def reading(digits: list[int], confidences: list[float]) -> NDArray[np.float64]:
    """Probabilities (N, 10) that read these digits that surely."""
    rest = (1 - np.array(confidences)) / 9
    probabilities = np.repeat(rest[:, None], 10, axis=1)
    probabilities[np.arange(len(digits)), digits] = confidences
    return probabilities


def test_the_temperature_is_undone_exactly() -> None:
    # given what a served file does to logits as large as sure readings have
    logits = np.random.default_rng(0).normal(size=(200, 10)) * 8
    served = softmax(logits / 0.6, axis=1).astype(np.float32)
    assert served.min() < 1e-20
    # then its softmax without temperature comes back
    assert breakdown.untempered(served, 0.6) == pytest.approx(softmax(logits, axis=1), rel=1e-4)


def test_a_probability_that_float32_rounds_to_nothing_stays_finite() -> None:
    before = breakdown.untempered(np.array([[1.0, *[0.0] * 9]], np.float32), 0.6)
    assert np.isfinite(before).all()
    assert before.sum() == pytest.approx(1)


def test_a_pair_counts_the_digits_of_either_class_that_are_read_as_the_other() -> None:
    # given a 1 read as 7, a 7 read as 1, a 7 read as a third digit, and a 4 read as 7
    labels = np.array([1, 1, 7, 7, 7, 4])
    found = breakdown.pairs(reading([1, 7, 7, 1, 2, 7], [0.9] * 6), labels)
    assert found["1/7"]["digits"] == 5
    assert found["1/7"]["read"] == {"1 as 7": 1, "7 as 1": 1}
    assert found["1/7"]["error"]["value"] == 0.4
    assert found["4/9"]["errors"] == 0
    assert "3/8" not in found


def test_a_writer_has_the_own_digits_mistakes() -> None:
    labels, writers = np.array([3, 9, 9, 9]), np.array(["ann", "bob", "bob", "bob"])
    found = breakdown.groups(reading([3, 3, 3, 9], [0.9] * 4), labels, writers)
    assert found["ann"]["accuracy"]["value"] == 1
    assert found["bob"]["errors"] == 2
    assert found["bob"]["mistakes"] == {"9 as 3": 2}


def test_the_area_under_risk_and_coverage_is_the_mean_of_all_risks() -> None:
    # given the second surest of four wrong: risks 0, 1/2, 1/3, 1/4
    found = breakdown.selective(np.array([0.9, 0.8, 0.7, 0.6]), np.array([False, True, False, False]))
    assert found["aurc"]["value"] == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 4) / 4, abs=1e-6)
    assert found["coverage_at_zero_errors"]["value"] == 0.25
    assert found["risk_at_99"]["value"] == 0.25


def test_equal_confidence_takes_no_side() -> None:
    # given a mistake as sure as a right reading, whichever stands first
    first = breakdown.selective(np.array([0.9, 0.9, 0.5]), np.array([True, False, False]))
    second = breakdown.selective(np.array([0.9, 0.9, 0.5]), np.array([False, True, False]))
    # then the risks are 1/2, 1/2, 1/3, and nothing can be answered without an error
    assert first["aurc"]["value"] == second["aurc"]["value"] == pytest.approx((1 / 2 + 1 / 2 + 1 / 3) / 3, abs=1e-6)
    assert first["coverage_at_zero_errors"]["value"] == 0


def test_bands_hold_every_reading_once() -> None:
    labels = np.arange(6)
    found = breakdown.bands(reading([0, 1, 2, 3, 4, 0], [0.3, 0.5, 0.85, 0.9, 0.9995, 1.0]), labels)
    assert [(band["confidence"], band["digits"]) for band in found] == [
        ([0.0, 0.5], 2),
        ([0.8, 0.9], 2),
        ([0.999, 1.0], 2),
    ]
    assert found[-1]["accuracy"]["value"] == 0.5


def test_other_people_differ_more_than_other_digits() -> None:
    # given six writers of 250 digits, one of whom has all 60 mistakes
    writers = np.repeat([f"w{i}" for i in range(6)], 250)
    wrong = np.zeros(1500, bool)
    wrong[:60] = True
    people, digits = breakdown.of_other_people(wrong, writers), breakdown.share(1440, 1500)
    assert people["value"] == digits["value"] == 0.96
    assert people["high"] - people["low"] > 2 * (digits["high"] - digits["low"])
