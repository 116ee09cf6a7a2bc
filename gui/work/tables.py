"""Tables into files."""

from pathlib import Path

from digits.errors import DigitsError
from digits.files import written_whole

from .. import words


def save(table: str, path: Path) -> None:
    """Writes a table as it is, in UTF-8.

    Raises:
        DigitsError: it cannot be written; what was there is still there.
    """
    try:
        with written_whole(path) as temporary:
            temporary.write_bytes(table.encode())
    except OSError as error:
        reason = error.strerror or error
        raise DigitsError(words.sheet.NOT_SAVED.format(path=path, reason=reason)) from error
