"""The pictures of a folder."""

import re
from pathlib import Path

from digits.errors import DigitsError
from digits.files import PICTURES


def listed(folder: Path) -> tuple[Path, ...]:
    """Its pictures as people count them: page 9 before page 10.

    Raises:
        DigitsError: it cannot be read, or holds none.
    """
    try:
        files = [file for file in folder.iterdir() if file.suffix.lower() in PICTURES and file.is_file()]
    except OSError as error:
        raise DigitsError(f"{folder} cannot be read ({error.strerror}): choose another folder") from error
    if not files:
        raise DigitsError(f"{folder} holds no picture: choose a folder of PNG, JPEG or TIFF files")
    return tuple(sorted(files, key=_counted))


def _counted(file: Path) -> tuple[list[tuple[int, str]], str]:
    """What to sort by: the numbers of a name as numbers."""
    parts = re.split(r"([0-9]+)", file.name.casefold())
    return [(int(part), "") if number % 2 else (0, part) for number, part in enumerate(parts)], file.name
