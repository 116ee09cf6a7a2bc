"""Models beside each other on the same test images: scores with paired intervals, and digit by digit."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from omegaconf import OmegaConf

from digits.evaluation import scores
from digits.evaluation.held_out import Tests
from digits.paths import ROOT


@dataclass(frozen=True)
class Estimate:
    """A score, or a difference of two, with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    @property
    def differs(self) -> bool:
        """Whether 0 lies outside the interval."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Contender:
    """A tracked run, and what its model reads."""

    letter: str
    """What it is called in tables and pictures."""
    run: Any
    """Of mlflow."""
    registered: str
    """Which version of the registered model it is; empty if none."""
    tests: Tests
    bins: int
    summaries: dict[str, dict[str, float]] = field(init=False, default_factory=dict)
    """Test set -> metric -> score."""
    replicates: dict[str, dict[str, NDArray[np.float64]]] = field(init=False, default_factory=dict)
    """Test set -> metric -> its bootstrap replicates, paired with those of every other contender."""

    def __post_init__(self) -> None:
        for name, (digits, probabilities) in self.tests.items():
            self.summaries[name] = scores.summary(probabilities, digits.labels, self.bins)
            self.replicates[name] = scores.bootstrap(probabilities, digits.labels, self.bins)

    @property
    def name(self) -> str:
        """Of the run, which people gave it."""
        return str(self.run.info.run_name)

    @property
    def id(self) -> str:
        """Of the run, in MLflow."""
        return str(self.run.info.run_id)

    @property
    def seconds(self) -> float | None:
        """Of training."""
        return self.run.data.metrics.get("train_seconds")

    def estimate(self, test: str, metric: str) -> Estimate:
        """A score of `scores.summary` with its interval."""
        return Estimate(self.summaries[test][metric], *scores.interval(self.replicates[test][metric]))

    def wrong(self, test: str) -> NDArray[np.bool_]:
        """Which digits of the set it reads wrong (N,)."""
        digits, probabilities = self.tests[test]
        return probabilities.argmax(axis=1) != digits.labels


@dataclass(frozen=True)
class Pair:
    """Two contenders on the same images."""

    first: Contender
    second: Contender

    def comparison(self, test: str) -> scores.Comparison:
        """McNemar's exact test on a set."""
        first, second = (each.tests[test][1].argmax(axis=1) for each in (self.first, self.second))
        return scores.compare(first, second, self.first.tests[test][0].labels)

    def difference(self, test: str, metric: str) -> Estimate:
        """Second minus first, with the interval of a paired bootstrap."""
        value = self.second.summaries[test][metric] - self.first.summaries[test][metric]
        replicates = self.second.replicates[test][metric] - self.first.replicates[test][metric]
        return Estimate(value, *scores.interval(replicates))

    def better(self, test: str) -> Contender | None:
        """The one that reads more right than chance explains, at the level at which registering refuses a
        challenger; None if there is none."""
        alpha = float(OmegaConf.load(ROOT / "conf" / "register" / "default.yaml").alpha)
        if self.comparison(test).p >= alpha:
            return None
        return min(self.first, self.second, key=lambda each: each.summaries[test]["errors"])

    def verdict(self, test: str) -> str:
        """Who is better on a set, as far as it can be told."""
        better = self.better(test)
        if better is None:
            return "no difference that chance does not explain"
        return f"{better.letter} is better, {abs(self.difference(test, 'errors').value):.0f} fewer wrong"

    def alone(self, test: str) -> list[tuple[Contender, NDArray[np.int64]]]:
        """Each contender with the positions of the digits that it alone reads wrong, the surest mistake first."""
        found = []
        for one, other in ((self.first, self.second), (self.second, self.first)):
            positions = np.flatnonzero(one.wrong(test) & ~other.wrong(test))
            sureness = one.tests[test][1][positions].max(axis=1)
            found.append((one, positions[np.argsort(-sureness, kind="stable")]))
        return found
