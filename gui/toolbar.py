"""The row of buttons, made from the table of actions."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from gui.actions import ACTIONS, BY_NAME
from gui.icons import dot, icon
from gui.look import Look
from gui.settings import PENS
from gui.tooltip import Tooltip

_TOOLS = ("pen", "eraser")

_ROOM_FOR_SLIDER = 840
"""Width from which everything has a place, pixels of a 96 dpi screen."""


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
        self._icons: dict[tuple[str, str], tk.PhotoImage] = {}
        self._enabled: dict[str, bool] = {}
        shown = [action for action in ACTIONS if action.icon]
        left = [action for action in shown if action.group in ("Picture", "Sheet")]
        right = [action for action in shown if action.group not in ("Picture", "Sheet")]
        group = left[0].group
        for action in left:
            if action.group != group:
                self._gap()
                group = action.group
            self._add(action.name, do).pack(side="left", padx=look.px(1))
        self._dot = ttk.Label(self)
        self._dot.pack(side="left", padx=(look.px(6), 0))
        self._scale = ttk.Scale(self, from_=PENS[0], to=PENS[1], length=look.px(84), value=pen)
        self._scale.configure(command=lambda value: set_pen(round(float(value))))
        self._scale.pack(side="left", padx=look.px(4))
        self.bind("<Configure>", lambda event: self._make_room(event.width))
        Tooltip(self._scale, look, "Width of the pen   [ and ]")
        for action in reversed(right):
            self._add(action.name, do).pack(side="right", padx=look.px(1))
        self._pen = pen
        self.recolour()

    def _make_room(self, width: int) -> None:
        """A narrow window does without the slider: [ and ] do the same."""
        if width < self._look.px(_ROOM_FOR_SLIDER):
            self._scale.pack_forget()
        elif not self._scale.winfo_ismapped():
            self._scale.pack(side="left", padx=self._look.px(4), after=self._dot)

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
        self._icons.clear()
        for name in self._buttons:
            self._draw(name)
        self.show_pen(self._pen)

    def _draw(self, name: str) -> None:
        palette = self._look.palette
        in_hand = name == self._tool.get()
        colour = palette.accent if in_hand else palette.text if self._enabled.get(name, True) else palette.faint
        if (name, colour) not in self._icons:
            self._icons[name, colour] = icon(self._look, name, colour, underlined=in_hand)
        self._buttons[name].configure(image=self._icons[name, colour])

    def show_pen(self, pen: int) -> None:
        """Shows the width of the pen."""
        self._pen = pen
        if round(float(self._scale.get())) != pen:
            self._scale.set(pen)
        self._photo = dot(self._look, pen, self._look.px(PENS[1] + 2))
        self._dot.configure(image=self._photo)

    def show_tool(self, tool: str) -> None:
        """Shows which tool is in hand."""
        self._tool.set(tool)
        for name in _TOOLS:
            self._draw(name)

    def enable(self, name: str, enabled: bool) -> None:
        """Whether an action can be done now; where not, it still says why."""
        if self._enabled.get(name, True) != enabled:
            self._enabled[name] = enabled
            self._draw(name)
