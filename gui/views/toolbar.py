"""The row of buttons, each with a word below its icon, made from the actions that have one."""

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

from .. import words
from ..session import Session
from ..session.action import Action
from ..session.settings import PENS
from .icons import dot, icon
from .look import Look
from .tooltip import Tooltip

_TOOLS = ("pen", "eraser")
"""Icons of actions that take something into the hand."""

_LEFT = ("Picture", "Sheet")
"""Groups of actions at the left; what concerns the reading and the window is at the right."""

_ROOM_FOR_SLIDER = 840
"""Width from which everything has a place, pixels of a 96 dpi screen."""

_ROOM_FOR_PADDING = 800
"""Width from which the buttons need not stand close, the same."""

_PADDINGS = ((8, 5), (1, 3))
"""Beside and above what a button shows, with and without that room, the same."""

_WORD = 11
"""Type size of the words, pixels of a 96 dpi screen: fourteen stand side by side in the narrowest window."""

_FIRST_OFFER = 3
"""Of a menu: below the action, a line, and the folder."""

_STYLE, _FAINT = "Bar.Toolbutton", "Faint.Bar.Toolbutton"
"""Of a button, and of one that cannot do anything now."""


class Toolbar(ttk.Frame):
    """Buttons in groups, and the pen's width."""

    def __init__(self, parent: tk.Misc, look: Look, session: Session, actions: Sequence[Action]) -> None:
        super().__init__(parent)
        self._look, self._session = look, session
        self._words = look.font(_WORD)
        self._padding = _PADDINGS[0]
        self._menu: tk.Menu | None = None
        self._tool = tk.StringVar(self, session.tool)
        self._icons: dict[tuple[str, str], tk.PhotoImage] = {}
        """By name and colour."""
        session.on(self._dress, "theme")
        self._dress()
        shown = [action for action in actions if action.icon]
        left = [action for action in shown if action.group in _LEFT]
        for number, action in enumerate(left):
            if number and action.group != left[number - 1].group:
                self._gap()
            self._button(action).pack(side="left", padx=look.px(1))
        self._dot = ttk.Label(self)
        self._dot.pack(side="left", padx=(look.px(6), 0))
        self._scale = ttk.Scale(self, from_=PENS[0], to=PENS[1], length=look.px(84), value=session.settings.pen)
        self._scale.configure(command=lambda value: session.set_pen(round(float(value))))
        self._scale.pack(side="left", padx=look.px(4))
        self.bind("<Configure>", lambda event: self._make_room(event.width))
        Tooltip(self._scale, look, words.window.PEN_WIDTH)
        for action in reversed([action for action in shown if action.group not in _LEFT]):
            self._button(action).pack(side="right", padx=look.px(1))
        session.on(self._draw_pen, "pen", "theme")
        session.on(lambda: self._tool.set(session.tool), "tool")
        self._draw_pen()

    def _gap(self) -> None:
        ttk.Separator(self, orient="vertical").pack(side="left", fill="y", padx=self._look.px(6), pady=self._look.px(6))

    def _make_room(self, width: int) -> None:
        """A narrow window does without the slider: [ and ] do the same."""
        self._padding = _PADDINGS[width < self._look.px(_ROOM_FOR_PADDING)]
        self._dress()
        if width < self._look.px(_ROOM_FOR_SLIDER):
            self._scale.pack_forget()
        elif not self._scale.winfo_ismapped():
            self._scale.pack(side="left", padx=self._look.px(4), after=self._dot)

    def _dress(self) -> None:
        """The buttons' styles, which every theme has for itself."""
        style, px, palette = ttk.Style(self), self._look.px, self._look.palette
        padding = tuple(map(px, self._padding))
        style.configure(_STYLE, padding=padding, font=self._words)
        style.configure(_FAINT, padding=padding, font=self._words, foreground=palette.faint)
        style.map(_FAINT, foreground=[])

    def _button(self, action: Action) -> ttk.Button | ttk.Radiobutton:
        session, name = self._session, action.icon
        tool = ttk.Radiobutton(self, variable=self._tool, value=name) if name in _TOOLS else None
        button = tool or ttk.Button(self)
        word = action.word or action.title.split()[0]
        button.configure(text=word, compound="top", command=lambda: action.run(session))
        if action.offers is not None:
            button.configure(command=lambda: self._offer(action, button))
            session.on(lambda: self._offer(action, button, by_key=True), "recent")
        tip = words.window.TOOLTIP.format(title=action.title, key=action.label, help=action.tip)
        Tooltip(button, self._look, tip)

        drawn = ""

        def draw() -> None:
            """In the colour of what can be done now; where it cannot, the button still says why."""
            nonlocal drawn
            palette, in_hand, enabled = self._look.palette, name == session.tool, action.enabled(session)
            colour = palette.accent if in_hand else palette.text if enabled else palette.faint
            if colour != drawn:  # to configure a button is to have it drawn, which takes its time
                drawn = colour
                if (name, colour) not in self._icons:
                    self._icons[name, colour] = icon(self._look, name, colour, underlined=in_hand)
                button.configure(image=self._icons[name, colour], style=_STYLE if enabled else _FAINT)

        session.on(draw, "drawn", "reading", "tool", "theme")
        draw()
        return button

    def _offer(self, action: Action, button: ttk.Widget, by_key: bool = False) -> None:
        """A menu below a button: its action, and what else it offers. Who came by key has the first of that chosen."""
        session, palette = self._session, self._look.palette
        if self._menu is not None:
            self._menu.destroy()
        menu = self._menu = tk.Menu(
            self, tearoff=False, font=self._look.body, background=palette.paper, foreground=palette.text,
            activebackground=palette.accent, activeforeground=palette.paper, borderwidth=1, relief="solid",
        )  # fmt: skip
        title = words.window.OPENS_DIALOG.format(title=action.title)
        menu.add_command(label=title, accelerator=action.label, command=lambda: action.run(session))
        for number, (text, command) in enumerate(action.offers(session) if action.offers else ()):
            if number == 0:
                menu.add_separator()
            menu.add_command(label=text, command=command)
        menu.tk_popup(button.winfo_rootx(), button.winfo_rooty() + button.winfo_height())
        if by_key:
            menu.activate(_FIRST_OFFER)

    def _draw_pen(self) -> None:
        pen = self._session.settings.pen
        if round(float(self._scale.get())) != pen:
            self._scale.set(pen)
        self._photo = dot(self._look, self._look.px(pen), self._look.px(PENS[1] + 2))
        self._dot.configure(image=self._photo)
