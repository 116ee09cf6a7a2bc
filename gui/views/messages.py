"""The line at the foot of the window: what happened, calmly, and what helps."""

import tkinter as tk
from tkinter import ttk

from .. import words
from ..session import Session
from ..session.core import Note
from .look import Look

_STAY_MS = 9000
"""A note goes after so long; what needs somebody to act stays."""


class Messages(ttk.Frame):
    """The session's note, with up to one thing to do about it."""

    def __init__(self, parent: tk.Misc, look: Look, session: Session) -> None:
        super().__init__(parent, padding=(look.px(12), look.px(4)))
        self._look, self._session = look, session
        self._sign = ttk.Label(self, font=look.strong)
        self._text = ttk.Label(self, font=look.body, anchor="w", justify="left")
        self._text.pack(side="left", fill="x", expand=True)
        self._controls: list[tk.Widget] = []
        self._timer: str | None = None
        self._next: Note | None = None
        """Is shown when the line is free again."""
        self._shown: Note | None = None
        self.bind("<Configure>", lambda _: self._wrap())
        session.on(self._show, "message")
        session.on(self._recolour, "theme")
        self._quiet()

    @property
    def text(self) -> str:
        """What it says now."""
        return str(self._text.cget("text"))

    def _show(self) -> None:
        """Shows the session's note, or has it wait for the end of an answer that is being typed."""
        if self._is_answering():
            self._next = self._session.note
        else:
            self._present(self._session.note)

    def _present(self, note: Note) -> None:
        palette, self._shown = self._look.palette, note
        self._set(note.text, palette.doubt if note.warning else palette.text, "!" if note.warning else "")
        if note.lasts or note.warning:
            self._next = note if note.lasts else None
        if note.answered is not None:
            self._ask(note)
        elif note.warning or note.lasts:
            if note.act is not None:
                self._add(ttk.Button(self, text=note.label, command=note.act))
            self._add(ttk.Button(self, text=words.window.CLOSE, style="Toolbutton", command=self._close))
        else:
            self._timer = self.after(_STAY_MS, self._quiet)

    def _close(self) -> None:
        self._next = None
        self._quiet()

    def _quiet(self) -> None:
        """Room for what waits to be said, or what is to be said again."""
        note, self._next = self._next, None
        if note is not None:
            self._present(note)
        else:
            self._shown = None
            self._set(words.window.IDLE, self._look.palette.muted)

    def _recolour(self) -> None:
        if not self._is_answering():
            self._next = self._shown or self._next
            self._quiet()

    def _is_answering(self) -> bool:
        return any(isinstance(control, ttk.Entry) and self.focus_get() is control for control in self._controls)

    def _ask(self, note: Note) -> None:
        """Adds a line to type the answer, and gives it the keys."""
        entry = self.entry = ttk.Entry(self, width=16)
        entry.insert(0, note.proposal)
        entry.select_range(0, "end")
        entry.icursor("end")

        def end(_event: object = None) -> None:
            self._session.tell("writing")
            self._quiet()

        def take(_event: object = None) -> None:
            answer = entry.get().strip()
            end()
            if answer and note.answered is not None:
                note.answered(answer)

        entry.bind("<Return>", take)
        entry.bind("<Escape>", end)
        self._add(ttk.Button(self, text=words.window.KEEP, style="Accent.TButton", command=take))
        self._add(entry)
        entry.focus_set()

    def _set(self, text: str, colour: str, sign: str = "") -> None:
        if self._timer is not None:
            self.after_cancel(self._timer)
            self._timer = None
        for control in self._controls:
            control.destroy()
        self._controls.clear()
        self._sign.configure(text=sign, foreground=colour)
        if sign:
            self._sign.pack(side="left", padx=(0, self._look.px(8)), before=self._text)
        else:
            self._sign.pack_forget()
        self._text.configure(text=text, foreground=colour)
        self._wrap()

    def _add(self, control: tk.Widget) -> None:
        control.pack(side="right", padx=(self._look.px(8), 0), before=self._text)
        self._controls.append(control)
        self._wrap()

    def _wrap(self) -> None:
        room = self.winfo_width() - sum(control.winfo_reqwidth() + self._look.px(8) for control in self._controls)
        self._text.configure(wraplength=max(self._look.px(200), room - self._look.px(60)))
