"""What the clipboard holds: a picture, the path of one, or nothing that can be read."""

import io
import sys
import tkinter as tk
from pathlib import Path
from urllib.parse import unquote, urlparse

from PIL import Image

from digits.errors import DigitsError

_PICTURES = ("image/png", "image/bmp", "image/jpeg", "image/tiff")

NOTHING = "The clipboard holds no picture: copy one (or the path of one) first, or open a file with Ctrl+O"


def pasted(root: tk.Misc) -> Image.Image | Path:
    """The clipboard's picture, or the path it names.

    Raises:
        DigitsError: there is neither.
    """
    if sys.platform in ("darwin", "win32"):
        from PIL import ImageGrab

        found = ImageGrab.grabclipboard()
        if isinstance(found, Image.Image):
            return found
        if found:
            return Path(found[0])
    else:
        targets = _selection(root, "TARGETS").split()
        for kind in _PICTURES:
            if kind in targets:
                return _opened(as_bytes(_selection(root, kind)))
        if "text/uri-list" in targets:
            text = as_text(_selection(root, "text/uri-list"))
            if text:
                return as_path(text)
    try:
        text = root.clipboard_get()
    except tk.TclError:
        raise DigitsError(NOTHING) from None
    path = as_path(text)
    if not path.is_file():
        raise DigitsError(NOTHING)
    return path


def _selection(root: tk.Misc, kind: str) -> str:
    try:
        return str(root.selection_get(selection="CLIPBOARD", type=kind))
    except (tk.TclError, UnicodeDecodeError):
        return ""


def _opened(content: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(content))
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DigitsError(f"The clipboard's picture cannot be read ({error}): save it and open the file") from error
    return image


def as_bytes(selection: str) -> bytes:
    """What Tk gives for a selection that is no text: its bytes as words like 0x89, or as characters."""
    words = selection.split()
    if words and all(word.startswith("0x") for word in words):
        return bytes(int(word, 16) & 255 for word in words)
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
