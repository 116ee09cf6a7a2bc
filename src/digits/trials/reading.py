"""Reading much at once, on all processors, with a progress bar."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from digits.reader import Reader, Reading, Source

Item = TypeVar("Item")

_CHUNK = 25  # items that a process reads at a time


def read_texts(model: Path, make: Callable[[Item], Source], items: Sequence[Item], title: str) -> list[str]:
    """What the model file reads of each item; "" for what is no picture.

    Args:
        model: the ONNX file.
        make: gives an item's strokes or picture; a function that can be sent to another process.
        items: any number of them.
        title: of the progress bar.

    Raises:
        DigitsError: the model file is missing or broken.
    """
    chunks = [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]
    texts: list[str] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool, tqdm(total=len(items), desc=title, leave=False) as bar:
        for read in pool.map(partial(_read, model, make), chunks):
            texts += read
            bar.update(len(read))
    return texts


def _read(model: Path, make: Callable[[Item], Source], items: Sequence[Item]) -> list[str]:
    reader = Reader(model)
    readings = reader.read_all(map(make, items))
    return [reading.text if isinstance(reading, Reading) else "" for reading in readings]
