"""The runs that are compared, what their models read on the test images, and how two of them differ there."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any

import numpy as np
from numpy.typing import NDArray
from omegaconf import OmegaConf
from tqdm import tqdm

from digits.errors import DigitsError
from digits.evaluation import scores
from digits.evaluation.held_out import Tests, load_tests, read_tests
from digits.paths import ROOT
from digits.reading.reader import Reader
from digits.tracking import registry, runs
from digits.tracking.store import ALIAS, SHA_TAG


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
    """A run, and what its model reads."""

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
        return str(self.run.info.run_name)

    @property
    def id(self) -> str:
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

    def alone(self, test: str) -> list[tuple[Contender, NDArray[np.int64]]]:
        """Each contender with the positions of the digits that it alone reads wrong, the surest mistake first."""
        found = []
        for one, other in ((self.first, self.second), (self.second, self.first)):
            positions = np.flatnonzero(one.wrong(test) & ~other.wrong(test))
            sureness = one.tests[test][1][positions].max(axis=1)
            found.append((one, positions[np.argsort(-sureness, kind="stable")]))
        return found


def choose(client: Any, names: Sequence[str]) -> list[Any]:
    """The runs to compare: those named, with the champion where fewer than two are.

    Raises:
        DigitsError: a name means no run, two mean the same, or there is nothing to compare with.
    """
    chosen = [runs.named(client, name) for name in names]
    if len(chosen) < 2:
        champion = runs.named(client, ALIAS)
        other = chosen[0] if chosen else runs.newest_other(client, champion)
        if other is None or other.info.run_id == champion.info.run_id:
            found = "that is the champion itself" if chosen else "no finished run has another model than the champion"
            raise DigitsError(
                f"{found}: train one to compare with it, as python -m digits.stages.train experiment=quick does, "
                "or name two runs"
            )
        return [champion, other]
    if len(chosen) > len(ascii_uppercase):
        raise DigitsError(f"{len(chosen)} runs are too many to tell apart: name at most {len(ascii_uppercase)}")
    seen: dict[str, str] = {}
    for name, run in zip(names, chosen, strict=True):
        if run.info.run_id in seen:
            raise DigitsError(f"{seen[run.info.run_id]} and {name} are the same run, {run.info.run_id}: name another")
        seen[run.info.run_id] = name
    return chosen


def read(chosen: Sequence[Any]) -> list[Contender]:
    """The runs with what their models read on the test images.

    Raises:
        DigitsError: a run has no model, or the test images are not there.
    """
    files = [runs.model_file(run) for run in chosen]
    tests = load_tests(ROOT / "artifacts" / "data")
    bins = int(OmegaConf.load(ROOT / "conf" / "evaluate" / "default.yaml").bins)
    versions = registry.versions()
    contenders = []
    images = sum(len(digits) for digits in tests.values())
    print(f"reading {images:,} test images with each of {len(chosen)} models", flush=True)
    with tqdm(total=images * len(chosen), unit="image", leave=False, disable=not sys.stderr.isatty()) as bar:
        for letter, run, file in zip(ascii_uppercase, chosen, files, strict=False):
            bar.set_description(letter)
            own = [version for version in versions if version.tags.get(SHA_TAG) == run.data.tags[SHA_TAG]]
            registered = ", ".join(f"version {each.number}{', champion' * each.champion}" for each in own)
            contenders.append(Contender(letter, run, registered, read_tests(Reader(file), tests, bar.update), bins))
    return contenders


def differing(contenders: Sequence[Contender]) -> dict[str, list[str]]:
    """Key of the configuration -> its value in each run, for the keys that are not the same in all."""
    params = [contender.run.data.params for contender in contenders]
    keys = sorted({key for each in params for key in each})
    values = {key: [each.get(key, "–") for each in params] for key in keys}
    return {key: row for key, row in values.items() if len(set(row)) > 1}
