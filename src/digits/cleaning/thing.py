"""Something that may go, and by which rules."""

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from digits.paths import ROOT

_DAY = 86_400.0
"""Seconds."""


@dataclass(frozen=True)
class Thing:
    """What `digits clean` shows as a line, and removes."""

    kind: str
    name: str
    changed: float
    """When it was last of use, in seconds since 1970."""
    size: int | None
    """Bytes on this disk; None for an entry of a store, whose files are others'."""
    why: str
    """It may go."""
    remove: Callable[[], None]
    """Removes it if it may still go, and raises StillNeeded if not; what is gone already is removed."""


@dataclass(frozen=True)
class Rules:
    """What stays in any case."""

    keep: int
    """Of versions, and of runs, so many of the newest."""
    days: float
    """Whatever is younger."""
    now: float = field(default_factory=time.time)
    """Seconds since 1970."""

    @property
    def before(self) -> float:
        """What has changed since stays; in seconds since 1970."""
        return self.now - self.days * _DAY

    def age(self, thing: Thing) -> str:
        """How long ago a thing was of use."""
        days = (self.now - thing.changed) / _DAY
        return f"{days:.0f} days" if days >= 2 else f"{max(0, 24 * days):.0f} h"


def shown(path: Path) -> str:
    """A path from the repository's root, or in full outside it."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def size(paths: Sequence[Path]) -> int:
    """Bytes of files, and of all files in folders."""
    return sum(found.st_size for path in paths for found in _found(path) if not stat.S_ISDIR(found.st_mode))


def changed(path: Path) -> float:
    """When a file or folder, or anything in it, was last changed, in seconds since 1970."""
    return max((found.st_mtime for found in _found(path)), default=time.time())


def _found(path: Path) -> Iterator[os.stat_result]:
    """Of a file or folder and all in it; what goes meanwhile is left out."""
    inside = (Path(folder) / name for folder, folders, files in os.walk(path) for name in (*folders, *files))
    for each in (path, *inside):
        with suppress(FileNotFoundError):
            yield each.lstat()


def remove(path: Path) -> None:
    """Removes a file or a folder; not one that is gone already, nor what a link leads to."""
    with suppress(FileNotFoundError):  # another process was faster
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
