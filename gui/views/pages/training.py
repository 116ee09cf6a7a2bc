"""The page of training: what waits to be learned, the command that learns it, and how far it is."""

import tkinter as tk
from tkinter import ttk

from ...session import Session
from ...work.repro import COMMAND, WORDS
from ..look import Look
from .page import Page


class TrainingPage(Page):
    """Starts and stops the session's training, and follows it."""

    def __init__(self, parent: tk.Misc, look: Look, session: Session) -> None:
        super().__init__(parent, look, session, "Training")
        command, training, muted = " ".join(COMMAND), session.training, look.palette.muted
        self._waiting = ttk.Label(self.body, font=look.body, justify="left")
        self._waiting.pack(anchor="w")
        ttk.Label(self.body, text=training.expected, font=look.small, foreground=muted).pack(
            anchor="w", pady=(look.px(4), 0)
        )
        row = ttk.Frame(self.body)
        row.pack(anchor="w", pady=look.px(14))
        self._start = ttk.Button(row, text="Train now", style="Accent.TButton", command=training.start)
        self._start.pack(side="left")
        self._cancel = ttk.Button(row, text="Cancel", command=training.cancel)
        self._cancel.pack(side="left", padx=look.px(8))
        ttk.Button(row, text="Copy the command", command=lambda: session.copy(command)).pack(side="left")
        same = f"The same in a terminal, in the project's folder:   {command}"
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
        self._waiting.configure(text=training.waiting or "All that you taught is learned already.")
        self._start.state(["disabled" if training.running else "!disabled"])
        self._cancel.state(["!disabled" if training.running else "disabled"])
        progress = training.progress
        if progress is not None:
            self._bar.configure(value=training.share)
            at = WORDS.get(progress.stage, "starting").capitalize()
            self._stage.configure(text=training.note or f"{at}: {progress.text}; {training.time_left}")
            self._last.configure(text=progress.last)
