"""Whether a model may become champion: it and the champion read the same test digits and the same made pages, and
McNemar's exact test says whether it is worse."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digits.data.pages import Page
from digits.data.sets import DigitSet
from digits.evaluation import scores
from digits.evaluation.held_out import read_tests
from digits.evaluation.pages import read_pages
from digits.reading.parallel import ReaderPool
from digits.reading.reader import Reader

NUMBERS = "made_pages"
"""The name, beside those of the test sets, of whole numbers on made pages."""


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


def challenge(
    challenger: Reader, champion: Reader, tests: dict[str, DigitSet], pages: Sequence[Page], alpha: float
) -> dict[str, Challenge]:
    """What comes of it on each test set, and on whole numbers under the name `NUMBERS`.

    Args:
        challenger: may become champion.
        champion: is it; if it knows no pages, it reads no number right.
        tests: digits.
        pages: with numbers, each of which is right if it is read as it is written.
        alpha: the p below which a difference is no chance.
    """
    ours, theirs = read_tests(challenger, tests), read_tests(champion, tests)
    found = {}
    for name, digits in tests.items():
        first, second = ours[name][1].argmax(axis=1), theirs[name][1].argmax(axis=1)
        found[name] = _compared(first, second, digits.labels, alpha)
    first, second = (_as_written(reader.path, pages) for reader in (challenger, champion))
    return found | {NUMBERS: _compared(first, second, np.ones(len(pages), np.int64), alpha)}


def _compared(
    first: NDArray[np.integer], second: NDArray[np.integer], labels: NDArray[np.integer], alpha: float
) -> Challenge:
    ours_wrong, theirs_wrong = (int((read != labels).sum()) for read in (first, second))
    comparison = scores.compare(first, second, labels)
    return Challenge(ours_wrong, theirs_wrong, comparison, ours_wrong > theirs_wrong and comparison.p < alpha)


def _as_written(model: Path, pages: Sequence[Page]) -> NDArray[np.int64]:
    """1 for each page that is read as it is written, 0 for the others."""
    with ReaderPool(model) as readers:
        return np.array([one.as_written for one in read_pages(readers, pages)], np.int64)
