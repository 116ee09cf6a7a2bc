"""The log of the window: tracebacks of what nobody expected."""

import logging
import sys
import traceback
from pathlib import Path

_LARGEST = 500_000
"""Bytes of the file; what is older lies in one more."""


def path() -> Path:
    """The file, in the folder that this system gives each user for logs."""
    from platformdirs import user_log_path

    return user_log_path("digits") / "window.log"


def write(error: BaseException) -> Path | None:
    """Adds an error with its traceback, and returns the file; None if only standard error could take it."""
    from logging.handlers import RotatingFileHandler  # nothing of this is needed before something goes wrong

    file = path()
    record = logging.LogRecord("gui", logging.ERROR, "", 0, str(error), (), (type(error), error, error.__traceback__))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=_LARGEST, backupCount=1, encoding="utf-8")
    except OSError:
        traceback.print_exception(error, file=sys.stderr)
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s"))
    handler.handle(record)
    handler.close()
    return file
