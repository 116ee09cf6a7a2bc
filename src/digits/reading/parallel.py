"""Reading thousands, by a process on each processor: what evaluation does, and `digits read` with a large folder."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import active_children
from pathlib import Path
from typing import Self, TypeVar

from digits.errors import DigitsError
from digits.reading.reader import Reader, Source
from digits.reading.reading import Reading

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNK = 25
"""Items sent to a process at a time: sending costs little beside reading them, and progress is still seen."""


class ReaderPool:
    """Processes that read with one model file; a context manager.

    Args:
        model: the ONNX file.
    """

    def __init__(self, model: Path) -> None:
        self._model = model
        self._others = {child.pid for child in active_children()}
        # Ctrl+C is for the process that asks; these end with it.
        deaf = (signal.SIGINT, signal.SIG_IGN)
        self._processes = ProcessPoolExecutor(os.cpu_count(), initializer=signal.signal, initargs=deaf)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind:  # nobody waits for what they are reading now, which may take many seconds
            for child in active_children():
                if child.pid not in self._others:
                    child.terminate()
        self._processes.shutdown(cancel_futures=True)

    def read_all(self, make: Callable[[Item], Source], items: Sequence[Item]) -> Iterator[Reading | DigitsError]:
        """What is read of each item, in order; in the place of one that cannot be read stands its error.

        Args:
            make: gives an item's strokes or picture; a function that can be sent to another process.
            items: any number of them.

        Raises:
            DigitsError: the model file is missing or broken.
        """
        return self.map(partial(_read, make), items)

    def map(
        self, work: Callable[[Reader, Sequence[Item]], list[Result]], items: Sequence[Item], chunk: int = _CHUNK
    ) -> Iterator[Result]:
        """What a process's reader makes of the items, in their order.

        Args:
            work: of a reader and some items; a function that can be sent to another process.
            items: any number of them.
            chunk: so many are sent to a process at a time.

        Raises:
            DigitsError: the model file is missing or broken.
        """
        chunks = [items[start : start + chunk] for start in range(0, len(items), chunk)]
        for results in self._processes.map(partial(_work, self._model, work), chunks):
            yield from results


_reader = cache(Reader)  # one for each process


def _work(model: Path, work: Callable[[Reader, Sequence[Item]], list[Result]], items: Sequence[Item]) -> list[Result]:
    return work(_reader(model), items)


def _read(make: Callable[[Item], Source], reader: Reader, items: Sequence[Item]) -> list[Reading | DigitsError]:
    return list(reader.read_all(map(make, items)))
