"""What a control does and its key, shown when the pointer rests on it."""

import tkinter as tk

from .look import Look

_DELAY_MS = 500


class Tooltip:
    """A small note beside a widget."""

    def __init__(self, widget: tk.Widget, look: Look, text: str) -> None:
        self._widget, self._look, self._text = widget, look, text
        self._timer: str | None = None
        self._note: tk.Toplevel | None = None
        widget.bind("<Enter>", self._wait, add=True)
        for event in ("<Leave>", "<ButtonPress>", "<KeyPress>", "<Destroy>"):
            widget.bind(event, self._hide, add=True)

    def _wait(self, _event: object = None) -> None:
        self._hide()
        self._timer = self._widget.after(_DELAY_MS, self._show)

    def _show(self) -> None:
        self._timer = None
        palette = self._look.palette
        note = self._note = tk.Toplevel(self._widget, background=palette.line)
        note.wm_overrideredirect(True)
        label = tk.Label(
            note, text=self._text, font=self._look.small, background=palette.paper, foreground=palette.text,
            padx=self._look.px(8), pady=self._look.px(4),
        )  # fmt: skip
        label.pack(padx=1, pady=1)
        note.update_idletasks()
        x = self._widget.winfo_rootx()
        x = min(x, self._widget.winfo_screenwidth() - note.winfo_reqwidth() - self._look.px(4))
        y = self._widget.winfo_rooty() + self._widget.winfo_height() + self._look.px(4)
        note.wm_geometry(f"+{max(0, x)}+{y}")

    def _hide(self, _event: object = None) -> None:
        if self._timer is not None:
            self._widget.after_cancel(self._timer)
            self._timer = None
        if self._note is not None:
            self._note.destroy()
            self._note = None
