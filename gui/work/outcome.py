"""What came of a training: who is champion now, and why. Runs in the thread behind the window."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digits.data.kinds import KINDS
from digits.errors import DigitsError
from digits.files import sha256
from digits.paths import MODEL, REPORTS
from digits.teaching.collected import Samples

from .. import words

if TYPE_CHECKING:
    from digits.tracking.registry import Version


_NEWEST = 300
"""Lessons that are looked at: a reading takes some ten milliseconds."""


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
    said = outcome(before, versions, sha256(model) if model.is_file() else "", wrong(root))
    return Outcome("  ".join(filter(None, (said, learned(root, model)))), champion)


def wrong(root: Path) -> dict[str, int]:
    """How many digits of each test set were read wrongly, from reports/metrics.json; empty if that is not known."""
    try:
        metrics = json.loads((root / REPORTS / "metrics.json").read_text())
        return {name: int(metrics[name]["errors"]) for name in KINDS if name in metrics}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def learned(root: Path, model: Path) -> str:
    """Whether a model reads what people taught, for people; "" where nothing was taught.

    The newest of what was written in the window is read as the window reads it, a digit at a time.
    """
    from digits.reading.reader import Reader

    try:
        lines = Samples(root).path.read_bytes().splitlines()[-_NEWEST:]
        taught = [lesson for lesson in map(json.loads, lines) if "strokes" in lesson]
        reader = Reader(model)
        right = sum(reader.read(lesson["strokes"]).text == str(lesson["digit"]) for lesson in taught)
    except (OSError, ValueError, KeyError, TypeError, DigitsError):
        return ""
    return words.training.learned(right, len(taught)) if taught else ""


def outcome(before: "Version | None", versions: "list[Version]", made: str, errors: dict[str, int]) -> str:
    """What a training came to, for people.

    Args:
        before: the champion there was.
        versions: all that are registered now.
        made: SHA-256 of the model file that the training left.
        errors: how many digits of each test set it reads wrongly.
    """
    from digits.tracking.store import SHA_TAG

    champion = next((version for version in versions if version.champion), None)
    new = next((version for version in versions if version.tags.get(SHA_TAG) == made), None)
    if champion and before and champion == new and before.number == champion.number:
        return words.training.NOTHING_NEW.format(champion=champion.number)
    return "  ".join(filter(None, (_decision(before, champion, new), _changes(before, errors))))


def _decision(before: "Version | None", champion: "Version | None", new: "Version | None") -> str:
    """Who reads from now on, and why."""
    if champion is None:
        return words.training.NO_CHAMPION
    if before is None or before.number != champion.number:
        return words.training.NEW_CHAMPION.format(champion=champion.number)
    if new is None:
        return words.training.NOT_REGISTERED.format(champion=champion.number)
    verdict, _, reason = new.tags.get("decision", "").partition(": ")
    if verdict == "refused":
        return words.training.REFUSED.format(champion=champion.number, new=new.number, reason=reason)
    return words.training.COMPARED_BEFORE.format(champion=champion.number, new=new.number)


def _changes(before: "Version | None", errors: dict[str, int]) -> str:
    """What is read wrongly of each test set, beside what the champion there was did."""
    known = before.metrics if before else {}
    sets = []
    for name, count in errors.items():
        label, key = KINDS[name].label, f"{name}.errors"
        if key in known:
            sets.append(words.training.ERRORS_CHANGED.format(set=label, before=known[key], errors=count))
        else:
            sets.append(words.training.ERRORS.format(set=label, errors=count))
    return words.training.READ_WRONGLY.format(sets=", ".join(sets)) if sets else ""
