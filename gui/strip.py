"""The strip of earlier drawings: a thumbnail each and what it said; a click brings it back."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from PIL import Image

from gui.history import Entry, History
from gui.look import Look, rgb
from gui.paint import drawing_image, ppm

_THUMBNAIL = (84, 44)
_LONGEST = 10
"""Characters of a number that fit below a thumbnail."""


class Strip(ttk.Frame):
    """Buttons side by side, the newest on the left; the wheel scrolls."""

    def __init__(self, parent: tk.Misc, look: Look, history: History, restore: Callable[[Entry], None]) -> None:
        super().__init__(parent)
        self._look, self._history, self._restore = look, history, restore
        self._canvas = tk.Canvas(self, borderwidth=0, highlightthickness=0, height=look.px(84))
        self._canvas.pack(fill="both", expand=True)
        self._row = ttk.Frame(self._canvas)
        self._canvas.create_window(0, 0, window=self._row, anchor="nw")
        self._row.bind("<Configure>", lambda event: self._canvas.configure(scrollregion=self._canvas.bbox("all")))
        self._buttons: list[tuple[Entry, ttk.Button, tk.PhotoImage]] = []
        self.recolour()

    def refresh(self) -> None:
        """Shows the history as it is now: what is new comes in front, what was forgotten goes."""
        shown = {id(entry) for entry, _, _ in self._buttons}
        for entry in reversed([entry for entry in self._history.entries if id(entry) not in shown]):
            self._add(entry)
        kept = {id(entry) for entry in self._history.entries}
        for entry, button, _ in self._buttons:
            if id(entry) not in kept:
                button.destroy()
        self._buttons = [item for item in self._buttons if id(item[0]) in kept]

    def recolour(self) -> None:
        """Draws everything again in the theme of now."""
        self._canvas.configure(background=self._look.palette.window)
        for _, button, _ in self._buttons:
            button.destroy()
        self._buttons.clear()
        self.refresh()

    def _add(self, entry: Entry) -> None:
        photo = tk.PhotoImage(master=self, data=ppm(self._thumbnail(entry)))
        text = entry.text.replace("\n", " ")
        text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        button = ttk.Button(
            self._row, style="Toolbutton", image=photo, text=text or "nothing read", compound="top",
            command=lambda: self._restore(entry),
        )  # fmt: skip
        first = self._buttons[0][1] if self._buttons else None
        if first is None:
            button.pack(side="left", padx=self._look.px(2))
        else:
            button.pack(side="left", padx=self._look.px(2), before=first)
        self._buttons.insert(0, (entry, button, photo))
        button.bind("<FocusIn>", lambda event: self._into_view(button))
        for event, step in (("<Button-4>", -1), ("<Button-5>", 1)):
            button.bind(event, lambda event, step=step: self._canvas.xview_scroll(step, "units"))  # type: ignore[misc]
        button.bind("<MouseWheel>", lambda event: self._canvas.xview_scroll(-1 if event.delta > 0 else 1, "units"))

    def _into_view(self, button: ttk.Button) -> None:
        whole = max(1, self._row.winfo_width())
        left, right = button.winfo_x() / whole, (button.winfo_x() + button.winfo_width()) / whole
        shown = self._canvas.xview()
        if left < shown[0] or right > shown[1]:
            self._canvas.xview_moveto(left)

    def _thumbnail(self, entry: Entry) -> Image.Image:
        palette, drawing = self._look.palette, entry.drawing
        size = self._look.px(_THUMBNAIL[0]), self._look.px(_THUMBNAIL[1])
        if drawing.picture is not None:
            whole = drawing.picture.crop(drawing.selection) if drawing.selection else drawing.picture.copy()
        else:
            whole = drawing_image(drawing.strokes, rgb(palette.paper), rgb(palette.ink), size)
        whole.thumbnail(size, Image.Resampling.BOX)
        image = Image.new("RGB", size, rgb(palette.paper))
        image.paste(whole, ((size[0] - whole.width) // 2, (size[1] - whole.height) // 2))
        return image
