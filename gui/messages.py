"""The line at the foot of the window: what happened, calmly, and what helps."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from gui.look import Look

_STAY_MS = 9000
"""A note goes after so long; what needs somebody to act stays."""


class Messages(ttk.Frame):
    """One message at a time, with up to one thing to do about it."""

    def __init__(self, parent: tk.Misc, look: Look, idle: str) -> None:
        super().__init__(parent, padding=(look.px(12), look.px(4)))
        self._look, self._idle = look, idle
        self._sign = ttk.Label(self, font=look.strong)
        self._text = ttk.Label(self, font=look.body, anchor="w", justify="left")
        self._text.pack(side="left", fill="x", expand=True)
        self._controls: list[tk.Widget] = []
        self._timer: str | None = None
        self.bind("<Configure>", lambda event: self._wrap())
        self.recolour()
        self.quiet()

    def quiet(self) -> None:
        """Nothing to say."""
        self._set(self._idle, self._look.palette.muted)

    def recolour(self) -> None:
        """Takes the colours of the theme of now."""
        self.quiet()

    @property
    def text(self) -> str:
        """What it says now."""
        return str(self._text.cget("text"))

    def say(self, text: str) -> None:
        """Something that happened; goes by itself."""
        self._set(text, self._look.palette.text)
        self._timer = self.after(_STAY_MS, self.quiet)

    def warn(self, text: str, label: str = "", action: Callable[[], None] | None = None) -> None:
        """Something that did not work; stays until the next message.

        Args:
            text: what, and what helps.
            label, action: a button that does it.
        """
        self._set(text[:1].upper() + text[1:], self._look.palette.doubt, "!")
        if action is not None:
            self._add(ttk.Button(self, text=label, command=action))
        self._add(ttk.Button(self, text="Close", style="Toolbutton", command=self.quiet))

    def ask(self, question: str, proposal: str, answered: Callable[[str], None]) -> None:
        """A question with a line to type the answer; nobody has to answer."""
        self._set(question, self._look.palette.text)
        entry = ttk.Entry(self, width=16)
        entry.insert(0, proposal)
        entry.select_range(0, "end")

        def take(event: object = None) -> None:
            answer = entry.get().strip()
            self.quiet()
            if answer:
                answered(answer)

        entry.bind("<Return>", take)
        entry.bind("<Escape>", lambda event: self.quiet())
        self._add(ttk.Button(self, text="Keep", style="Accent.TButton", command=take))
        self._add(entry)
        self.entry = entry

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
