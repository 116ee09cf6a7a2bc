"""Models: loads the one that reads, and asks the registry what is known. Runs in the thread behind the window."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from digits.data.kinds import KINDS

if TYPE_CHECKING:
    from digits.reading.reader import Reader
    from digits.tracking.registry import Version

SCORES = {kind.label: f"{name}.accuracy" for name, kind in KINDS.items()}
"""What people see of a version's metrics: name to MLflow's key."""


@dataclass(frozen=True)
class Model:
    """A reader and where it comes from."""

    reader: "Reader"
    name: str
    """`version 2`, or the file's name."""
    version: "Version | None" = None
    """What the registry knows of it, if it is registered."""

    @property
    def recipe(self) -> str:
        """What it was trained on and for how long, from the file itself."""
        recipe = self.reader.metadata.get("recipe", {})
        try:
            network, mix, epochs = recipe["model"]["name"], recipe["mix"]["name"], recipe["train"]["epochs"]
        except (KeyError, TypeError):
            return ""
        best = self.reader.metadata.get("best_epochs", [])
        several = f"{len(best)} × " if len(best) > 1 else ""
        chosen = f" (best: {', '.join(map(str, best))})" if best else ""
        return f"{several}{network}, {mix.replace('_', ' + ')}, {epochs} epochs{chosen}"


def load(spec: str | None) -> Model:
    """The champion, a registered version (models:/digits/2) or an ONNX file.

    Raises:
        DigitsError: it cannot be loaded; says what helps.
    """
    from digits.reading.reader import Reader
    from digits.tracking import registry
    from digits.tracking.store import MODEL

    number = re.fullmatch(rf"models:/{MODEL}/(\d+)", spec or "")
    if spec is None or number:
        version = registry.find_version(number[1]) if number else registry.champion()
        return Model(Reader(registry.fetch(version)), f"version {version.number}", version)
    reader = Reader.load(spec)
    return Model(reader, spec if ":/" in spec else reader.path.name)


def versions() -> "list[Version]":
    """All registered versions.

    Raises:
        DigitsError: the registry cannot be reached; says what helps.
    """
    from digits.tracking import registry

    return registry.versions()


def champion() -> "Version | None":
    """The champion of now, if there is one.

    Raises:
        DigitsError: the registry cannot be reached; says what helps.
    """
    from digits.tracking import registry

    return registry.find_champion()


def scores(version: "Version") -> str:
    """Accuracies of a version in one line."""
    known = {name: version.metrics[key] for name, key in SCORES.items() if key in version.metrics}
    return "   ".join(f"{name} {accuracy:.2%}" for name, accuracy in known.items())


def described(version: "Version") -> list[tuple[str, str]]:
    """A registered version as lines for people: what, and what it is."""
    created = f"{datetime.fromtimestamp(version.created):%d %b %Y, %H:%M}" if version.created else ""
    lines = [
        ("Accuracy", scores(version)),
        ("Registered", created),
        ("Training", version.run_name),
        ("Decision", version.tags.get("decision", "")),
        ("Run", version.run_id),
    ]
    return [(name, text) for name, text in lines if text]
