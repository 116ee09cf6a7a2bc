"""The window in which a form is described: drag over a field on its picture, name it, say what may stand in it."""

import tkinter as tk
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tkinter import ttk

from digits.errors import DigitsError

from .. import words
from ..views.look import Look
from ..work.screen import needs_screen
from ..work.theme import system_theme
from .draft import KINDS, Draft
from .picture import PictureView

_SIZE = (1180, 800)
_SIDE = 300  # width of the panel, pixels of a 96 dpi screen


class Describe:
    """The window.

    Args:
        draft: the form.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.tk = tk.Tk(className="Digits")
        self.look = look = Look(self.tk, system_theme())
        self.tk.title(words.window.TITLE_OF.format(what=draft.out.name))
        self.tk.geometry("x".join(str(look.px(side)) for side in _SIZE))
        panel = ttk.Frame(self.tk, padding=look.px(12), width=look.px(_SIDE))
        panel.pack(side="right", fill="y")
        self.picture = PictureView(self.tk, look, draft.scan.brightness)
        self.picture.pack(side="left", fill="both", expand=True, padx=look.px(12), pady=look.px(12))
        how = ttk.Label(panel, text=words.forms.HOW, wraplength=look.px(_SIDE), foreground=look.palette.muted)
        how.pack(anchor="w")
        self.list = ttk.Treeview(panel, columns=["kind"], height=9, selectmode="browse")
        self.list.heading("#0", text=words.forms.FIELD, anchor="w")
        self.list.heading("kind", text=words.forms.KIND, anchor="w")
        self.list.column("#0", width=look.px(170))
        self.list.column("kind", width=look.px(120))
        self.list.pack(fill="x", pady=look.px(10))
        self.options = ttk.Frame(panel)
        self.options.pack(fill="x")
        self.message = ttk.Label(panel, wraplength=look.px(_SIDE))
        self.message.pack(side="bottom", anchor="w", pady=(look.px(10), 0))
        buttons = ttk.Frame(panel)
        buttons.pack(side="bottom", fill="x")
        ttk.Button(buttons, text=words.forms.SAVE, style="Accent.TButton", command=self.save).pack(side="left")
        ttk.Button(buttons, text=words.forms.REMOVE, command=self.remove).pack(side="right")
        self._bind()
        self.show()

    def _bind(self) -> None:
        self.picture.bind("<<Dragged>>", lambda _: self._dragged())
        self.picture.bind("<<Chosen>>", lambda _: self.choose(self.picture.chosen))
        self.picture.bind("<Delete>", lambda _: self.remove())
        self.list.bind("<<TreeviewSelect>>", lambda _: self.choose(next(iter(self.list.selection()), "")))
        self.tk.bind("<Control-s>", lambda _: self.save())

    def _dragged(self) -> None:
        self.draft.add(self.picture.dragged)
        self.show()
        self.name.focus_set()
        self.name.selection_range(0, "end")

    def choose(self, name: str) -> None:
        """Shows what is said of a field."""
        if name and name != self.draft.chosen:
            self.draft.chosen = name
            self.show()

    def show(self) -> None:
        """Draws the fields, and what is said of the chosen one."""
        draft = self.draft
        self.picture.show(draft.boxes, draft.chosen)
        self.list.delete(*self.list.get_children())
        for name, field in draft.fields.items():
            self.list.insert("", "end", name, text=name, values=[field["kind"]])
        for child in self.options.winfo_children():
            child.destroy()
        if not draft.chosen:
            return
        self.list.selection_set(draft.chosen)
        self.name = self._entry(0, words.forms.FIELD_NAME, draft.chosen, "", self._rename)
        ttk.Label(self.options, text=words.forms.FIELD_KIND).grid(row=1, column=0, sticky="w")
        kind = ttk.Combobox(self.options, values=list(KINDS), state="readonly", width=14)
        kind.set(draft.fields[draft.chosen]["kind"])
        kind.grid(row=1, column=1, sticky="ew", pady=self.look.px(2))
        kind.bind("<<ComboboxSelected>>", lambda _: self._use_kind(kind.get()))
        for row, (option, text) in enumerate(draft.options().items(), 2):
            self._entry(row, option, text, words.forms.HINTS.get(option, ""), partial(self.set, option))

    def _entry(self, row: int, label: str, text: str, hint: str, take: Callable[[str], None]) -> ttk.Entry:
        ttk.Label(self.options, text=label.replace("_", " ")).grid(row=row, column=0, sticky="w", padx=(0, 8))
        entry = ttk.Entry(self.options, width=16)
        entry.insert(0, text)
        entry.grid(row=row, column=1, sticky="ew", pady=self.look.px(2))
        ttk.Label(self.options, text=hint, font=self.look.small, foreground=self.look.palette.muted).grid(
            row=row, column=2, sticky="w", padx=(self.look.px(6), 0)
        )
        for event in ("<Return>", "<FocusOut>"):
            entry.bind(event, lambda _: take(entry.get()))
        return entry

    def _rename(self, name: str) -> None:
        before = self.draft.chosen
        self._try(partial(self.draft.rename, name))
        if self.draft.chosen != before:
            self.show()

    def _use_kind(self, kind: str) -> None:
        self.draft.use_kind(kind)
        self.show()

    def set(self, option: str, text: str) -> None:
        """Says something of the chosen field, or shows why that cannot be."""
        self._try(partial(self.draft.set, option, text))

    def remove(self) -> None:
        """Removes the chosen field."""
        self.draft.remove()
        self.show()

    def save(self) -> None:
        """Writes the form's file, or says what is wrong."""
        self.tk.focus_set()  # what is being typed is taken
        self.tk.update()
        if self._try(self.draft.save):
            self.say(words.forms.SAVED.format(form=self.draft.out))

    def _try(self, work: Callable[[], None]) -> bool:
        try:
            work()
        except DigitsError as error:
            self.say(str(error), bad=True)
            return False
        self.say("")
        return True

    def say(self, text: str, bad: bool = False) -> None:
        """Shows a message in the panel."""
        palette = self.look.palette
        self.message.configure(text=text, foreground=palette.doubt if bad else palette.text)


def run(source: Path, out: Path | None = None) -> int:
    """Opens the window; returns the exit status when it is closed.

    Raises:
        DigitsError: the picture or the form cannot be read, or there is no screen.
    """
    draft = Draft(source, out)
    with needs_screen():
        window = Describe(draft)
    window.tk.mainloop()
    return 0
