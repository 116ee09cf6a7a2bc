"""The screen, without which no window opens."""

import tkinter as tk
from collections.abc import Iterator
from contextlib import contextmanager

from digits.errors import DigitsError

from .. import words


@contextmanager
def needs_screen() -> Iterator[None]:
    """For a block that opens a window.

    Raises:
        DigitsError: in the place of Tk's error, where there is no screen.
    """
    try:
        yield
    except tk.TclError as error:
        raise DigitsError(words.window.NO_SCREEN.format(error=error)) from error
