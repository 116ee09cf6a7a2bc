"""The pictures of a folder."""

import re
from pathlib import Path

from digits.errors import DigitsError
from digits.files import PICTURES

from .. import words


def listed(folder: Path) -> tuple[Path, ...]:
    """Its pictures as people count them: page 9 before page 10.

    Raises:
        DigitsError: it cannot be read, or holds none.
    """
    try:
        files = [file for file in folder.iterdir() if file.suffix.lower() in PICTURES and file.is_file()]
    except OSError as error:
        raise DigitsError(words.sheet.FOLDER_NOT_READ.format(folder=folder, reason=error.strerror)) from error
    if not files:
        raise DigitsError(words.sheet.FOLDER_EMPTY.format(folder=folder))
    return tuple(sorted(files, key=_counted))


def _counted(file: Path) -> tuple[list[tuple[int, str]], str]:
    """What to sort by: the numbers of a name as numbers."""
    parts = re.split(r"([0-9]+)", file.name.casefold())
    return [(int(part), "") if number % 2 else (0, part) for number, part in enumerate(parts)], file.name
