"""What came of a training: who is champion now, and why. Runs in the thread behind the window."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digits.data.kinds import KINDS
from digits.files import sha256
from digits.paths import MODEL, REPORTS

if TYPE_CHECKING:
    from digits.tracking.registry import Version


class Outcome(NamedTuple):
    """What people are told, and who is champion now."""

    text: str
    champion: "Version | None"


def judged(root: Path, before: "Version | None") -> Outcome:
    """What the training that has ended in a project's folder came to.

    Args:
        root: the folder.
        before: the champion there was when it began.

    Raises:
        DigitsError: the registry cannot be reached; says what helps.
    """
    from digits.tracking import registry

    versions, model = registry.versions(), root / MODEL
    champion = next((version for version in versions if version.champion), None)
    return Outcome(outcome(before, versions, sha256(model) if model.is_file() else "", accuracies(root)), champion)


def accuracies(root: Path) -> dict[str, float]:
    """Accuracy on each test set from reports/metrics.json; empty if there are none."""
    try:
        metrics = json.loads((root / REPORTS / "metrics.json").read_text())
        return {name: float(metrics[name]["accuracy"]) for name in KINDS if name in metrics}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def outcome(before: "Version | None", versions: "list[Version]", made: str, scores: dict[str, float]) -> str:
    """What a training came to, for people.

    Args:
        before: the champion there was.
        versions: all that are registered now.
        made: SHA-256 of the model file that the training left.
        scores: its accuracy on each test set.
    """
    from digits.tracking.store import SHA_TAG

    champion = next((version for version in versions if version.champion), None)
    new = next((version for version in versions if version.tags.get(SHA_TAG) == made), None)
    said = _changes(before, scores)
    if champion is None:
        return f"Trained, but no model was chosen to read: `make repro` in a terminal says why.  {said}"
    if champion == new and before is not None and before.number == champion.number:
        return f"Nothing new to learn: version {champion.number}, which reads now, is what this training gives."
    if before is None or before.number != champion.number:
        return f"The new model, version {champion.number}, reads from now on.  {said}"
    if new is None:
        return f"Version {champion.number} goes on reading: the new model was not registered.  {said}"
    verdict, _, reason = new.tags.get("decision", "").partition(": ")
    why = f"is {reason}" if verdict == "refused" else "was compared with it before"
    return f"Version {champion.number} goes on reading: the new one, version {new.number}, {why}.  {said}"


def _changes(before: "Version | None", scores: dict[str, float]) -> str:
    """Accuracy on each test set, beside that of the champion there was."""
    known = before.metrics if before else {}
    return "  ".join(
        f"{KINDS[name].label} {f'{known[key]:.2%} → ' if (key := f'{name}.accuracy') in known else ''}{score:.2%}"
        for name, score in scores.items()
    )
