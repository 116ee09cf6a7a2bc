"""Pages that cover the sheet for a moment: all keys, the models, the training."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from gui import models
from gui.actions import ACTIONS
from gui.look import Look
from gui.training import COMMAND, STAGES, Progress


class Page(ttk.Frame):
    """A heading, a button that closes it, and whatever a page adds.

    Args:
        parent: what it covers.
        look: colours and fonts.
        title: its heading.
        close: called by the button.
    """

    def __init__(self, parent: tk.Misc, look: Look, title: str, close: Callable[[], None]) -> None:
        super().__init__(parent, padding=look.px(20))
        self.look = look
        heading = ttk.Frame(self)
        heading.pack(fill="x", pady=(0, look.px(10)))
        ttk.Label(heading, text=title, font=look.title).pack(side="left")
        self.closer = ttk.Button(heading, text="Close   Esc", command=close)
        self.closer.pack(side="right")

    def open(self) -> None:
        """Covers the parent."""
        self.place(relx=0, rely=0, relwidth=1, relheight=1)
        self.lift()
        self.closer.focus_set()


class Help(Page):
    """All actions with their keys."""

    _COLUMNS = (("Sheet", "Window"), ("Picture", "Reading", "Model"))

    def __init__(self, parent: tk.Misc, look: Look, close: Callable[[], None]) -> None:
        super().__init__(parent, look, "All keys", close)
        columns = ttk.Frame(self)
        columns.pack(fill="both", expand=True)
        roomy, tall = parent.winfo_width() >= look.px(1000), parent.winfo_height() >= look.px(560)
        self._gap = look.px(4 if tall else 0)
        for column, groups in enumerate(self._COLUMNS):
            frame = ttk.Frame(columns)
            frame.grid(row=0, column=column, sticky="nw", padx=(0, look.px(32)))
            row = 0
            for group in groups:
                ttk.Label(frame, text=group, font=look.small, foreground=look.palette.accent).grid(
                    row=row, column=0, columnspan=3, sticky="w", pady=(0 if row == 0 else look.px(8), 0)
                )
                row += 1
                for action in ACTIONS:
                    if action.group == group:
                        self._add(frame, row, action.label, action.title, action.tip if roomy else "")
                        row += 1
                if group == "Reading":
                    self._add(
                        frame, row, "0 … 9", "Teach the chosen digit", "kept in data/collected.jsonl" if roomy else ""
                    )
                    row += 1

    def _add(self, frame: ttk.Frame, row: int, key: str, title: str, tip: str) -> None:
        look, pad = self.look, self.look.px(6)
        ttk.Label(frame, text=key, font=look.strong).grid(
            row=row, column=0, sticky="e", padx=(0, 2 * pad), pady=self._gap
        )
        ttk.Label(frame, text=title, font=look.body).grid(row=row, column=1, sticky="w")
        ttk.Label(frame, text=tip, font=look.small, foreground=look.palette.muted).grid(
            row=row, column=2, sticky="w", padx=(2 * pad, 0)
        )


class Models(Page):
    """The registered versions, what is known of each, and what can be done with it."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        close: Callable[[], None],
        use: Callable[[str], None],
        compare: Callable[[str], None],
        open_file: Callable[[bool], None],
        see_run: Callable[[str], None],
    ) -> None:
        super().__init__(parent, look, "Models", close)
        self._use, self._compare = use, compare
        self._versions: dict[str, Any] = {}
        columns = {"version": 130, "mnist": 90, "pens": 90, "trained": 230}
        self.table = ttk.Treeview(self, columns=list(columns), show="headings", height=5, selectmode="browse")
        for name, width in columns.items():
            self.table.heading(
                name, text={"mnist": "MNIST", "trained": "Training"}.get(name, name.capitalize()), anchor="w"
            )
            self.table.column(name, width=look.px(width), anchor="w", stretch=name == "trained")
        buttons = ttk.Frame(self)
        buttons.pack(side="bottom", fill="x")
        for text, style, command in (
            ("Read with it", "Accent.TButton", lambda: self._with_chosen(self._use)),
            ("Compare with it", "TButton", lambda: self._with_chosen(self._compare)),
            ("Open a model file…", "TButton", lambda: open_file(False)),
            ("Compare with a file…", "TButton", lambda: open_file(True)),
            ("See its run", "TButton", lambda: self._with_run(see_run)),
        ):
            ttk.Button(buttons, text=text, style=style, command=command).pack(side="left", padx=(0, look.px(8)))
        self._details = tk.Text(self, height=8, borderwidth=0, highlightthickness=0, wrap="word", font=look.body)
        self._details.configure(
            background=look.palette.window, foreground=look.palette.text, tabs=(look.px(110),), padx=0,
            selectbackground=look.palette.accent, selectforeground=look.palette.paper,
        )  # fmt: skip
        self._details.tag_configure("name", foreground=look.palette.muted)
        self._details.pack(side="bottom", fill="x", pady=look.px(10))
        self._details.bind(
            "<Key>", lambda event: None if event.keysym in ("Tab", "c", "C") and event.state else "break"
        )
        self.table.pack(fill="both", expand=True)
        self.table.bind("<<TreeviewSelect>>", lambda event: self._describe())
        self.table.bind("<Return>", lambda event: self._with_chosen(self._use))
        self._say("Asking the registry …")

    def show(self, versions: list[Any], present: models.Model | None) -> None:
        """The registered versions; `present` reads now."""
        self._present = present
        self._versions = {details.number: details for details in versions}
        self.table.delete(*self.table.get_children())
        for details in versions:
            scores = [
                f"{details.metrics[key]:.2%}" if key in details.metrics else "–"
                for key in ("mnist.accuracy", "pen.accuracy")
            ]
            reads = present is not None and present.number == details.number
            state = "  champion" * details.champion + "  reads" * reads
            self.table.insert("", "end", details.number, values=[f"{details.number}{state}", *scores, details.run_name])
        if not versions:
            self._say("No version is registered yet: `make repro` trains and registers one")
            return
        chosen = present.number if present and present.number in self._versions else versions[0].number
        self.table.selection_set(chosen)
        self.table.focus(chosen)
        self.table.focus_set()

    def fail(self, message: str) -> None:
        """The registry could not be asked."""
        self._say(message)

    def _chosen(self) -> str | None:
        selection = self.table.selection()
        return selection[0] if selection else None

    def _with_chosen(self, action: Callable[[str], None]) -> None:
        number = self._chosen()
        if number is not None:
            action(f"models:/digits/{number}")

    def _with_run(self, action: Callable[[str], None]) -> None:
        number = self._chosen()
        if number is not None and (run := self._versions[number].run_id):
            action(run)

    def _describe(self) -> None:
        number = self._chosen()
        if number is None:
            return
        lines = models.described(self._versions[number])
        if self._present is not None and self._present.number == number:
            lines.insert(1, ("Recipe", self._present.recipe))
        self._details.delete("1.0", "end")
        for name, text in lines:
            self._details.insert("end", f"{name}\t", "name", f"{text}\n")

    def _say(self, message: str) -> None:
        self._details.delete("1.0", "end")
        self._details.insert("end", message)


class TrainingPage(Page):
    """What waits to be learned, the command that learns it, and how far it is."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        close: Callable[[], None],
        start: Callable[[], None],
        cancel: Callable[[], None],
        copy: Callable[[str], None],
    ) -> None:
        super().__init__(parent, look, "Training", close)
        command = " ".join(COMMAND)
        self._waiting = ttk.Label(self, font=look.body, justify="left")
        self._waiting.pack(anchor="w")
        row = ttk.Frame(self)
        row.pack(anchor="w", pady=look.px(14))
        self._start = ttk.Button(row, text="Train now", style="Accent.TButton", command=start)
        self._start.pack(side="left")
        self._cancel = ttk.Button(row, text="Cancel", command=cancel)
        self._cancel.pack(side="left", padx=look.px(8))
        ttk.Button(row, text="Copy the command", command=lambda: copy(command)).pack(side="left")
        ttk.Label(self, text=f"The same in a shell, in the project's folder:   {command}", font=look.small,
                  foreground=look.palette.muted).pack(anchor="w")  # fmt: skip
        self._bar = ttk.Progressbar(self, maximum=100)
        self._bar.pack(fill="x", pady=(look.px(24), look.px(8)))
        self._stage = ttk.Label(self, font=look.strong)
        self._stage.pack(anchor="w")
        self._last = ttk.Label(self, font=look.small, foreground=look.palette.muted, wraplength=look.px(640))
        self._last.pack(anchor="w", pady=look.px(4))
        self.bind("<Configure>", lambda event: self._last.configure(wraplength=max(200, event.width - look.px(60))))
        self.running(False)

    def show_waiting(self, text: str) -> None:
        """What there is to learn."""
        self._waiting.configure(text=text)

    def running(self, running: bool) -> None:
        """Whether a training runs."""
        self._start.state(["disabled" if running else "!disabled"])
        self._cancel.state(["!disabled" if running else "disabled"])

    def show(self, progress: Progress, note: str = "") -> None:
        """How far it is, and what to say about it."""
        stage = STAGES.index(progress.stage) if progress.stage in STAGES else 0
        self._bar.configure(value=100 * (stage + progress.percent / 100) / len(STAGES))
        self._stage.configure(text=note or progress.text)
        self._last.configure(text=progress.last)
