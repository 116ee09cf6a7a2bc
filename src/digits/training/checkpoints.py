"""The folders of trainings that have not ended, each found again by what the training is a function of."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from digits.paths import CHECKPOINTS

if TYPE_CHECKING:
    from filelock import BaseFileLock

_ENDED = "ended"


@contextmanager
def resumable(folder: Path, keep: bool = False) -> Iterator[Path]:
    """The folder of a training's checkpoints, for this process alone, after any other that trains the same.

    It goes when the block ends well and stays when it does not.

    Args:
        folder: in artifacts/checkpoints.
        keep: leaves it to `forget_ended`: whoever asked for the training may be killed before they have noted that it
            ended, and ask again.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = _lock(folder)
    try:
        lock.acquire(timeout=0)
    except TimeoutError:
        print(f"another process trains the same recipe: waiting for it to end ({lock.lock_file})", flush=True)
        lock.acquire()
    with lock:
        folder.mkdir(exist_ok=True)
        yield folder
        if keep:
            (folder / _ENDED).touch()
        else:
            shutil.rmtree(folder)


def forget_ended() -> None:
    """Removes the kept folders of trainings that ended, but for one that another process has taken up."""
    for mark in CHECKPOINTS.glob(f"*/{_ENDED}"):
        with suppress(TimeoutError), untaken(mark.parent):
            shutil.rmtree(mark.parent)


def ended(folder: Path) -> bool:
    """Whether the training of this folder has ended, and only its stage has not."""
    return (folder / _ENDED).exists()


@contextmanager
def untaken(folder: Path) -> Iterator[None]:
    """Keeps every training from this folder.

    Raises:
        TimeoutError: one has taken it up.
    """
    with _lock(folder).acquire(timeout=0):
        yield


def _lock(folder: Path) -> "BaseFileLock":
    from filelock import FileLock

    return FileLock(folder.with_suffix(".lock"))
