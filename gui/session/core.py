"""What all parts of a session stand on: the sheet, the settings, two threads behind, and a voice."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from digits.errors import DigitsError

from .. import words
from ..work import log
from ..work.worker import Worker
from . import settings
from .events import Events
from .sheet import Sheet

Page = Literal["help", "models", "training"]


@dataclass(frozen=True)
class Note:
    """What the foot of the window says, and what can be done about it."""

    text: str
    warning: bool = False
    """Stays until the next note; others go by themselves."""
    lasts: bool = False
    """Comes back after other notes, until somebody closes it."""
    label: str = ""
    act: Callable[[], None] | None = None
    """What the button of that label does."""
    proposal: str = ""
    answered: Callable[[str], None] | None = None
    """Takes what is typed in answer; a note without it is no question."""


class Core(Events):
    """The common ground.

    Args:
        root: the project's folder.
        after: Tk's `after(milliseconds, callback)`.
    """

    def __init__(self, root: Path, after: Callable[[int, Callable[[], None]], Any]) -> None:
        super().__init__()
        self.root, self.after = root, after
        self._settings_file = settings.path()
        self.settings = settings.load(self._settings_file)
        self.sheet = Sheet()
        self.page: Page | None = None
        """What covers the sheet."""
        self.note = Note("")
        self.worker, self.errands = Worker(after, self.fail), Worker(after, self.fail)
        """Readings, which must not wait; and everything else."""

    def close_page(self) -> None:
        """Back to the sheet."""
        if self.page is not None:
            self.page = None
            self.tell("page")

    def changed(self) -> None:
        """Tells that the drawing changed otherwise than by the pen."""
        self.tell("replaced")
        self.tell("drawn")

    def say(self, text: str, lasts: bool = False) -> None:
        """Something that happened; it lasts if nobody may be looking when it does."""
        self._show(Note(text, lasts=lasts))

    def warn(self, text: str, label: str = "", act: Callable[[], None] | None = None) -> None:
        """Something that did not work, with a button for what helps."""
        self._show(Note(text[:1].upper() + text[1:], warning=True, label=label, act=act))

    def ask(self, question: str, proposal: str, answered: Callable[[str], None]) -> None:
        """A question that nobody has to answer."""
        self._show(Note(question, proposal=proposal, answered=answered))

    def fail(self, error: Exception, label: str = "", act: Callable[[], None] | None = None) -> None:
        """Says what went wrong, with a button for what helps; of what nobody expected, the log keeps the traceback."""
        if isinstance(error, DigitsError):
            self.warn(str(error), label, act)
            return
        file = log.write(error)
        text = words.window.FAILED.format(error=str(error) or type(error).__name__)
        self.warn(text + words.window.FAILED_SEE.format(file=file) if file else text, label, act)

    def ignore(self, error: Exception) -> None:
        """For what nobody waits for: an error is no reason to stop anybody, but the log keeps an unexpected one."""
        if not isinstance(error, DigitsError):
            log.write(error)

    def save_settings(self) -> None:
        """Keeps them, soon."""
        self.errands.submit(
            lambda: settings.save(self.settings, self._settings_file), failed=self.ignore, latest="settings"
        )

    def _show(self, note: Note) -> None:
        self.note = note
        self.tell("message")
