"""How well probabilities fit labels: accuracy, likelihood, calibration, and the comparison of two readers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from scipy.stats import binomtest

Probabilities = NDArray[np.floating]
"""(N, 10), rows sum to 1."""

Labels = NDArray[np.integer]
"""(N,), 0 to 9."""

_LEAST = 1e-12
"""Floor of a probability in a logarithm, below float32's rounding of softmax."""


@dataclass(frozen=True)
class Bin:
    """Readings whose confidence lies between `low` and `high`."""

    low: float
    high: float
    count: int
    confidence: float
    """Mean confidence in the bin."""
    accuracy: float
    """Share of right readings in it."""


def reliability(probabilities: Probabilities, labels: Labels, bins: int) -> list[Bin]:
    """The bins of confidence, equally wide, that hold any reading."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    edges = np.linspace(0, 1, bins + 1)
    member = np.clip(np.digitize(confidence, edges, right=True) - 1, 0, bins - 1)
    return [
        Bin(edges[i], edges[i + 1], int(inside.sum()), float(confidence[inside].mean()), float(right[inside].mean()))
        for i in range(bins)
        if (inside := member == i).any()
    ]


def summary(probabilities: Probabilities, labels: Labels, bins: int) -> dict[str, float]:
    """Accuracy, errors, mean negative log-likelihood (nats), and expected calibration error
    (M. Pakdaman Naeini et al., 2015) over `bins` equally wide bins."""
    right = probabilities.argmax(axis=1) == labels
    likelihood = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    ece = sum(b.count * abs(b.confidence - b.accuracy) for b in reliability(probabilities, labels, bins)) / len(labels)
    return {
        "accuracy": round(float(right.mean()), 6),
        "errors": int((~right).sum()),
        "nll": round(float(-np.log(np.maximum(likelihood, _LEAST)).mean()), 6),
        "ece": round(ece, 6),
    }


def nll(logits: NDArray[np.floating], labels: Labels, temperature: float = 1.0) -> float:
    """Mean negative log-likelihood (nats) of logits (N, 10) divided by the temperature."""
    return float(-log_softmax(logits / temperature, axis=1)[np.arange(len(labels)), labels].mean())


def fit_temperature(logits: NDArray[np.floating], labels: Labels) -> float:
    """The temperature of least negative log-likelihood (C. Guo et al., *On Calibration of Modern Neural
    Networks*, 2017)."""
    found = minimize_scalar(lambda t: nll(logits, labels, float(np.exp(t))), bounds=(-3.0, 3.0), method="bounded")
    # Six digits are far below what calibration can show and above the rounding that differs between machines.
    return round(float(np.exp(found.x)), 6)


@dataclass(frozen=True)
class Comparison:
    """Two readers on the same images."""

    only_first_wrong: int
    only_second_wrong: int
    p: float
    """Of McNemar's exact test, two-sided: how often equal readers would differ at least this much."""


def compare(first: NDArray[np.integer], second: NDArray[np.integer], labels: Labels) -> Comparison:
    """McNemar's exact test (Q. McNemar, 1947) on the digits (N,) that two readers read."""
    first_wrong, second_wrong = first != labels, second != labels
    only_first = int((first_wrong & ~second_wrong).sum())
    only_second = int((second_wrong & ~first_wrong).sum())
    discordant = only_first + only_second
    p = float(binomtest(only_first, discordant, 0.5).pvalue) if discordant else 1.0
    return Comparison(only_first, only_second, p)
