"""Reading much at once, on all processors, with a progress bar."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from tqdm import tqdm

from digits.reader import Reader, Reading, Source

Item = TypeVar("Item")

_CHUNK = 25  # items that a process reads at a time


class Readers:
    """Processes that read with one model file; a context manager.

    Args:
        model: the ONNX file.
    """

    def __init__(self, model: Path) -> None:
        self._model = model
        self._pool = ProcessPoolExecutor(os.cpu_count())

    def __enter__(self) -> "Readers":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)

    def texts(self, make: Callable[[Item], Source], items: Sequence[Item], title: str) -> list[str]:
        """What is read of each item; "" for what is no picture.

        Args:
            make: gives an item's strokes or picture; a function that can be sent to another process.
            items: any number of them.
            title: of the progress bar.

        Raises:
            DigitsError: the model file is missing or broken.
        """
        chunks = [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]
        texts: list[str] = []
        with tqdm(total=len(items), desc=title, unit="read", leave=False) as bar:
            for read in self._pool.map(partial(_read, self._model, make), chunks):
                texts += read
                bar.update(len(read))
        return texts


@cache
def _reader(model: Path) -> Reader:
    return Reader(model)


def _read(model: Path, make: Callable[[Item], Source], items: Sequence[Item]) -> list[str]:
    readings = _reader(model).read_all(map(make, items))
    return [reading.text if isinstance(reading, Reading) else "" for reading in readings]
