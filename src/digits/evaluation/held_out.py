"""The test images, kept out of every training, and what a reader makes of them: evaluation, registration and
`digits compare` read them here, so that their figures agree."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from digits.data import pen, sets
from digits.data.kinds import set_names
from digits.data.sets import DigitSet
from digits.paths import HANDWRITING
from digits.reading.parallel import ReaderPool
from digits.reading.reader import Reader, Source
from digits.reading.reading import Reading

Item = TypeVar("Item")

_STEP = 1024
"""Images between two reports of progress: under a second, and whole batches of the reader."""

Tests = dict[str, tuple[DigitSet, NDArray[np.float32]]]
"""Name of a test set -> its digits and the probabilities (N, 10) read from them."""


def load_tests(folder: Path) -> dict[str, DigitSet]:
    """Every kind's test set in preprocess's folder.

    Raises:
        DigitsError: a set is missing or broken; names its file.
    """
    return {name: sets.load(folder, file) for name, file in set_names("test").items()}


def load_written(tests: dict[str, DigitSet]) -> list[pen.Sample]:
    """The strokes of the people whose pen digits are test images.

    Raises:
        DigitsError: a file of handwriting is broken; names it.
    """
    people = set(tests["pen"].writers.tolist())
    return [sample for sample in pen.read_samples(HANDWRITING) if sample.writer in people]


def mistakes(digits: DigitSet, probabilities: NDArray[np.floating]) -> NDArray[np.int64]:
    """Positions of the wrongly read digits, the surest first."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != digits.labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")]


def read_tests(reader: Reader, tests: dict[str, DigitSet], progress: Callable[[int], object] = lambda _: None) -> Tests:
    """Every test set with the reader's probabilities; `progress` is told how many images were read since last."""

    def read(digits: DigitSet) -> NDArray[np.float32]:
        parts = []
        for start in range(0, len(digits), _STEP):
            parts.append(reader.classify(digits.images[start : start + _STEP]))
            progress(len(parts[-1]))
        return np.concatenate(parts)

    return {name: (digits, read(digits)) for name, digits in tests.items()}


_UNREADABLE = Reading(confidence=0.0, uncertain=True)


def read_each(readers: ReaderPool, make: Callable[[Item], Source], items: Sequence[Item], title: str) -> list[Reading]:
    """What is read of what `make` makes of each item: nothing, and that uncertainly, where the model cannot read it.

    `title` is the progress bar's.
    """
    readings = tqdm(readers.read_all(make, items), title, len(items), unit="read", leave=False)
    return [reading if isinstance(reading, Reading) else _UNREADABLE for reading in readings]


def read_texts(readers: ReaderPool, make: Callable[[Item], Source], items: Sequence[Item], title: str) -> list[str]:
    """The text of each of `read_each`."""
    return [reading.text for reading in read_each(readers, make, items, title)]


def itself(item: Item) -> Item:
    """For `read_texts`, where the items are what is read."""
    return item


def evenly(total: int, count: int | None) -> NDArray[np.int64]:
    """Positions (count,) that stand for a set of `total`, spread evenly over it; None: all of them."""
    return np.linspace(0, total - 1, min(count or total, total)).astype(int)
