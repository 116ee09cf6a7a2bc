"""What makes something that a person can do: toolbar, keys, tooltips and the F1 page are made of it."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from .. import words
from .session import Session

_MAC = sys.platform == "darwin"

_MOD = "Command" if _MAC else "Control"
"""What `Mod` is here."""


@dataclass(frozen=True)
class Action:
    """One thing a person can do."""

    run: Callable[[Session], None]
    title: str
    keys: tuple[str, ...]
    """Tk's names, the one that people are shown first; `Mod` is Control, or Command on a Mac."""
    group: Literal["Picture", "Sheet", "Reading", "Model", "Window"]
    tip: str
    icon: str = ""
    """Its drawing on the toolbar: a name in `views.icons`, or the lines themselves; without one there is no button."""
    word: str = ""
    """What stands below the icon; else the first of the title."""
    enabled: Callable[[Session], bool] = lambda _: True
    offers: Callable[[Session], Sequence[tuple[str, Callable[[], None]]]] | None = None
    """Words and what is done for each: its button shows them in a menu, below the action itself."""
    while_typing: bool = False
    """Whether its keys work where a person types a text."""
    sheet_only: bool = False
    """Whether they work only while the sheet has the keys: elsewhere they mean something of their own."""

    @property
    def sequences(self) -> list[str]:
        """The keys as Tk binds them."""
        return [f"<{key.replace('Mod', _MOD)}>" for key in self.keys]

    @property
    def label(self) -> str:
        """The first of the keys for people."""
        parts, signs = self.keys[0].replace("Mod", _MOD).split("-"), words.window.KEYS
        return "".join(signs.get(part, part.upper() if len(part) == 1 else part) for part in parts)
