"""Below the panel: which model reads, what no training has seen yet, how far one is; each leads to its page."""

import tkinter as tk
from tkinter import ttk

from .. import words
from ..session import Session
from ..work.models import scores
from .look import Look

_STYLE = "Status.Toolbutton"


class Status(ttk.Frame):
    """Buttons that read as lines."""

    def __init__(self, parent: tk.Misc, look: Look, session: Session) -> None:
        super().__init__(parent)
        self._look, self._session = look, session
        self._samples = ttk.Button(self, style=_STYLE, command=lambda: session.open_page("training"))
        self._model = ttk.Button(self, style=_STYLE, command=lambda: session.open_page("models"))
        self._training = ttk.Button(self, style=_STYLE, command=lambda: session.open_page("training"))
        self._model.pack(side="bottom", anchor="w")
        session.on(self._show_model, "model")
        session.on(lambda: _show_or_hide(self._samples, session.training.waiting), "samples")
        session.on(self._show_training, "training")
        session.on(self._dress, "theme")
        self._dress()
        self._show_model()

    def _dress(self) -> None:
        px = self._look.px
        ttk.Style(self).configure(_STYLE, padding=(px(4), px(3)), anchor="w", font=self._look.small)

    def _show_model(self) -> None:
        reading = self._session.reading
        if reading.loading:
            text = words.training.LOADING
        elif reading.model is None:
            text = words.training.NO_MODEL
        elif reading.model.version is None:
            text = words.training.READ_BY.format(model=reading.model.name)
        else:
            version = reading.model.version
            said = words.training.READ_BY_CHAMPION if version.champion else words.training.READ_BY
            text = f"{said.format(model=reading.model.name)}\n{scores(version)}".strip()
        self._model.configure(text=text)

    def _show_training(self) -> None:
        text = self._session.training.text
        _show_or_hide(self._training, text and words.training.IN_STATUS.format(text=text))


def _show_or_hide(button: ttk.Button, text: str) -> None:
    """A line where there is something to say."""
    if not text:
        button.pack_forget()
    elif text != button.cget("text") or not button.winfo_manager():
        button.configure(text=text)
        button.pack(side="bottom", anchor="w")
