"""Reading much at once, on all processors."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from digits.errors import DigitsError
from digits.reading.reader import Reader, Reading, Source

Item = TypeVar("Item")

_DEAF = (signal.SIGINT, signal.SIG_IGN)
_CHUNK = 25  # items that a process reads at a time


class Readers:
    """Processes that read with one model file; a context manager.

    Args:
        model: the ONNX file.
    """

    def __init__(self, model: Path) -> None:
        self._model = model
        # Ctrl+C is for the process that asks; these end with it.
        self._pool = ProcessPoolExecutor(os.cpu_count(), initializer=signal.signal, initargs=_DEAF)

    def __enter__(self) -> "Readers":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)

    def read_all(self, make: Callable[[Item], Source], items: Sequence[Item]) -> Iterator[Reading | DigitsError]:
        """What is read of each item, in order; in the place of one that cannot be read stands its error.

        Args:
            make: gives an item's strokes or picture; a function that can be sent to another process.
            items: any number of them.

        Raises:
            DigitsError: the model file is missing or broken.
        """
        chunks = [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]
        for read in self._pool.map(partial(_read, self._model, make), chunks):
            yield from read


@cache
def _reader(model: Path) -> Reader:
    return Reader(model)


def _read(model: Path, make: Callable[[Item], Source], items: Sequence[Item]) -> list[Reading | DigitsError]:
    return list(_reader(model).read_all(map(make, items)))
