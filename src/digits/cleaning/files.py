"""What may go of the files that trainings, readers and pages have left."""

import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from digits.cleaning.thing import Rules, Thing, changed, remove, shown, size
from digits.paths import CARDS, CHECKPOINTS, COMPARISONS, ROOT, RUNS
from digits.tracking import ended, registry
from digits.tracking.erasing import Books, StillNeeded
from digits.tracking.store import SHA_TAG
from digits.training import checkpoints as trainings

_FINGERPRINT = re.compile("[0-9a-f]{12}")
"""What the folder of a training's checkpoints is called."""

_CARD = re.compile("[0-9a-f]{8}")
"""What the folder of a model card is called: the beginning of its run's id."""


def checkpoints(books: Books | None, rules: Rules) -> Iterator[Thing]:
    """Checkpoints of trainings that nobody has taken up again."""
    for folder in _folders(ROOT / CHECKPOINTS, _FINGERPRINT):
        if (when := changed(folder)) > rules.before or _taken(folder):
            continue
        why = "it ended; its stage did not" if trainings.ended(folder) else "interrupted, and not taken up since"
        remover = partial(_remove_checkpoints, books, folder, when)
        yield Thing("checkpoints", shown(folder), when, size([folder]), why, remover)


def folders(books: Books, rules: Rules) -> Iterator[Thing]:
    """Models of trainings started by hand whose run this very store held, and holds no more."""
    registered = {version.tags.get(SHA_TAG) for version in registry.versions()}
    for folder in sorted((ROOT / RUNS).glob("*/")):
        note = ended.read(folder)
        if note is None or folder.is_symlink() or note.experiment != books.experiment.creation_time:
            continue
        if books.knows(note.run_id) or note.sha256 in registered or (when := changed(folder)) > rules.before:
            continue
        why = f"its run {note.run_id[:8]} is gone"
        yield Thing("folders", shown(folder), when, size([folder]), why, partial(remove, folder))


def pages(books: Books | None, rules: Rules) -> Iterator[Thing]:
    """Fetched model cards, but for those of registered versions, and pages of comparisons."""
    staying = {run_id[:8] for run_id in books.needed().runs} if books else set()
    cards = [folder for folder in _folders(ROOT / CARDS, _CARD) if folder.name not in staying]
    for path in (*cards, *sorted((ROOT / COMPARISONS).glob("*.html"))):
        if (when := changed(path)) <= rules.before:
            why = "digits card fetched it" if path in cards else "digits compare wrote it"
            yield Thing("pages", shown(path), when, size([path]), why, partial(remove, path))


def cache(rules: Rules) -> Iterator[Thing]:
    """Model files in the user's cache that were not read for long; the champion's stays."""
    staying = [registry.kept_file(each) for each in registry.versions() if each.champion and SHA_TAG in each.tags]
    for file in (path for path in registry.kept_files() if path not in staying):
        found = file.lstat()
        when = max(found.st_atime, found.st_mtime)
        if when <= rules.before:
            yield Thing("cache", shown(file), when, found.st_size, "fetched again when needed", partial(remove, file))


def _folders(parent: Path, called: re.Pattern[str]) -> list[Path]:
    return sorted(path for path in parent.glob("*/") if called.fullmatch(path.name) and not path.is_symlink())


def _taken(folder: Path) -> bool:
    try:
        with trainings.untaken(folder):
            return False
    except TimeoutError:
        return True


def _remove_checkpoints(books: Books | None, folder: Path, when: float) -> None:
    """Removes them, unless a training has them or has had them meanwhile; MLflow calls its run running no longer."""
    try:
        with trainings.untaken(folder):
            if not folder.is_dir():
                return
            if changed(folder) > when:
                raise StillNeeded("a training has taken it up")
            remembered = folder / "run_id"
            if books and remembered.is_file():
                books.give_up(remembered.read_text(), when)
            shutil.rmtree(folder)
    except TimeoutError:
        raise StillNeeded("a training has taken it up") from None
