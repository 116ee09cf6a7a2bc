"""The texts that are read of many items, with a progress bar; which items stand for all, and how sure their mean is."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from digits.reading.parallel import ReaderPool
from digits.reading.reader import Reading, Source

Item = TypeVar("Item")


def read_texts(readers: ReaderPool, make: Callable[[Item], Source], items: Sequence[Item], title: str) -> list[str]:
    """What `readers` read of each item; "" for what is no picture. `title` is the progress bar's."""
    readings = tqdm(readers.read_all(make, items), title, len(items), unit="read", leave=False)
    return [reading.text if isinstance(reading, Reading) else "" for reading in readings]


def evenly(total: int, count: int | None) -> NDArray[np.int64]:
    """So many places, evenly over so many in all; None: all."""
    return np.linspace(0, total - 1, min(count or total, total)).astype(int)


def bootstrap(values: NDArray[np.floating], resamples: int = 2000) -> NDArray[np.float64]:
    """Means (resamples,) of values (N,), one of each item, over items drawn with replacement (B. Efron, 1979)."""
    rng = np.random.default_rng(0)
    return np.array([values[rng.integers(len(values), size=len(values))].mean() for _ in range(resamples)])
