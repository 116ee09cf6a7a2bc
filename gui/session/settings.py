"""What the window remembers of a person: JSON in the folder that this system keeps for settings."""

import getpass
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from digits.files import written_whole

from .. import words

PENS = (4, 28)
"""Thinnest and widest pen, pixels."""

RECENT = 10
"""Pictures that are remembered; the oldest goes first."""

THEMES = ("system", "light", "dark")


@dataclass
class Settings:
    """Every value has a default, so a lost or broken file costs nothing but the values."""

    writer: str = ""
    """Whose handwriting the samples are; "" until the person was asked."""
    pen: int = 12
    """Diameter of the pen, pixels."""
    folder: str = ""
    """Where a file was last opened or saved."""
    recent: list[str] = field(default_factory=list)
    """Pictures that were opened, the last one first."""
    theme: str = "system"
    seen_theme: str = "light"
    """What the system last showed, so that the window need not open in the wrong one."""

    @property
    def shown_theme(self) -> str:
        """`light` or `dark`."""
        return self.seen_theme if self.theme == "system" else self.theme


def path() -> Path:
    """The file, below the folder that the system gives each user for settings."""
    from platformdirs import user_config_path

    return user_config_path("digits") / "window.json"


def load(file: Path) -> Settings:
    """The settings in the file; defaults for whatever is missing or not understood."""
    settings = Settings()
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError):
        return settings
    if isinstance(content, dict):
        for known in fields(Settings):
            value = content.get(known.name)
            if type(value) is type(getattr(settings, known.name)):
                setattr(settings, known.name, value)
    settings.recent = [name for name in settings.recent if isinstance(name, str)][:RECENT]
    settings.pen = min(max(settings.pen, PENS[0]), PENS[1])
    if settings.theme not in THEMES:
        settings.theme = "system"
    if settings.seen_theme not in THEMES[1:]:
        settings.seen_theme = "light"
    return settings


def save(settings: Settings, file: Path) -> None:
    """Writes them, whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    with written_whole(file) as temporary:
        temporary.write_text(json.dumps(asdict(settings), indent=2) + "\n")


def default_writer() -> str:
    """The name that the question for the writer proposes: the log-in's."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user in a container
        return words.reading.SOMEBODY
