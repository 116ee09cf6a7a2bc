"""What may go of MLflow's: registered versions, runs, what is marked as deleted, files of nothing."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import Any

from digits.cleaning.thing import Rules, Thing, changed, remove, shown, size
from digits.files import sha256
from digits.paths import MODEL, ROOT
from digits.tracking import ended, registry
from digits.tracking.erasing import LIVING, Books
from digits.tracking.registry import Version
from digits.tracking.store import SHA_TAG

_IDS = re.compile("[0-9a-f]{32}|m-[0-9a-f]{32}")
"""Of runs and of logged models: what MLflow calls their folders."""


def versions(books: Books, rules: Rules) -> Iterator[Thing]:
    """Registered versions that are old, bear no alias, and are not what the pipeline made last."""
    for version in _leaving(books, rules):
        said = version.tags.get("decision", "").partition(":")[0] or "not decided on"
        why = f"{said}; neither champion nor among the newest {rules.keep}"
        remover = partial(books.erase_version, version.number)
        yield Thing("versions", f"version {version.number}", version.created, None, why, remover)


def _leaving(books: Books, rules: Rules) -> list[Version]:
    old = [version for version in registry.versions()[rules.keep :] if version.created <= rules.before]
    aliased, made = books.aliased() if old else set(), _pipelines()
    return [version for version in old if version.number not in aliased and version.tags.get(SHA_TAG) != made]


def runs(books: Books, rules: Rules, with_versions: bool) -> Iterator[Thing]:
    """Runs that have ended, are old, and needed by nothing; a study's trials with the study.

    Args:
        books: of the store.
        rules: what stays.
        with_versions: whether old versions go too, so that nothing of theirs is needed.
    """
    needed = books.needed([version.number for version in _leaving(books, rules)] if with_versions else [])
    made = _pipelines()
    for unit in _units(books.runs())[rules.keep :]:
        if _last(unit) > rules.before or any(
            run.info.run_id in needed.runs or run.info.status in LIVING or run.data.tags.get(SHA_TAG, "") == made
            for run in unit
        ):
            continue
        why = f"{unit[0].info.status.lower()}; of no registered version, nor among the newest {rules.keep}"
        if thing := _gone_with_models("runs", unit, books, why, needed.models):
            yield thing


def deleted(books: Books, rules: Rules) -> Iterator[Thing]:
    """Runs and logged models that somebody deleted in MLflow, which keeps them."""
    if books.artifacts is None:
        return
    marked, models = books.deleted(rules.before)
    needed, of_runs = books.needed(), set()
    units = _units([run for run in books.runs(deleted=True) if run.info.run_id in marked])
    for unit in units:
        stays = any(run.info.run_id in needed.runs for run in unit)
        if not stays and (thing := _gone_with_models("deleted", unit, books, "deleted in MLflow", needed.models)):
            yield thing
        of_runs |= {model for run in unit for model in books.models(run)}
    for model in sorted(models - of_runs - needed.models):
        files = [folder for folder in [books.files(model)] if folder]
        when = changed(files[0]) if files else rules.before
        remover = partial(books.erase_model, model)
        yield Thing("deleted", f"model {model[:10]}", when, size(files), "deleted in MLflow", remover)


def artifacts(books: Books, rules: Rules) -> Iterator[Thing]:
    """Files of runs and logged models that the store does not hold."""
    if books.artifacts is None:
        return
    needed, found = books.needed(), [*books.artifacts.glob("*/"), *books.artifacts.glob("models/*/")]
    for folder in sorted(path for path in found if _IDS.fullmatch(path.name) and not path.is_symlink()):
        if books.holds(folder.name) or folder.name in needed.runs | needed.models:
            continue
        if (when := changed(folder)) > rules.before:
            continue
        what = "model" if folder.name.startswith("m-") else "run"
        remover = partial(books.erase_orphan, folder.name)
        yield Thing("artifacts", shown(folder), when, size([folder]), f"MLflow holds no such {what}", remover)


def _pipelines() -> str | None:
    """SHA-256 of the model that the pipeline has made; None where there is none."""
    return sha256(ROOT / MODEL) if (ROOT / MODEL).is_file() else None


def _units(found: Sequence[Any]) -> list[list[Any]]:
    """Runs, the newest first, each with those below it: a study's begins with its own."""
    units: dict[str, list[Any]] = defaultdict(list)
    for run in found:
        units[run.data.tags.get("mlflow.parentRunId", run.info.run_id)].append(run)
    for unit in units.values():
        unit.sort(key=lambda run: ("mlflow.parentRunId" in run.data.tags, run.info.start_time))
    return sorted(units.values(), key=_last, reverse=True)


def _last(unit: Sequence[Any]) -> float:
    """When the last run of a unit ended or began, in seconds since 1970."""
    return max((run.info.end_time or run.info.start_time) for run in unit) / 1000


def _gone_with_models(kind: str, unit: Sequence[Any], books: Books, why: str, needed: Collection[str]) -> Thing | None:
    """Runs with their models and files; None if one of the models is needed."""
    models = {model for run in unit for model in books.models(run)}
    if not models.isdisjoint(needed):
        return None
    ids = [run.info.run_id for run in unit]
    kept = [folder for name in (*ids, *models) if (folder := books.files(name))]
    own = [folder for run_id in ids for folder in ended.folders_of(run_id)]
    first = unit[0]
    name = f"{first.info.run_id[:8]} {first.info.run_name}"
    if len(unit) > 1 or "mlflow.parentRunId" in first.data.tags:
        name = f"study {first.data.tags.get('sweep.study', name)}, {len(unit)} runs"
    here = size([*kept, *own]) if books.artifacts or own else None
    return Thing(kind, name, _last(unit), here, why, partial(_remove_runs, books, ids, kind == "deleted"))


def _remove_runs(books: Books, ids: Sequence[str], marked: bool) -> None:
    for run_id in reversed(ids):  # a study's own is the last
        books.erase_run(run_id, marked)
        for folder in ended.folders_of(run_id):
            remove(folder)
