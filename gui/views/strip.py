"""The strip of earlier drawings: a thumbnail each and what it said; a click, or Return, brings it back."""

import tkinter as tk
from typing import Any

from PIL import Image

from .. import words
from ..session import Session
from ..session.history import Entry
from ..session.paint import drawing_image, ppm
from . import shapes
from .look import Look, rgb

_THUMBNAIL = (84, 44)
_GAP = 10
_HEIGHT = 76
_LONGEST = 10
"""Characters of a number that fit below a thumbnail."""


class Strip(tk.Canvas):
    """Thumbnails side by side, the newest on the left; the wheel scrolls, arrows choose.

    A click, or Return, brings a drawing back.
    """

    def __init__(self, parent: tk.Misc, look: Look, session: Session) -> None:
        super().__init__(parent, borderwidth=0, highlightthickness=0, height=look.px(_HEIGHT), takefocus=True)
        self._look, self._session, self._history = look, session, session.history
        self._photos: dict[Entry, tk.PhotoImage] = {}
        self._chosen: int | None = None
        self.bind("<Button-1>", lambda event: self._take(self._at(event.x)))
        self.bind("<Motion>", lambda event: self._choose(self._at(event.x)))
        self.bind("<Leave>", lambda _: self._choose(None))
        self.bind("<FocusIn>", lambda _: self._choose(0))
        self.bind("<FocusOut>", lambda _: self._choose(None))
        self.bind("<Left>", lambda _: self._step(-1))
        self.bind("<Right>", lambda _: self._step(1))
        self.bind("<Return>", lambda _: self._take(self._chosen))
        for name, step in (("<Button-4>", -1), ("<Button-5>", 1)):
            self.bind(name, lambda _, step=step: self.xview_scroll(step, "units"))  # type: ignore[misc]
        self.bind("<MouseWheel>", lambda event: self.xview_scroll(-1 if event.delta > 0 else 1, "units"))
        session.on(self._refresh, "history")
        session.on(self._recolour, "theme")
        self._recolour()

    @property
    def _pitch(self) -> int:
        return self._look.px(_THUMBNAIL[0] + _GAP)

    def _refresh(self) -> None:
        """Shows the history as it is now."""
        self._photos = {entry: self._photos.get(entry) or self._thumbnail(entry) for entry in self._history.entries}
        self.delete("all")
        look, palette = self._look, self._look.palette
        for index, (entry, photo) in enumerate(self._photos.items()):
            x = index * self._pitch
            text = entry.text.replace("\n", " ")
            text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
            self.create_image(x + look.px(3), look.px(3), image=photo, anchor="nw")
            self.create_text(
                x + look.px(3 + _THUMBNAIL[0] / 2), look.px(_THUMBNAIL[1] + 17), text=text or words.sheet.NOT_READ,
                font=look.body, fill=palette.text if text else palette.muted,
            )  # fmt: skip
        self.configure(
            scrollregion=(0, 0, max(1, len(self._history.entries) * self._pitch), look.px(_HEIGHT)),
            xscrollincrement=self._pitch,
        )
        self._choose(None)

    def _recolour(self) -> None:
        """Draws everything again in the theme of now."""
        self.configure(background=self._look.palette.window)
        self._photos.clear()
        self._refresh()

    def _at(self, x: int) -> int | None:
        """Index of the entry at a place of the window, or None."""
        index = int(self.canvasx(x) // self._pitch)
        return index if 0 <= index < len(self._history.entries) else None

    def _choose(self, index: int | None) -> None:
        self._chosen = index if index is not None and index < len(self._history.entries) else None
        self.delete("chosen")
        self.configure(cursor="hand2" if self._chosen is not None else "")
        if self._chosen is not None:
            px, x = self._look.px, self._chosen * self._pitch
            box = (x + px(1), px(1), x + px(_THUMBNAIL[0] + 5), px(_THUMBNAIL[1] + 5))
            shapes.rounded(self, box, px(5), fill="", outline=self._look.palette.accent, width=px(2), tags="chosen")

    def _step(self, step: int) -> str:
        count = len(self._history.entries)
        if count:
            self._choose(((self._chosen or 0) + step) % count)
            self.xview_moveto((self._chosen or 0) / count)
        return "break"

    def _take(self, index: int | None) -> Any:
        if index is not None:
            self._session.restore(self._history.entries[index])
        return "break"

    def _thumbnail(self, entry: Entry) -> tk.PhotoImage:
        palette, drawing = self._look.palette, entry.drawing
        size = self._look.px(_THUMBNAIL[0]), self._look.px(_THUMBNAIL[1])
        if drawing.picture is not None:
            whole = drawing.picture.crop(drawing.selection) if drawing.selection else drawing.picture.copy()
        else:
            whole = drawing_image(drawing.strokes, rgb(palette.paper), rgb(palette.ink), size)
        whole.thumbnail(size, Image.Resampling.BOX)
        image = Image.new("RGB", size, rgb(palette.paper))
        image.paste(whole, ((size[0] - whole.width) // 2, (size[1] - whole.height) // 2))
        return tk.PhotoImage(master=self, data=ppm(image))
