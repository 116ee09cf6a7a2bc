"""The texts that are read of many items, with a progress bar."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from tqdm import tqdm

from digits.reader import Reading, Source
from digits.readers import Readers

Item = TypeVar("Item")


def read_texts(readers: Readers, make: Callable[[Item], Source], items: Sequence[Item], title: str) -> list[str]:
    """What `readers` read of each item; "" for what is no picture. `title` is the progress bar's."""
    readings = tqdm(readers.read_all(make, items), title, len(items), unit="read", leave=False)
    return [reading.text if isinstance(reading, Reading) else "" for reading in readings]
