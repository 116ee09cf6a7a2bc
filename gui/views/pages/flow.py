"""Buttons side by side, in as many rows as a narrow window takes."""

import tkinter as tk
from tkinter import ttk


class Flow(ttk.Frame):
    """Lays out its children in the order in which they were made, `gap` pixels apart."""

    def __init__(self, parent: tk.Misc, gap: int) -> None:
        super().__init__(parent, height=1)
        self._gap = gap
        self.bind("<Configure>", lambda event: self._lay_out(event.width))

    def _lay_out(self, width: int) -> None:
        x = y = row = 0
        for child in self.winfo_children():
            assert isinstance(child, tk.Widget)
            wide = child.winfo_reqwidth()
            if x and x + wide > width:
                x, y, row = 0, y + row + self._gap, 0
            child.place(x=x, y=y)
            x, row = x + wide + self._gap, max(row, child.winfo_reqheight())
        self.configure(height=y + row)
