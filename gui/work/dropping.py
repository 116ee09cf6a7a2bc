"""Pictures dropped on the window, through tkdnd; where it cannot be loaded the window does without."""

import tkinter as tk
from collections.abc import Callable
from pathlib import Path

from .clipboard import as_path


def accept(widget: tk.Widget, open_picture: Callable[[Path], None]) -> bool:
    """Has files dropped on a widget opened, the first of several; False if this system cannot."""
    try:
        from tkinterdnd2 import TkinterDnD

        TkinterDnD._require(widget.winfo_toplevel())  # noqa: SLF001 (the package has no public way for a plain Tk)
        widget.tk.call("tkdnd::drop_target", "register", widget, ("DND_Files", "DND_Text"))
    except (ImportError, RuntimeError, tk.TclError):
        return False

    def dropped(data: str) -> str:
        try:
            first = widget.tk.splitlist(data)[0]
        except (tk.TclError, IndexError):
            first = data
        open_picture(as_path(first))
        return "copy"

    command = widget.register(dropped)
    # tkdnd fills %D in itself; for tkinter's own bind it is no known substitution.
    widget.tk.call("bind", widget, "<<Drop>>", f"{command} %D")
    return True
