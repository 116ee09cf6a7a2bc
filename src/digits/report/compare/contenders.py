"""The runs that are compared, and what their models read on the test images."""

import sys
from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any

from omegaconf import OmegaConf
from tqdm import tqdm

from digits.errors import DigitsError
from digits.evaluation.comparison import Contender
from digits.evaluation.held_out import load_tests, read_tests
from digits.paths import ROOT
from digits.reading.reader import Reader
from digits.tracking import registry, runs
from digits.tracking.store import ALIAS, SHA_TAG


def choose(client: Any, names: Sequence[str]) -> list[Any]:
    """The runs to compare: those named, with the champion where fewer than two are.

    Raises:
        DigitsError: a name means no run, two mean the same, or there is nothing to compare with.
    """
    chosen = [runs.named(client, name) for name in names]
    if len(chosen) < 2:
        champion = runs.named(client, ALIAS)
        other = chosen[0] if chosen else runs.newest_other(client, champion)
        if other is None or other.info.run_id == champion.info.run_id:
            found = "that is the champion itself" if chosen else "no finished run has another model than the champion"
            raise DigitsError(
                f"{found}: train one to compare with it, as python -m digits.stages.train experiment=quick does, "
                "or name two runs"
            )
        return [champion, other]
    if len(chosen) > len(ascii_uppercase):
        raise DigitsError(f"{len(chosen)} runs are too many to tell apart: name at most {len(ascii_uppercase)}")
    seen: dict[str, str] = {}
    for name, run in zip(names, chosen, strict=True):
        if run.info.run_id in seen:
            raise DigitsError(f"{seen[run.info.run_id]} and {name} are the same run, {run.info.run_id}: name another")
        seen[run.info.run_id] = name
    return chosen


def read(chosen: Sequence[Any]) -> list[Contender]:
    """The runs with what their models read on the test images.

    Raises:
        DigitsError: a run has no model, or the test images are not there.
    """
    files = [runs.model_file(run) for run in chosen]
    tests = load_tests(ROOT / "artifacts" / "data")
    bins = int(OmegaConf.load(ROOT / "conf" / "evaluate" / "default.yaml").bins)
    versions = registry.versions()
    contenders = []
    images = sum(len(digits) for digits in tests.values())
    print(f"reading {images:,} test images with each of {len(chosen)} models", flush=True)
    with tqdm(total=images * len(chosen), unit="image", leave=False, disable=not sys.stderr.isatty()) as bar:
        for letter, run, file in zip(ascii_uppercase, chosen, files, strict=False):
            bar.set_description(letter)
            own = [version for version in versions if version.tags.get(SHA_TAG) == run.data.tags[SHA_TAG]]
            registered = ", ".join(f"version {each.number}{', champion' * each.champion}" for each in own)
            contenders.append(Contender(letter, run, registered, read_tests(Reader(file), tests, bar.update), bins))
    return contenders


def differing(contenders: Sequence[Contender]) -> dict[str, list[str]]:
    """Key of the configuration -> its value in each run, for the keys that are not the same in all."""
    params = [contender.run.data.params for contender in contenders]
    keys = sorted({key for each in params for key in each})
    values = {key: [each.get(key, "–") for each in params] for key in keys}
    return {key: row for key, row in values.items() if len(set(row)) > 1}
