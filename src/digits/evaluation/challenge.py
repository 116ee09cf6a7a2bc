"""Whether a model may become champion: it and the champion read the same test digits, and McNemar's exact test says
whether it is worse."""

from dataclasses import dataclass

from digits.data.sets import DigitSet
from digits.evaluation import scores
from digits.evaluation.held_out import read_tests
from digits.reading.reader import Reader


@dataclass(frozen=True)
class Challenge:
    """Challenger and champion on one test set."""

    challenger: int
    """Its wrong readings."""
    champion: int
    comparison: scores.Comparison
    """Of the challenger, first, and the champion."""
    worse: bool
    """Whether the challenger errs more often, by more than chance explains."""


def challenge(challenger: Reader, champion: Reader, tests: dict[str, DigitSet], alpha: float) -> dict[str, Challenge]:
    """What comes of it on each test set; `alpha` is the p below which a difference is no chance."""
    ours, theirs = read_tests(challenger, tests), read_tests(champion, tests)
    found = {}
    for name, digits in tests.items():
        first, second = ours[name][1].argmax(axis=1), theirs[name][1].argmax(axis=1)
        ours_wrong, theirs_wrong = (int((read != digits.labels).sum()) for read in (first, second))
        comparison = scores.compare(first, second, digits.labels)
        worse = ours_wrong > theirs_wrong and comparison.p < alpha
        found[name] = Challenge(ours_wrong, theirs_wrong, comparison, worse)
    return found
