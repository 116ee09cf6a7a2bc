"""Corrections on a full disk, and where nobody may write: all that was there stays, and the window is told.

The full disk is a small tmpfs, which only root may mount; elsewhere only the permissions are tried.
"""

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from digits.errors import DigitsError
from digits.teaching.collected import Samples, sample_line

from .attempts import Outcome, attempted, told

_KB = 64
_NOBODY = 65534


@contextmanager
def small_disk() -> Iterator[Path | None]:
    """A disk of `_KB`; None where none can be mounted, which is said."""
    with tempfile.TemporaryDirectory() as name:
        command = ["mount", "-t", "tmpfs", "-o", f"size={_KB}k", "tmpfs", name]
        if os.getuid() or subprocess.run(command, capture_output=True).returncode:
            print("corrections: no small disk, for only root may mount one: the full disk is not tried")
            yield None
            return
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)


def _line(rng: random.Random) -> str:
    points = [(rng.uniform(0, 500), rng.uniform(0, 500)) for _ in range(rng.randrange(1, 200))]
    return sample_line(rng.randrange(10), "somebody", [points])


def _full(disk: Path, rng: random.Random) -> str:
    """Corrects until the disk is full, and on; undoes; makes room; corrects again."""
    for old in disk.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    (disk / "data").mkdir()
    (disk / "ballast").write_bytes(b"\0" * rng.randrange(_KB * 900))
    samples, kept, refused = Samples(disk), list[str](), 0
    while refused < 3:
        line = _line(rng)
        undo = kept and rng.random() < 0.2
        try:
            samples.replace([kept[-1]], []) if undo else samples.extend([line])
        except DigitsError as error:
            told(error, "No space left")
            refused += 1
        else:
            kept = kept[:-1] if undo else [*kept, line]
        there = samples.path.read_text().splitlines() if samples.path.exists() else []
        assert there == kept, f"{len(kept)} lines were acknowledged, {len(there)} are there"
    (disk / "ballast").unlink()
    left = [file.name for file in (disk / "data").iterdir() if file != samples.path]
    assert not left, f"left over: {left}"
    if sum(map(len, kept)) < _KB * 300:  # twice as much has to fit
        samples.extend([_line(rng)])
        assert len(samples.path.read_text().splitlines()) == len(kept) + 1
    return "full disk"


def _forbidden(folder: Path, rng: random.Random) -> str:
    """Corrects where the folder, or its lock's, may only be read."""
    samples = Samples(folder)
    (folder / "data").mkdir()
    before = [_line(rng) for _ in range(rng.randrange(4))]
    for line in before:
        samples.extend([line])
    closed = rng.choice((folder / "data", folder / "artifacts")) if before else folder / "data"
    if closed.name == "artifacts":
        shutil.rmtree(closed, ignore_errors=True)
        closed.touch()  # a file stands where its folder should be
    os.chmod(folder, 0o755)  # noqa: PTH101
    (folder / "data").chmod(0o555)
    if not os.getuid():  # root may write everywhere
        os.seteuid(_NOBODY)
    try:
        samples.extend([_line(rng)])
    except DigitsError as error:
        told(error, samples.path)
    else:
        raise AssertionError("it was written where nobody may write")
    finally:
        if not os.getuid():
            os.seteuid(0)
        (folder / "data").chmod(0o755)
    there = samples.path.read_text().splitlines() if samples.path.exists() else []
    assert there == before, "what was there has changed"
    return "no permission"


def run(numbers: range, seed: int, _model: Path) -> Outcome:
    """Corrects on numbered disks."""
    import_module("filelock")  # in time: who may write nowhere may not read it either
    with small_disk() as disk:

        def attempt(rng: random.Random, _number: int) -> str:
            if disk and rng.random() < 0.5:
                return _full(disk, rng)
            with tempfile.TemporaryDirectory() as name:
                return _forbidden(Path(name), rng)

        return attempted("corrections", attempt, numbers, seed)
