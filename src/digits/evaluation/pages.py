"""Whole readings of made pages: numbers that held-out people wrote on all sorts of paper, and pages with no number.

What reports/made_pages.json holds. A reading is right if its digits are, in their order; it is as written if signs,
spaces and lines are right too; and it is silently wrong if its digits are wrong and nothing in it says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.data.hands import Hands
from digits.data.pages import Page, Pages
from digits.data.paper import KINDS
from digits.data.pen import Sample
from digits.data.sets import DigitSet
from digits.evaluation.breakdown import selection, share
from digits.evaluation.held_out import itself, read_each
from digits.reading.parallel import ReaderPool
from digits.reading.reading import Reading

NOTHING = "nothing"
"""The kind of the pages with no number."""


@dataclass(frozen=True)
class PageReading:
    """A made page, and what was read of it."""

    page: Page
    reading: Reading

    @property
    def confidence(self) -> float:
        """How sure it is that its digits are right; a reading of nothing answers nothing."""
        return self.reading.confidence if self.reading.digits else 0.0

    @property
    def right(self) -> bool:
        """Whether its digits are right; on a page with no number, whether none was read."""
        return _digits(self.reading.text) == _digits(self.page.text)

    @property
    def as_written(self) -> bool:
        """Whether its text is right, with signs, spaces and lines."""
        return self.reading.text == self.page.text

    @property
    def silently_wrong(self) -> bool:
        """Whether its digits are wrong and nothing says so."""
        return not self.right and not self.reading.uncertain


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def make_pages(samples: Sequence[Sample], images: DigitSet, count: int) -> list[Page]:
    """So many pages of each kind of paper, every other one with touching digits where people are free to write so, and
    as many with no number.

    Args:
        samples: pen digits of held-out people.
        images: MNIST's test images.
        count: pages of a kind; more begin with the same.
    """
    pages = Pages(Hands(samples, images), "test", seed=0)
    kinds = (*KINDS, NOTHING)
    return [
        pages.whole(turn * len(kinds) + place, kind, touching=turn % 2 == 1)
        for turn in range(count)
        for place, kind in enumerate(kinds)
    ]


def read_pages(readers: ReaderPool, pages: Sequence[Page]) -> list[PageReading]:
    """What is read of each page."""
    readings = read_each(readers, itself, [page.picture for page in pages], "made pages")
    return [PageReading(*pair) for pair in zip(pages, readings, strict=True)]


def report(readings: Sequence[PageReading]) -> dict[str, Any]:
    """For reports/: of all pages with a number, of each kind of paper, and of numbers written in different ways the
    shares that are right, as written and silently wrong, with their intervals; "nothing" of the pages with no number;
    and "selective" what is gained by leaving the unsure to a person, by digits and as written."""
    numbers = with_numbers(readings)
    sure = np.array([not one.reading.uncertain for one in numbers])
    kinds = {kind: [one for one in numbers if one.page.kind == kind] for kind in KINDS}
    return {
        "all": _scored(numbers),
        "kinds": {name: _scored(own) for name, own in kinds.items() if own},
        "ways": {name: _scored(own) for name, own in _ways(numbers).items() if own},
        "nothing": _scored([one for one in readings if one.page.kind == NOTHING]),
        "selective": {way: selection(*confidence_and_errors(readings, way), sure) for way in ("right", "as_written")},
    }


def with_numbers(readings: Sequence[PageReading]) -> list[PageReading]:
    """Those of pages that hold a number."""
    return [one for one in readings if one.page.kind != NOTHING]


def confidence_and_errors(readings: Sequence[PageReading], way: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Of each page with a number how sure its reading is, and whether it is not `way`: "right" or "as_written"."""
    numbers = with_numbers(readings)
    return np.array([one.confidence for one in numbers]), np.array([not getattr(one, way) for one in numbers])


def _ways(numbers: Sequence[PageReading]) -> dict[str, list[PageReading]]:
    free = {one.page.kind for one in numbers if one.page.touching}  # no cells keep digits apart there
    several = [one for one in numbers if one.page.kind in free and len(_digits(one.page.text)) > 1]
    signs = [any(not sign.isdigit() and not sign.isspace() for sign in one.page.text) for one in numbers]
    return {
        "digits apart": [one for one in several if not one.page.touching],
        "digits touching": [one for one in several if one.page.touching],
        "digits alone": [one for one, some in zip(numbers, signs, strict=True) if not some],
        "with signs": [one for one, some in zip(numbers, signs, strict=True) if some],
    }


def _scored(readings: Sequence[PageReading]) -> dict[str, Any]:
    count = len(readings)
    return {
        "pages": count,
        "right": share(sum(one.right for one in readings), count),
        "as_written": share(sum(one.as_written for one in readings), count),
        "silently_wrong": share(sum(one.silently_wrong for one in readings), count),
    }


def summary(found: Mapping[str, Any]) -> dict[str, float]:
    """A `report`'s figures for reports/metrics.json and MLflow: shares of all pages with a number, the numbers "seen in
    nothing" with confidence, and the accuracy on each kind of paper and of each way of writing."""
    every, groups = found["all"], {**found["kinds"], **found["ways"]}
    return {
        "accuracy": every["right"]["value"],
        "errors": every["pages"] - round(every["right"]["value"] * every["pages"]),
        "as_written": every["as_written"]["value"],
        "silently_wrong": every["silently_wrong"]["value"],
        "seen_in_nothing": found["nothing"]["silently_wrong"]["value"],
        **{f"accuracy_{name.replace(' ', '_')}": of["right"]["value"] for name, of in groups.items()},
    }


def worst(readings: Sequence[PageReading]) -> list[PageReading]:
    """What was read wrong: without a word first, the surest before the others."""
    wrong = [one for one in readings if not one.right]
    return sorted(wrong, key=lambda one: (one.reading.uncertain, -one.confidence))
