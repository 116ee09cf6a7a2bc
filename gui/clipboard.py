"""What the clipboard holds: a picture, the path of one, or nothing that can be read."""

import io
import sys
import tkinter as tk
from pathlib import Path
from urllib.parse import unquote, urlparse

from PIL import Image

from digits.errors import DigitsError

_PICTURES = ("image/png", "image/bmp", "image/jpeg", "image/tiff")
_TEXTS = ("text/uri-list", "UTF8_STRING", "STRING", "text/plain")

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
        raise DigitsError(NOTHING)
    # Only what is offered is asked for: some programs do not answer to anything else, and Tk waits 5 s for them.
    targets = _selection(root, "TARGETS").split()
    for kind in _PICTURES:
        if kind in targets:
            content = _selection(root, kind)
            return _opened(as_bytes(content)) if content else _large()
    for kind in _TEXTS:
        if kind in targets:
            path = as_path(as_text(_selection(root, kind)))
            if path.is_file():
                return path
    raise DigitsError(NOTHING)


def _selection(root: tk.Misc, kind: str) -> str:
    try:
        return str(root.selection_get(selection="CLIPBOARD", type=kind))
    except (tk.TclError, UnicodeDecodeError):
        return ""


def _large() -> Image.Image:
    """A picture in more bytes than Tk 8.6 takes at once (400 kB, unless it is sent in parts): Pillow asks xclip or
    wl-paste for it.

    Raises:
        DigitsError: neither is installed.
    """
    from PIL import ImageGrab

    try:
        found = ImageGrab.grabclipboard()
    except (OSError, NotImplementedError, ValueError):
        found = None
    if not isinstance(found, Image.Image):
        raise DigitsError("The clipboard's picture is too large to paste: install xclip, or save it and open the file")
    return found


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
