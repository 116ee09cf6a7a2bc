"""Readings of before: what was on the sheet when it was cleared or replaced, to go back to."""

from dataclasses import dataclass, field

from .drawing import Drawing

LENGTH = 50
"""Entries kept; the oldest goes first."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A drawing that was put away, and what it said."""

    drawing: Drawing
    text: str


@dataclass
class History:
    """The newest first."""

    entries: list[Entry] = field(default_factory=list)

    def put_away(self, drawing: Drawing, text: str) -> bool:
        """Keeps a drawing; False if it is blank or the same as one that is kept."""
        if drawing.is_blank or any(entry.drawing.is_same(drawing) for entry in self.entries):
            return False
        self.entries.insert(0, Entry(drawing, text))
        del self.entries[LENGTH:]
        return True
