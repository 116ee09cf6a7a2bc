"""Scores, against numbers worked out by hand or published."""

import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import binom

from digits.evaluation import scores
from digits.evaluation.scores import Probabilities
from digits.training import calibration


def two_class(confidences: list[float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Probabilities that read 1 with the given confidences, the rest on 0."""
    probabilities = np.zeros((len(confidences), 10))
    probabilities[:, 1] = confidences
    probabilities[:, 0] = 1 - probabilities[:, 1]
    return probabilities


def test_summary_of_readings_worked_out_by_hand() -> None:
    # given four readings of 1 with 0.9 (three right) and one, sure and right
    probabilities = two_class([0.9, 0.9, 0.9, 0.9, 1.0])
    labels = np.array([1, 1, 1, 0, 1])
    # then the lower bin is 0.15 off and holds four of five
    expected = {"accuracy": 0.8, "errors": 1, "nll": round((3 * -np.log(0.9) - np.log(0.1)) / 5, 6), "ece": 0.12}
    assert scores.summary(probabilities, labels, bins=10) == expected


def test_a_reading_at_the_upper_edge_counts_in_its_bin() -> None:
    (only,) = scores.reliability(two_class([1.0]), np.array([1]), bins=10)
    assert (only.low, only.high, only.count) == (0.9, 1.0, 1)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"), [(0, 0, 1.0), (5, 5, 1.0), (0, 6, 0.03125), (1, 9, 0.021484375)]
)
def test_mcnemar_is_the_exact_binomial(only_first: int, only_second: int, p: float) -> None:
    labels = np.zeros(only_first + only_second + 3, int)
    first, second = labels.copy(), labels.copy()
    first[:only_first] = 1
    second[only_first : only_first + only_second] = 1
    first[-1] = second[-1] = 2  # both wrong: says nothing
    result = scores.compare(first, second, labels)
    assert (result.only_first_wrong, result.only_second_wrong) == (only_first, only_second)
    assert result.p == pytest.approx(p)


def test_the_temperature_undoes_overconfidence() -> None:
    # given labels drawn from known probabilities, and logits three times too large
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(20_000, 10)) * 2
    labels = np.array([rng.choice(10, p=row) for row in softmax(logits, axis=1)])
    assert calibration.fit_temperature(logits * 3, labels) == pytest.approx(3, rel=0.03)


def reader_with(errors: int, labels: np.ndarray[tuple[int, ...], np.dtype[np.int64]], start: int = 0) -> Probabilities:
    """Probabilities of a reader that is 0.9 sure of everything and wrong on `errors` digits from `start` on."""
    read = labels.copy()
    read[start : start + errors] = (read[start : start + errors] + 1) % 10
    probabilities = np.full((len(labels), 10), 0.1 / 9)
    probabilities[np.arange(len(labels)), read] = 0.9
    return probabilities


def test_the_bootstrap_interval_of_errors_is_as_wide_as_the_binomial() -> None:
    labels = np.arange(5000) % 10
    replicates = scores.bootstrap(reader_with(50, labels), labels, bins=10)
    assert scores.interval(replicates["errors"]) == pytest.approx(binom(5000, 0.01).interval(0.95), abs=2)
    assert np.allclose(replicates["accuracy"], 1 - replicates["errors"] / 5000)


def test_a_resample_scores_as_the_images_drawn_would() -> None:
    rng = np.random.default_rng(1)
    probabilities, labels = softmax(rng.normal(size=(400, 10)) * 3, axis=1), rng.integers(10, size=400)
    replicates = scores.bootstrap(probabilities, labels, bins=15, resamples=2, seed=7)
    drawn = np.random.default_rng(7).integers(400, size=400)
    expected = scores.summary(probabilities[drawn], labels[drawn], bins=15)
    assert {metric: values[0] for metric, values in replicates.items()} == pytest.approx(expected, abs=1e-6)


def test_the_bootstrap_of_a_difference_is_paired() -> None:
    # given two readers that share 90 of their 100 and 95 mistakes
    labels = np.arange(5000) % 10
    first, second = reader_with(100, labels), reader_with(95, labels, start=10)
    # when both are resampled alike
    one, other = (scores.bootstrap(probabilities, labels, bins=10)["errors"] for probabilities in (first, second))
    low, high = scores.interval(other - one)
    # then the difference is as sure as the 15 digits that only one reads wrong allow
    assert low <= -5 <= high
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(15), rel=0.15)
