"""Everything a person can do, in one table: the toolbar, the bindings, the tooltips and the F1 page are made of it.

`Commands` has a method of the same name for each.
"""

import sys
from dataclasses import dataclass

_COMMAND = "Command" if sys.platform == "darwin" else "Control"


@dataclass(frozen=True)
class Action:
    """One thing a person can do."""

    name: str
    title: str
    keys: tuple[str, ...]
    """Tk's names of the keys, `Mod` for Control, or Command on a Mac."""
    shown: str
    """The same for people."""
    tip: str
    group: str
    icon: bool = False
    """Whether the toolbar has a button for it."""

    @property
    def sequences(self) -> list[str]:
        """The keys as Tk binds them."""
        return [f"<{key.replace('Mod', _COMMAND)}>" for key in self.keys]

    @property
    def label(self) -> str:
        """The keys as people know them here."""
        return self.shown.replace("Ctrl+", "⌘") if _COMMAND == "Command" else self.shown


ACTIONS = (
    Action("open", "Open a picture", ("Mod-o",), "Ctrl+O", "photo or scan; dropping it works as well", "Picture", True),
    Action("paste", "Paste", ("Mod-v",), "Ctrl+V", "a picture, or its path, from the clipboard", "Picture", True),
    Action("save", "Save the drawing", ("Mod-s",), "Ctrl+S", "as a PNG file", "Picture", True),
    Action("copy", "Copy the number", ("Mod-c",), "Ctrl+C", "as text to the clipboard", "Picture", True),
    Action("leave", "Leave the picture", ("Mod-l",), "Ctrl+L", "back to a blank sheet; Undo brings it back", "Picture"),
    Action("undo", "Undo", ("Mod-z",), "Ctrl+Z", "one step back, a taught digit included", "Sheet", True),
    Action("redo", "Redo", ("Mod-y", "Mod-Shift-Z", "Mod-Shift-z"), "Ctrl+Y", "or Ctrl+Shift+Z", "Sheet", True),
    Action("clear", "Clear the sheet", ("Delete", "Mod-BackSpace"), "Del", "it goes to the strip below", "Sheet", True),
    Action("pen", "Pen", ("p",), "P", "write; a click on a digit selects it", "Sheet", True),
    Action("eraser", "Eraser", ("e",), "E", "cuts lines where it goes", "Sheet", True),
    Action("thinner", "Thinner pen", ("bracketleft", "minus"), "[", "or −", "Sheet"),
    Action("wider", "Wider pen", ("bracketright", "plus"), "]", "or +", "Sheet"),
    Action("earlier", "Earlier drawing", ("Alt-Left",), "Alt+←", "what was on the sheet before", "Sheet"),
    Action("previous", "Select the digit before", ("Left",), "←", "shows how sure the reader is of it", "Reading"),
    Action("next", "Select the digit after", ("Right",), "→", "then type 0 to 9 to teach it", "Reading"),
    Action("heat", "What speaks for it", ("w",), "W", "colours the parts of the ink that decide", "Reading", True),
    Action("deselect", "Back", ("Escape",), "Esc", "closes a page, ends a selection or a comparison", "Reading"),
    Action("models", "Models", ("Mod-m",), "Ctrl+M", "who reads, how well; choose or compare others", "Model", True),
    Action("retrain", "Train with samples", ("Mod-t",), "Ctrl+T", "runs dvc repro in the background", "Model", True),
    Action("writer", "Change the writer", ("Mod-w",), "Ctrl+W", "the name under which samples are kept", "Model"),
    Action("retry", "Load it again", ("Mod-r", "F5"), "F5", "when `make repro` is done, or a server back", "Model"),
    Action("theme", "Light or dark", ("Mod-d",), "Ctrl+D", "light, dark, or as the system is", "Window", True),
    Action("help", "All keys", ("F1",), "F1", "this page", "Window", True),
    Action("quit", "Quit", ("Mod-q",), "Ctrl+Q", "taught digits are saved already", "Window"),
)  # fmt: skip

BY_NAME = {action.name: action for action in ACTIONS}
