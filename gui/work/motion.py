"""Every place that the pointer goes through.

Of the moves that it finds waiting Tk keeps the last alone, so that a busy machine makes corners of curves. Nothing in
Tcl or tkinter changes that; a function of Tk's C library does: https://www.tcl-lang.org/man/tcl8.6/TkLib/QWinEvent.htm
"""

import ctypes
import tkinter as tk
from contextlib import suppress

_Pointers = ctypes.POINTER(ctypes.c_void_p)


def keep_all(root: tk.Tk) -> None:
    """Has all moves delivered; where Tk is not the one known here, it goes on leaving some out."""
    if tk.TkVersion != 8.6 or root.tk.call("tk", "windowingsystem") != "x11":
        return
    with suppress(ImportError, OSError, AttributeError):
        import _tkinter

        library = ctypes.CDLL(_tkinter.__file__)  # which leads to the very Tk that this process runs
        main_window, collapse = library.Tk_MainWindow, library.Tk_CollapseMotionEvents
        main_window.restype, main_window.argtypes = _Pointers, [ctypes.c_void_p]
        collapse.argtypes = [ctypes.c_void_p, ctypes.c_int]
        # A window begins with Xlib's display and then Tk's, which begins with Xlib's again. The function is declared
        # to take the first and works on the second (generic/tkEvent.c of 8.6).
        window = main_window(root.interpaddr())
        if window and ctypes.cast(window[1], _Pointers)[0] == window[0]:
            collapse(window[1], 0)
