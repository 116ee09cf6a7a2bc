"""Below the panel: which model reads, and what no training has seen yet; each leads to its page."""

import tkinter as tk
from tkinter import ttk

from ..session import Session
from ..work.models import scores
from .look import Look

_STYLE = "Status.Toolbutton"


class Status(ttk.Frame):
    """Two buttons that read as lines."""

    def __init__(self, parent: tk.Misc, look: Look, session: Session) -> None:
        super().__init__(parent)
        self._look, self._session = look, session
        self._samples = ttk.Button(self, style=_STYLE, command=lambda: session.open_page("training"))
        self._model = ttk.Button(self, style=_STYLE, command=lambda: session.open_page("models"))
        self._model.pack(side="bottom", anchor="w")
        session.on(self._show_model, "model")
        session.on(self._show_samples, "samples")
        session.on(self._dress, "theme")
        self._dress()
        self._show_model()

    def _dress(self) -> None:
        px = self._look.px
        ttk.Style(self).configure(_STYLE, padding=(px(4), px(3)), anchor="w", font=self._look.small)

    def _show_model(self) -> None:
        reading = self._session.reading
        if reading.loading:
            text = "loading the model …"
        elif reading.model is None:
            text = "no model reads yet"
        elif reading.model.version is None:
            text = f"read by {reading.model.name}"
        else:
            role = ", champion" if reading.model.version.champion else ""
            text = f"read by {reading.model.name}{role}\n{scores(reading.model.version)}".strip()
        self._model.configure(text=text)

    def _show_samples(self) -> None:
        text = self._session.lessons.text
        if text:
            self._samples.configure(text=text)
            self._samples.pack(side="bottom", anchor="w")
        else:
            self._samples.pack_forget()
