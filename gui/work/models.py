"""Models: loads the one that reads, and asks the registry what is known. Runs in the thread behind the window."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from digits.data.kinds import KINDS

from .. import words

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
        if len(best) > 1:
            network = words.training.RECIPE_OF_SEVERAL.format(count=len(best), network=network)
        said = words.training.RECIPE.format(networks=network, mix=mix.replace("_", " + "), epochs=epochs)
        return said + words.training.RECIPE_BEST.format(epochs=", ".join(map(str, best))) if best else said


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
        name = words.training.VERSION.format(number=version.number)
        return Model(Reader(registry.fetch(version)), name, version)
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
    said = words.training.SCORE
    return "   ".join(said.format(set=name, accuracy=accuracy) for name, accuracy in known.items())


def described(version: "Version") -> list[tuple[str, str]]:
    """A registered version as lines for people: what, and what it is."""
    created = datetime.fromtimestamp(version.created) if version.created else None
    lines = [
        (words.training.DETAILS_ACCURACY, scores(version)),
        (words.training.DETAILS_REGISTERED, words.training.DATE.format(time=created) if created else ""),
        (words.training.DETAILS_TRAINING, version.run_name),
        (words.training.DETAILS_DECISION, version.tags.get("decision", "")),
        (words.training.DETAILS_RUN, version.run_id),
    ]
    return [(name, text) for name, text in lines if text]
