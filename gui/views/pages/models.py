"""The page of models: the registered versions, what is known of each, and what can be done with it."""

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog, ttk
from typing import TYPE_CHECKING

from ... import words
from ...session import Session
from ...work import models
from ..look import Look
from .flow import Flow
from .page import Page

if TYPE_CHECKING:
    from digits.tracking.registry import Version

_COLUMNS = {
    "version": (words.training.VERSION_COLUMN, 130),
    **{label: (label[0].upper() + label[1:], 90) for label in models.SCORES},
    "training": (words.training.TRAINING_COLUMN, 230),
}
"""Heading and width of each, pixels of a 96 dpi screen."""


class Models(Page):
    """A table of versions, the newest first, and the details of the one that is chosen."""

    def __init__(self, parent: tk.Misc, look: Look, session: Session) -> None:
        super().__init__(parent, look, session, words.training.MODELS_PAGE)
        self._versions: dict[str, Version] = {}
        reading = session.reading
        buttons = Flow(self.body, look.px(8))
        buttons.pack(side="bottom", fill="x")
        for text, style, command in (
            (words.training.READ_WITH_IT, "Accent.TButton", lambda: self._take_chosen(reading.load)),
            (words.training.COMPARE_WITH_IT, "TButton", lambda: self._take_chosen(reading.compare_with)),
            (words.training.OPEN_FILE, "TButton", lambda: self._take_file(reading.load)),
            (words.training.COMPARE_WITH_FILE, "TButton", lambda: self._take_file(reading.compare_with)),
            (words.training.SEE_RUN, "TButton", self._see_run),
        ):
            ttk.Button(buttons, text=text, style=style, command=command)
        self.details = self._make_details()
        self.details.pack(side="bottom", fill="x", pady=look.px(10))
        self.table = self._make_table()
        self.table.pack(fill="both", expand=True)
        self._say(words.training.LOOKING_UP)
        session.errands.submit(
            models.versions,
            lambda found: self.show(found) if self.winfo_exists() else None,
            lambda error: self._say(str(error)) if self.winfo_exists() else None,
        )

    def _make_table(self) -> ttk.Treeview:
        table = ttk.Treeview(self.body, columns=list(_COLUMNS), show="headings", height=5, selectmode="browse")
        for name, (heading, width) in _COLUMNS.items():
            table.heading(name, text=heading, anchor="w")
            table.column(name, width=self.look.px(width), anchor="w", stretch=name == "training")
        table.bind("<<TreeviewSelect>>", lambda _: self._describe())
        table.bind("<Return>", lambda _: self._take_chosen(self.session.reading.load))
        return table

    def _make_details(self) -> tk.Text:
        """Lines that can be marked and copied, but not changed."""
        look, palette = self.look, self.look.palette
        text = tk.Text(self.body, height=8, borderwidth=0, highlightthickness=0, wrap="word", font=look.body)
        text.configure(
            background=palette.window, foreground=palette.text, tabs=(look.px(110),), padx=0,
            selectbackground=palette.accent, selectforeground=palette.paper,
        )  # fmt: skip
        text.tag_configure("name", foreground=palette.muted)
        text.bind("<Key>", lambda event: None if event.keysym in ("Tab", "c", "C") and event.state else "break")
        return text

    def show(self, versions: "list[Version]") -> None:
        """Fills the table, and chooses the version that reads now."""
        self._versions = {version.number: version for version in versions}
        self.table.delete(*self.table.get_children())
        for version in versions:
            scores = [_score(version, key) for key in models.SCORES.values()]
            reads = version.number == self._reads
            state = words.training.IS_CHAMPION * version.champion + words.training.READS_NOW * reads
            self.table.insert("", "end", version.number, values=[f"{version.number}{state}", *scores, version.run_name])
        if not versions:
            self._say(words.training.NO_MODELS)
            return
        chosen = self._reads if self._reads in self._versions else versions[0].number
        self.table.selection_set(chosen)
        self.table.focus(chosen)
        self.table.focus_set()

    @property
    def _reads(self) -> str:
        """Number of the version that reads now, if it is registered."""
        model = self.session.reading.model
        return model.version.number if model and model.version else ""

    @property
    def chosen(self) -> "Version | None":
        """The version that is chosen in the table."""
        selection = self.table.selection()
        return self._versions[selection[0]] if selection else None

    def _describe(self) -> None:
        if self.chosen is None:
            return
        lines, model = models.described(self.chosen), self.session.reading.model
        if model is not None and self.chosen.number == self._reads:
            lines.insert(1, (words.training.DETAILS_RECIPE, model.recipe))
        self.details.delete("1.0", "end")
        for name, text in lines:
            self.details.insert("end", f"{name}\t", "name", f"{text}\n")

    def _say(self, message: str) -> None:
        self.details.delete("1.0", "end")
        self.details.insert("end", message)

    # --- the buttons

    def _take_chosen(self, take: Callable[[str], None]) -> None:
        if self.chosen is not None:
            number = self.chosen.number
            self.session.close_page()
            take(f"models:/digits/{number}")

    def _take_file(self, take: Callable[[str], None]) -> None:
        kinds = [("ONNX", "*.onnx"), (words.window.ALL_FILES, "*")]
        title, folder = words.window.OPEN_MODEL, self.session.folder
        name = filedialog.askopenfilename(title=title, initialdir=folder, filetypes=kinds)
        if name:
            self.session.remember_folder(Path(name))
            self.session.close_page()
            take(name)

    def _see_run(self) -> None:
        if self.chosen is not None and self.chosen.run_id:
            self.session.see_run(self.chosen.run_id)


def _score(version: "Version", key: str) -> str:
    """One of its accuracies, as far as it is known."""
    known = version.metrics
    return words.training.ACCURACY.format(accuracy=known[key]) if key in known else words.training.NOT_MEASURED
