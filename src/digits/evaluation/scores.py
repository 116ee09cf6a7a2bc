"""How well probabilities fit labels: accuracy, likelihood, calibration, how sure that is, and the comparison of two
readers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    edges, member = np.linspace(0, 1, bins + 1), _members(confidence, bins)
    return [
        Bin(edges[i], edges[i + 1], int(inside.sum()), float(confidence[inside].mean()), float(right[inside].mean()))
        for i in range(bins)
        if (inside := member == i).any()
    ]


def _members(confidence: NDArray[np.floating], bins: int) -> NDArray[np.int64]:
    """The bin of each confidence (N,); an upper edge belongs to the bin below it."""
    return np.clip(np.digitize(confidence, np.linspace(0, 1, bins + 1), right=True) - 1, 0, bins - 1)


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


_CHUNK = 256
"""Resamples counted together: 20 MB for 10,000 images."""


def bootstrap(
    probabilities: Probabilities, labels: Labels, bins: int, resamples: int = 2000, seed: int = 0
) -> dict[str, NDArray[np.float64]]:
    """`summary` of `resamples` resamples of the images, drawn with replacement (B. Efron, 1979): (resamples,) each.

    Equal seeds draw equal images, so for two readers of the same images the difference of their replicates is that
    of a paired bootstrap. The expected calibration error, a sum of absolute values, only grows by the noise that
    resampling adds: its replicates lean upwards.
    """
    count = len(labels)
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    likelihood = probabilities[np.arange(count), labels].astype(np.float64)
    # Every score is a function of sums over images, and a resample is how often each image counts in them.
    summed = np.zeros((count, 2 + bins))
    summed[:, 0], summed[:, 1] = ~right, -np.log(np.maximum(likelihood, _LEAST))
    summed[np.arange(count), 2 + _members(confidence, bins)] = confidence - right
    rng = np.random.default_rng(seed)
    sums = []
    for start in range(0, resamples, _CHUNK):
        drawn = (rng.integers(count, size=count) for _ in range(min(_CHUNK, resamples - start)))
        sums.append(np.stack([np.bincount(images, minlength=count) for images in drawn]) @ summed)
    errors, surprise, *gaps = np.concatenate(sums).T
    ece = np.abs(gaps).sum(axis=0) / count
    return {"accuracy": 1 - errors / count, "errors": errors, "nll": surprise / count, "ece": ece}


def bootstrap_mean(values: NDArray[np.floating], resamples: int = 2000) -> NDArray[np.float64]:
    """Means (resamples,) of values (N,), one an image, over images drawn with replacement."""
    rng = np.random.default_rng(0)
    return np.array([values[rng.integers(len(values), size=len(values))].mean() for _ in range(resamples)])


def interval(replicates: NDArray[np.floating], level: float = 0.95) -> tuple[float, float]:
    """The percentile interval that holds `level` of a bootstrap's replicates (n,)."""
    low, high = np.quantile(replicates, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True)
class Comparison:
    """Two readers on the same images."""

    only_first_wrong: int
    only_second_wrong: int
    p: float
    """Of McNemar's exact test, two-sided: how often equal readers would differ at least this much."""

    @property
    def chance(self) -> str:
        """The p-value in words, with two digits however small it is."""
        return f"p = {self.p:.2g}" if self.p > 0 else "p < 1e-300"


def compare(first: NDArray[np.integer], second: NDArray[np.integer], labels: Labels) -> Comparison:
    """McNemar's exact test (Q. McNemar, 1947) on the digits (N,) that two readers read."""
    from scipy.stats import binomtest  # takes longer to import than all else here, and a training never compares

    first_wrong, second_wrong = first != labels, second != labels
    only_first = int((first_wrong & ~second_wrong).sum())
    only_second = int((second_wrong & ~first_wrong).sum())
    discordant = only_first + only_second
    p = float(binomtest(only_first, discordant, 0.5).pvalue) if discordant else 1.0
    return Comparison(only_first, only_second, p)
