"""Everything a person can do: one function each. Its docstring is the help that people read.

A function here becomes a key, a line of the F1 page and, with an icon, a button of the toolbar.
"""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tkinter import filedialog
from typing import Any

from . import words
from .session import Session
from .session.action import Action
from .session.view import STEP

ACTIONS: list[Action] = []
"""In the order in which they are shown."""

_PEN_STEP = 2

_PICTURES = ["*.png", "*.jpg", "*.jpeg", "*.bmp", "*.gif", "*.tif", "*.tiff", "*.webp", "*.ppm", "*.pgm"]
_PICTURES += ["*.pdf", "*.heic", "*.heif"]

_Function = Callable[[Session], None]


def _action(title: str, *keys: str, **options: Any) -> Callable[[_Function], _Function]:
    """Makes a function an action; the options are fields of `Action`."""

    def register(function: _Function) -> _Function:
        assert function.__doc__
        tip = function.__doc__[0].lower() + function.__doc__[1:].rstrip(".")
        ACTIONS.append(Action(function, title, keys, tip=tip, **options))
        return function

    return register


def _written(session: Session) -> bool:
    return not session.sheet.drawing.is_blank


def _recent(session: Session) -> list[tuple[str, Callable[[], None]]]:
    """A folder, and the pictures that were opened last."""
    folder = (words.window.OFFER_FOLDER, partial(open_folder, session))
    files = map(Path, session.settings.recent)
    return [folder, *((_named(file), partial(session.open_picture, file)) for file in files)]


def _named(path: Path) -> str:
    """A file as people know it: its name, and where it is."""
    try:
        folder = f"~/{path.parent.relative_to(Path.home())}"
    except ValueError:
        folder = str(path.parent)
    return words.window.OFFER_FILE.format(name=path.name, folder=folder)


@_action("Open a picture", "Mod-o", group="Picture", icon="open", offers=_recent)
def open_picture(session: Session) -> None:
    """Photo or scan; dropping it works as well."""
    name = filedialog.askopenfilename(
        title=words.window.OPEN_PICTURE,
        initialdir=session.folder,
        filetypes=[(words.window.PICTURES, _PICTURES), (words.window.ALL_FILES, ["*"])],
    )
    if name:
        session.remember_folder(Path(name))
        session.open_picture(Path(name))


@_action("Open a folder", "Mod-Shift-F", "Mod-Shift-f", group="Picture")
def open_folder(session: Session) -> None:
    """All pictures in it, one after the other."""
    name = filedialog.askdirectory(title=words.window.OPEN_FOLDER, initialdir=session.folder, mustexist=True)
    if name:
        session.remember_folder(Path(name) / "any")
        session.open_picture(Path(name))


@_action("Picture before", "Prior", group="Picture", sheet_only=True)
def picture_before(session: Session) -> None:
    """Of the folder that is open."""
    session.album.step(-1)


@_action("Picture after", "Next", group="Picture", sheet_only=True)
def picture_after(session: Session) -> None:
    """Of the folder that is open."""
    session.album.step(1)


@_action("Open again", "Mod-Shift-O", "Mod-Shift-o", group="Picture")
def open_again(session: Session) -> None:
    """One of the last ten pictures."""
    session.tell("recent")


@_action("Paste", "Mod-v", group="Picture", icon="paste")
def paste(session: Session) -> None:
    """A picture, or its path, from the clipboard."""
    session.show_picture(session.clipboard.picture())


@_action("Save the drawing", "Mod-s", group="Picture", icon="save", enabled=_written)
def save_drawing(session: Session) -> None:
    """As a PNG file."""
    if not _written(session):
        session.say(words.sheet.NOTHING_TO_SAVE)
        return
    name = filedialog.asksaveasfilename(
        title=words.window.SAVE_DRAWING,
        initialdir=session.folder,
        defaultextension=".png",
        initialfile=f"{re.sub(r'[^0-9.,]+', '-', session.reading.text).strip('-') or words.window.DRAWING_FILE}.png",
        filetypes=[("PNG", "*.png")],
    )
    if name:
        session.remember_folder(Path(name))
        session.save_drawing(Path(name))


@_action(
    "Copy the number", "Mod-c", group="Picture", icon="copy", enabled=lambda session: bool(session.reading.readout.text)
)
def copy_number(session: Session) -> None:
    """As text to the clipboard."""
    text = session.reading.text
    corrected = session.reading.readout.corrected
    if text:
        session.copy(text, words.reading.COPIED_CORRECTED.format(corrected=corrected) if corrected else "")
    else:
        session.say(session.reading.why_nothing or words.reading.NOTHING_TO_COPY)


@_action("Leave the picture", "Mod-l", group="Picture")
def leave_picture(session: Session) -> None:
    """Back to a blank sheet; Undo brings it back."""
    session.album.close()
    if session.sheet.drawing.picture is not None:
        session.clear()


@_action("Larger", "plus", "equal", "KP_Add", group="Picture")
def larger(session: Session) -> None:
    """Or Ctrl and the wheel, which keeps the place."""
    if session.sheet.drawing.picture is None:
        wider(session)
    else:
        session.enlarge(STEP)


@_action("Smaller", "minus", "KP_Subtract", group="Picture")
def smaller(session: Session) -> None:
    """Or Ctrl and the wheel."""
    if session.sheet.drawing.picture is None:
        thinner(session)
    else:
        session.enlarge(1 / STEP)


@_action("All of the picture", "Mod-0", "Mod-KP_0", group="Picture")
def whole_picture(session: Session) -> None:
    """Or 0, while no digit is chosen."""
    session.fit()


@_action("Undo", "Mod-z", group="Sheet", icon="undo", enabled=lambda session: session.sheet.can_undo)
def undo(session: Session) -> None:
    """One step back, a taught digit included."""
    session.undo()


@_action(
    "Redo", "Mod-y", "Mod-Shift-Z", "Mod-Shift-z", group="Sheet", icon="redo",
    enabled=lambda session: session.sheet.can_redo,
)  # fmt: skip
def redo(session: Session) -> None:
    """Or Ctrl+Shift+Z."""
    session.redo()


@_action("Clear the sheet", "Delete", "Mod-BackSpace", group="Sheet", icon="clear", enabled=_written)
def clear(session: Session) -> None:
    """It goes to the strip below."""
    session.clear()


@_action("Pen", "p", group="Sheet", icon="pen")
def take_pen(session: Session) -> None:
    """Write; a click on a digit chooses it."""
    session.take("pen")


@_action("Eraser", "e", group="Sheet", icon="eraser")
def take_eraser(session: Session) -> None:
    """Cuts lines where it goes."""
    session.take("eraser")


@_action("Thinner pen", "bracketleft", group="Sheet")
def thinner(session: Session) -> None:
    """Or −, while no picture is there."""
    session.set_pen(session.settings.pen - _PEN_STEP)


@_action("Wider pen", "bracketright", group="Sheet")
def wider(session: Session) -> None:
    """Or +, while no picture is there."""
    session.set_pen(session.settings.pen + _PEN_STEP)


@_action("Earlier drawing", "Alt-Left", group="Sheet")
def earlier(session: Session) -> None:
    """What was on the sheet before."""
    if session.history.entries:
        session.restore(session.history.entries[0])
    else:
        session.say(words.sheet.NOTHING_BEFORE)


@_action("Choose the digit before", "Left", group="Reading", sheet_only=True)
def previous_digit(session: Session) -> None:
    """Shows how sure the reader is of it."""
    session.reading.step(-1)


@_action("Choose the digit after", "Right", group="Reading", sheet_only=True)
def next_digit(session: Session) -> None:
    """Then 0 to 9, or a button, to teach it."""
    session.reading.step(1)


@_action("What speaks for it", "w", group="Reading", icon="heat", word="Why")
def heat(session: Session) -> None:
    """Colours the parts of the ink that decide."""
    session.reading.toggle_heat()


@_action("Back", "Escape", group="Reading", while_typing=True)
def back(session: Session) -> None:
    """Closes a page, ends a choice or a comparison."""
    if session.page is not None:
        session.close_page()
    elif session.reading.other is not None:
        session.reading.compare_with(None)
    elif session.reading.chosen is not None:
        session.reading.choose(None)
    elif session.sheet.drawing.selection is not None:
        session.sheet.select(None)
        session.changed()
    session.tell("writing")


@_action("Models", "Mod-m", group="Model", icon="models", while_typing=True)
def models(session: Session) -> None:
    """Who reads, how well; choose or compare others."""
    session.open_page("models")


@_action("Train with what you taught", "Mod-t", group="Model", icon="train", while_typing=True)
def train(session: Session) -> None:
    """Learns what you taught, in the background."""
    session.open_page("training")


@_action("Change the writer", "Mod-w", group="Model", while_typing=True)
def change_writer(session: Session) -> None:
    """Whose handwriting it is that you teach."""
    session.lessons.ask_writer(words.reading.WHOSE)


@_action("Load it again", "F5", "Mod-r", group="Model", while_typing=True)
def load_again(session: Session) -> None:
    """The model, when there is a new one."""
    session.reading.retry()


@_action("Light or dark", "Mod-d", group="Window", icon="theme", word="Theme", while_typing=True)
def next_theme(session: Session) -> None:
    """Light, dark, or as the system is."""
    session.next_theme()


@_action("All keys", "F1", group="Window", icon="help", word="Keys", while_typing=True)
def show_keys(session: Session) -> None:
    """This page."""
    if session.page == "help":
        session.close_page()
    else:
        session.open_page("help")


@_action("Quit", "Mod-q", group="Window", while_typing=True)
def close_window(session: Session) -> None:
    """What you taught is saved already."""
    session.quit()
