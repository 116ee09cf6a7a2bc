"""Files that are either whole or not there, and what they hold."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".pbm", ".ppm", ".avif", ".jp2"}
PICTURES |= {".pdf", ".heic", ".heif", ".hif"}
"""How the names of files end that are taken for pictures where a folder is read."""


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` to write to; it takes the final name when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_cut_short(path: str | Path) -> None:
    """Removes a JSON file that is not whole. DVC, killed while it writes its note of who reads and writes what, leaves
    it so, and refuses to work from then on."""
    with suppress(OSError):
        try:
            json.loads(Path(path).read_bytes())
        except ValueError:
            Path(path).unlink()
