"""Which model reads: loads it, and says what is known about it. Runs in the thread behind the window."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digits.reading.reader import Reader
    from digits.tracking.registry import Details


@dataclass(frozen=True)
class Model:
    """A reader and where it comes from."""

    reader: "Reader"
    name: str
    """`version 2`, or the file's name."""
    number: str | None
    """Of the registered version."""
    details: "Details | None" = None
    """What the registry knows about it."""

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

    if spec is None:
        version = registry.champion()
        return Model(Reader(registry.fetch(version)), f"version {version.number}", version.number)
    prefix = f"models:/{MODEL}/"
    if spec.startswith(prefix) and spec.removeprefix(prefix).isdigit():
        found = registry.find_version(spec.removeprefix(prefix))
        return Model(Reader(registry.fetch(found)), f"version {found.number}", found.number)
    reader = Reader.load(spec)
    return Model(reader, spec if ":/" in spec else reader.path.name, None)


def described(details: "Details") -> list[tuple[str, str]]:
    """A registered version as lines for people: what, and what it is."""
    lines = []
    scores = "   ".join(
        f"{name} {details.metrics[key]:.2%}"
        for name, key in (("MNIST", "mnist.accuracy"), ("pens", "pen.accuracy"))
        if key in details.metrics
    )
    if scores:
        lines.append(("Accuracy", scores))
    if details.created:
        lines.append(("Registered", f"{datetime.fromtimestamp(details.created):%d %b %Y, %H:%M}"))
    if details.run_name:
        lines.append(("Training", details.run_name))
    if decision := details.tags.get("decision"):
        lines.append(("Decision", decision))
    if details.run_id:
        lines.append(("Run", details.run_id))
    return lines
