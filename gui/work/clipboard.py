"""What the clipboard holds: a picture, the path of one, or nothing that can be read."""

import io
import shutil
import sys
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlparse

from PIL import Image

from digits.errors import DigitsError

from .. import words

_PICTURES = ("image/png", "image/bmp", "image/jpeg", "image/tiff")
_TEXTS = ("text/uri-list", "UTF8_STRING", "STRING", "text/plain")


class Clipboard:
    """The clipboard of the screen on which the window is."""

    def __init__(self, root: tk.Misc) -> None:
        self._root = root

    def put(self, text: str) -> None:
        """Text in the place of what it holds."""
        self._root.clipboard_clear()
        self._root.clipboard_append(text)

    def picture(self) -> Callable[[], Image.Image | Path]:
        """What gives the clipboard's picture, or the path it names.

        It is to be called in a thread of its own, for it may have to wait for another program.

        Raises:
            DigitsError: there is neither, here or when called.
        """
        if sys.platform in ("darwin", "win32"):
            return _grabbed
        # Only what is offered is asked for: some programs do not answer to anything else, and Tk waits 5 s for them.
        targets = self._get("TARGETS").split()
        for kind in _PICTURES:
            if kind in targets:
                # Tk 8.6 takes at most 400 kB at a time, and leaves a program that sends more waiting for ever.
                if any(map(shutil.which, ("wl-paste", "xclip"))):
                    return _grabbed
                content = as_bytes(self._get(kind))
                return lambda: _opened(content)
        for kind in _TEXTS:
            if kind in targets:
                path = as_path(as_text(self._get(kind)))
                if path.is_file():
                    return lambda: path
        raise DigitsError(words.sheet.NOTHING_TO_PASTE)

    def _get(self, kind: str) -> str:
        try:
            return str(self._root.selection_get(selection="CLIPBOARD", type=kind))
        except (tk.TclError, UnicodeDecodeError):
            return ""


def _grabbed() -> Image.Image | Path:
    """Through Pillow, which asks the system, under X11 and Wayland by xclip or wl-paste."""
    from PIL import ImageGrab

    try:
        found = ImageGrab.grabclipboard()
    except (OSError, NotImplementedError, ValueError) as error:
        raise DigitsError(words.sheet.NOT_PASTED.format(reason=error)) from error
    if isinstance(found, Image.Image):
        return found
    if found:
        return Path(found[0])
    raise DigitsError(words.sheet.NOTHING_TO_PASTE)


def _opened(content: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(content))
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DigitsError(words.sheet.NOT_PASTED.format(reason=error)) from error
    return image


def as_bytes(selection: str) -> bytes:
    """What Tk gives for a selection that is no text: its bytes as words like 0x89, or as characters."""
    numbers = selection.split()
    if numbers and all(number.startswith("0x") for number in numbers):
        return bytes(int(number, 16) & 255 for number in numbers)
    return selection.encode("latin-1", "replace")


def as_text(selection: str) -> str:
    """The same for text in a type that Tk does not know as text."""
    return as_bytes(selection).decode("utf-8", "replace") if selection.startswith("0x") else selection


def as_path(text: str) -> Path:
    """The first path in a list of file: addresses, or a path itself."""
    lines = [line.strip() for line in text.replace("\0", "").splitlines() if line.strip() and not line.startswith("#")]
    first = lines[0] if lines else ""
    if first.startswith("file:"):
        return Path(unquote(urlparse(first).path))
    return Path(first).expanduser()
