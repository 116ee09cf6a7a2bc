"""The row of buttons, made from the table of actions."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from gui.actions import ACTIONS, BY_NAME
from gui.icons import icon
from gui.look import Look
from gui.settings import PENS
from gui.tooltip import Tooltip

_TOOLS = ("pen", "eraser")


class Toolbar(ttk.Frame):
    """Buttons in groups, the pen's width, and on the right what concerns the window.

    Args:
        parent: where it lies.
        look: colours and sizes.
        do: carries out the action of a name.
        set_pen: takes the width of the pen, in pixels.
    """

    def __init__(
        self, parent: tk.Misc, look: Look, do: Callable[[str], None], set_pen: Callable[[int], None], pen: int
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._buttons: dict[str, ttk.Button | ttk.Radiobutton] = {}
        self._tool = tk.StringVar(self, _TOOLS[0])
        self._icons: dict[str, tk.PhotoImage] = {}
        shown = [action for action in ACTIONS if action.icon]
        left = [action for action in shown if action.group in ("Picture", "Sheet")]
        right = [action for action in shown if action.group not in ("Picture", "Sheet")]
        group = left[0].group
        for action in left:
            if action.group != group:
                self._gap()
                group = action.group
            self._add(action.name, do).pack(side="left", padx=look.px(1))
        self._dot = tk.Canvas(self, width=look.px(30), height=look.px(30), highlightthickness=0, borderwidth=0)
        self._dot.pack(side="left", padx=(look.px(6), 0))
        self._scale = ttk.Scale(self, from_=PENS[0], to=PENS[1], length=look.px(84), value=pen)
        self._scale.configure(command=lambda value: set_pen(round(float(value))))
        self._scale.pack(side="left", padx=look.px(4))
        Tooltip(self._scale, look, "Width of the pen   [ and ]")
        for action in reversed(right):
            self._add(action.name, do).pack(side="right", padx=look.px(1))
        self._pen = pen
        self.recolour()

    def _add(self, name: str, do: Callable[[str], None]) -> ttk.Button | ttk.Radiobutton:
        action = BY_NAME[name]
        button: ttk.Button | ttk.Radiobutton
        if name in _TOOLS:
            button = ttk.Radiobutton(
                self, style="Toolbutton", variable=self._tool, value=name, command=lambda: do(name)
            )
        else:
            button = ttk.Button(self, style="Toolbutton", command=lambda: do(name))
        Tooltip(button, self._look, f"{action.title}   {action.label}\n{action.tip}")
        self._buttons[name] = button
        return button

    def _gap(self) -> None:
        ttk.Separator(self, orient="vertical").pack(side="left", fill="y", padx=self._look.px(6), pady=self._look.px(6))

    def recolour(self) -> None:
        """Draws everything again in the theme of now."""
        self._icons = {name: icon(self._look, name) for name in self._buttons}
        for name, button in self._buttons.items():
            button.configure(image=self._icons[name])
        self._dot.configure(background=self._look.palette.window)
        self.show_pen(self._pen)

    def show_pen(self, pen: int) -> None:
        """Shows the width of the pen."""
        self._pen = pen
        if round(float(self._scale.get())) != pen:
            self._scale.set(pen)
        middle, radius = self._look.px(30) / 2, pen / 2
        self._dot.delete("all")
        self._dot.create_oval(
            middle - radius, middle - radius, middle + radius, middle + radius,
            fill=self._look.palette.text, outline="",
        )  # fmt: skip

    def show_tool(self, tool: str) -> None:
        """Shows which tool is in hand."""
        self._tool.set(tool)

    def enable(self, name: str, enabled: bool) -> None:
        """Whether an action can be done now."""
        self._buttons[name].state(["!disabled" if enabled else "disabled"])
