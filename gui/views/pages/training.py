"""The page of training: what waits to be learned, the command that learns it, and how far it is."""

import tkinter as tk
from tkinter import ttk

from ... import words
from ...session import Session
from ...work.repro import COMMAND
from ..look import Look
from .page import Page


class TrainingPage(Page):
    """Starts and stops the session's training, and follows it."""

    def __init__(self, parent: tk.Misc, look: Look, session: Session) -> None:
        super().__init__(parent, look, session, words.training.PAGE)
        command, training, muted = " ".join(COMMAND), session.training, look.palette.muted
        self._waiting = ttk.Label(self.body, font=look.body, justify="left")
        self._waiting.pack(anchor="w")
        ttk.Label(self.body, text=training.expected, font=look.small, foreground=muted).pack(
            anchor="w", pady=(look.px(4), 0)
        )
        row = ttk.Frame(self.body)
        row.pack(anchor="w", pady=look.px(14))
        self._start = ttk.Button(row, text=words.training.TRAIN_NOW, style="Accent.TButton", command=training.start)
        self._start.pack(side="left")
        self._cancel = ttk.Button(row, text=words.training.CANCEL, command=training.cancel)
        self._cancel.pack(side="left", padx=look.px(8))
        copy = ttk.Button(row, text=words.training.COPY_COMMAND, command=lambda: session.copy(command))
        copy.pack(side="left")
        same = words.training.IN_TERMINAL.format(command=command)
        ttk.Label(self.body, text=same, font=look.small, foreground=muted).pack(anchor="w")
        self._bar = ttk.Progressbar(self.body, maximum=1.0)
        self._bar.pack(fill="x", pady=(look.px(24), look.px(8)))
        self._stage = ttk.Label(self.body, font=look.strong)
        self._stage.pack(anchor="w")
        self._last = ttk.Label(self.body, font=look.small, foreground=muted, wraplength=look.px(640))
        self._last.pack(anchor="w", pady=look.px(4))
        self.bind("<Configure>", lambda event: self._last.configure(wraplength=max(200, event.width - look.px(60))))
        self.listen(self._show, "samples", "training")
        self._show()
        session.lessons.count()

    def _show(self) -> None:
        training = self.session.training
        self._waiting.configure(text=training.waiting or words.training.ALL_LEARNED)
        self._start.state(["disabled" if training.running else "!disabled"])
        self._cancel.state(["!disabled" if training.running else "disabled"])
        progress = training.progress
        if progress is not None:
            self._bar.configure(value=training.share)
            stage = words.training.STAGES.get(progress.stage, words.training.STARTING).capitalize()
            at = words.training.AT.format(stage=stage, progress=progress.text, left=training.time_left)
            self._stage.configure(text=training.note or at)
            self._last.configure(text=progress.last)
