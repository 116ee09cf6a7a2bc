"""Evaluation in depth, from probabilities that are read already: where the reader errs, and whether its confidence can
be trusted. What reports/depth.json holds.

Every figure comes with its 95 % interval: Wilson's for a share of digits, a bootstrap's percentiles for a score.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax
from scipy.stats import binomtest

from digits.data.kinds import KINDS
from digits.evaluation import scores
from digits.evaluation.held_out import Tests
from digits.evaluation.scores import Labels, Probabilities

PAIRS = ((1, 7), (3, 8), (2, 5), (4, 9))
"""Digits that hands make alike."""

BANDS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0)
"""Edges of confidence, finer towards 1, where nearly all readings are; an upper edge belongs to the band below it."""

COVERAGES = (1.0, 0.999, 0.995, 0.99, 0.98, 0.95, 0.9, 0.8, 0.5)
"""Parts of the digits that are answered, the surest first."""

Estimate = dict[str, float]
"""A figure as "value", and the ends of its 95 % interval as "low" and "high"."""

_RESAMPLES = 2000


def estimate(value: float, low: float, high: float) -> Estimate:
    """Rounded to six digits, which is more than any interval here can show."""
    return {"value": round(value, 6), "low": round(low, 6), "high": round(high, 6)}


def share(part: int, whole: int) -> Estimate:
    """A part of independent digits, with Wilson's interval (E. B. Wilson, 1927); `whole` is above 0."""
    trust = binomtest(part, whole).proportion_ci(method="wilson")
    return estimate(part / whole, float(trust.low), float(trust.high))


def untempered(probabilities: Probabilities, temperature: float) -> NDArray[np.float64]:
    """The probabilities (N, 10) before their logits were divided by the temperature: softmax(z / T) is proportional to
    exp(z)^(1/T), so exp(z) to its T-th power. What float32 has rounded to 0 counts as its least positive number."""
    least = np.finfo(np.float32).smallest_subnormal
    unscaled: NDArray[np.float64] = np.log(np.maximum(probabilities.astype(np.float64), float(least))) * temperature
    return np.exp(log_softmax(unscaled, axis=1))


def pairs(probabilities: Probabilities, labels: Labels) -> dict[str, Any]:
    """For each of `PAIRS`, the digits of either class and the share of them that is read as the other."""
    read = probabilities.argmax(axis=1)
    found = {}
    for one, other in PAIRS:
        either = int(np.isin(labels, (one, other)).sum())
        confused = {f"{a} as {b}": int(((labels == a) & (read == b)).sum()) for a, b in ((one, other), (other, one))}
        if either:
            errors = sum(confused.values())
            found[f"{one}/{other}"] = {
                "digits": either,
                "errors": errors,
                "error": share(errors, either),
                "read": confused,
            }
    return found


def groups(probabilities: Probabilities, labels: Labels, members: NDArray[Any]) -> dict[str, Any]:
    """Accuracy within each group of digits, in the groups' order; `members` (N,) names each digit's group, a class or
    a writer. "mistakes" counts what was read for what."""
    read = probabilities.argmax(axis=1)
    found = {}
    for group in np.unique(members).tolist():
        inside = members == group
        wrong = inside & (read != labels)
        mistakes = Counter(f"{written} as {seen}" for written, seen in zip(labels[wrong], read[wrong], strict=True))
        count = int(inside.sum())
        found[str(group)] = {
            "digits": count,
            "errors": int(wrong.sum()),
            "accuracy": share(count - int(wrong.sum()), count),
            "mistakes": dict(mistakes.most_common()),
        }
    return found


def of_other_people(wrong: NDArray[np.bool_], writers: NDArray[np.str_], seed: int = 0) -> Estimate:
    """Accuracy with the interval of a bootstrap that draws whole writers: how much it would differ with as many other
    people, whose digits resemble each other. Few writers make it rough."""
    _, member = np.unique(writers, return_inverse=True)
    written, errors = np.bincount(member), np.bincount(member, wrong)
    drawn = np.random.default_rng(seed).integers(len(written), size=(_RESAMPLES, len(written)))
    replicates = 1 - errors[drawn].sum(axis=1) / written[drawn].sum(axis=1)
    return estimate(1 - float(wrong.mean()), *scores.interval(replicates))


def bands(probabilities: Probabilities, labels: Labels) -> list[dict[str, Any]]:
    """Accuracy against confidence in each of `BANDS` that holds a reading."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    found = []
    for low, high in pairwise(BANDS):
        inside = (confidence > low) & (confidence <= high)
        if count := int(inside.sum()):
            found.append(
                {
                    "confidence": [low, high],
                    "digits": count,
                    "mean_confidence": round(float(confidence[inside].mean()), 6),
                    "accuracy": share(int(right[inside].sum()), count),
                }
            )
    return found


def selective(
    confidence: NDArray[np.floating], wrong: NDArray[np.bool_], resamples: int = _RESAMPLES, seed: int = 0
) -> dict[str, Estimate]:
    """Selective classification: the surest readings are answered, the others are left to a person
    (Y. Geifman, R. El-Yaniv, *Selective Classification for Deep Neural Networks*, 2017).

    Returns:
        "aurc": area under the risk over coverage, the mean risk over all coverages; readings of equal confidence count
            in a random order's mean.
        "risk_at_99": share of wrong readings among the surest 99 %.
        "coverage_at_zero_errors": largest share of readings that can be answered without an error. It hangs on the
            one surest mistake, so its interval says little of other digits.
    """
    _, rank = np.unique(-confidence, return_inverse=True)
    count = len(confidence)
    place = np.arange(1, count + 1)

    def figures(weights: NDArray[np.integer]) -> tuple[float, float, float]:
        """Of the digits, each counted `weights` (N,) times."""
        answered = np.cumsum(np.bincount(rank, weights))
        errors = np.cumsum(np.bincount(rank, weights * wrong))
        risk = np.interp(place, np.append(0, answered), np.append(0, errors)) / place
        clean = answered[errors == 0].max(initial=0) / count
        return float(risk.mean()), float(risk[int(np.ceil(0.99 * count)) - 1]), float(clean)

    rng = np.random.default_rng(seed)
    draws = (np.bincount(rng.integers(count, size=count), minlength=count) for _ in range(resamples))
    replicates = np.array([figures(weights) for weights in draws])
    names = ("aurc", "risk_at_99", "coverage_at_zero_errors")
    return {
        name: estimate(value, *scores.interval(replicates[:, column]))
        for column, (name, value) in enumerate(zip(names, figures(np.ones(count, np.int64)), strict=True))
    }


def risk(confidence: NDArray[np.floating], wrong: NDArray[np.bool_], coverage: float) -> dict[str, float]:
    """Share of wrong readings among the surest part of them."""
    answered = max(1, round(coverage * len(wrong)))
    surest = np.argsort(-confidence, kind="stable")[:answered]
    return {"coverage": coverage, **share(int(wrong[surest].sum()), answered)}


def selection(confidence: NDArray[np.floating], wrong: NDArray[np.bool_], sure: NDArray[np.bool_]) -> dict[str, Any]:
    """`selective`, the "risk" at each of `COVERAGES`, and "at_threshold" what is left of the readings when all that are
    not `sure` are given to a person."""
    answered = int(sure.sum())
    return {
        **selective(confidence, wrong),
        "risk": [risk(confidence, wrong, coverage) for coverage in COVERAGES],
        "at_threshold": {
            "coverage": share(answered, len(sure)),
            "risk": share(int(wrong[sure].sum()), max(1, answered)),
        },
    }


def scored(probabilities: Probabilities, labels: Labels, bins: int) -> dict[str, Estimate]:
    """`scores.summary` with bootstrap intervals; that of the calibration error leans upwards, as `scores.bootstrap`
    says, so it errs on the careful side."""
    replicates = scores.bootstrap(probabilities, labels, bins, _RESAMPLES)
    summary = scores.summary(probabilities, labels, bins)
    return {name: estimate(value, *scores.interval(replicates[name])) for name, value in summary.items()}


def breakdown(tests: Tests, temperature: float, threshold: float, bins: int) -> dict[str, Any]:
    """All of it for each test set.

    Args:
        tests: what was read.
        temperature: that the model file divides its logits by.
        threshold: confidence below which the reader calls a reading uncertain.
        bins: of the calibration error.
    """
    found: dict[str, Any] = {}
    for name, (digits, probabilities) in tests.items():
        labels, confidence = digits.labels, probabilities.max(axis=1)
        wrong = probabilities.argmax(axis=1) != labels
        before = scored(untempered(probabilities, temperature), labels, bins)
        found[name] = {
            "scores": scored(probabilities, labels, bins),
            "before_temperature": {"nll": before["nll"], "ece": before["ece"], "temperature": temperature},
            "pairs": pairs(probabilities, labels),
            "classes": groups(probabilities, labels, labels),
            "confidence": bands(probabilities, labels),
            "selective": selection(confidence, wrong, confidence >= threshold),
        }
        if digits.writers.any() and (name not in KINDS or KINDS[name].people):
            found[name]["writers"] = groups(probabilities, labels, digits.writers)
            found[name]["accuracy_of_other_people"] = of_other_people(wrong, digits.writers)
    return found


def of_handwriting(handwriting: Mapping[str, Any], numbers: int, number_pictures: int) -> dict[str, Estimate]:
    """Intervals of the headline figures of handwriting.json: whole numbers read completely right, of so many as strokes
    and as pictures, and what is called uncertain."""
    right = {way: handwriting["numbers"][way]["all"] for way in ("strokes", "pictures")}
    counts = {"strokes": numbers, "pictures": min(numbers, number_pictures)}
    doubted = handwriting["uncertain"]
    return {f"numbers_as_{way}": share(round(right[way] * counts[way]), counts[way]) for way in right} | {
        f"uncertain_{name}": share(round(of["share"] * of["images"]), of["images"]) for name, of in doubted.items()
    }
