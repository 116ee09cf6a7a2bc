"""The page of keys, made from the actions."""

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

from ... import words
from ...session import Session
from ...session.action import Action
from ..look import Look
from .page import Page

_COLUMNS = (("Sheet", "Reading", "Window"), ("Picture", "Model"))


class Help(Page):
    """All actions with their keys."""

    def __init__(self, parent: tk.Misc, look: Look, session: Session, actions: Sequence[Action]) -> None:
        super().__init__(parent, look, session, words.window.KEYS_PAGE)
        self._roomy = parent.winfo_width() >= look.px(1000)
        self._gap = look.px(4 if parent.winfo_height() >= look.px(560) else 0)
        columns = ttk.Frame(self.body)
        columns.pack(fill="both", expand=True)
        for column, groups in enumerate(_COLUMNS):
            frame = ttk.Frame(columns)
            frame.grid(row=0, column=column, sticky="nw", padx=(0, look.px(32)))
            for group in groups:
                self._add_heading(frame, group)
                for action in actions:
                    if action.group == group:
                        self._add(frame, action.label, action.title, action.tip)
                for row in words.window.WITHOUT_ACTION.get(group, ()):
                    self._add(frame, *row)

    def _add_heading(self, frame: ttk.Frame, group: str) -> None:
        row, look = frame.grid_size()[1], self.look
        ttk.Label(frame, text=group, font=look.small, foreground=look.palette.accent).grid(
            row=row, column=0, columnspan=3, sticky="w", pady=(look.px(8) if row else 0, 0)
        )

    def _add(self, frame: ttk.Frame, key: str, title: str, tip: str) -> None:
        row, look, pad = frame.grid_size()[1], self.look, self.look.px(6)
        ttk.Label(frame, text=key, font=look.strong).grid(
            row=row, column=0, sticky="e", padx=(0, 2 * pad), pady=self._gap
        )
        ttk.Label(frame, text=title, font=look.body).grid(row=row, column=1, sticky="w")
        ttk.Label(frame, text=tip if self._roomy else "", font=look.small, foreground=look.palette.muted).grid(
            row=row, column=2, sticky="w", padx=(2 * pad, 0)
        )
