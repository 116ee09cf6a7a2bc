"""A study's winner as an experiment: a file of conf/ that the pipeline can train."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from optuna.trial import TrialState

from digits.config import compose, composed
from digits.config.choices import LEARNING
from digits.config.schema import Sweep
from digits.errors import DigitsError
from digits.files import written_whole
from digits.paths import CONF
from digits.sweep import space as spaces
from digits.sweep.progress import figures
from digits.sweep.study import FINISHED, Study
from digits.training.recipe import recipe

_FOUND = "# Found by `digits sweep`"
"""How the second line of an experiment begins that may be written over."""


def experiment_file(sweep: Sweep) -> Path:
    """Where the study's winner is written."""
    return CONF / "experiment" / f"{sweep.study}.yaml"


def check_name(sweep: Sweep) -> None:
    """Refuses a study with the name of an experiment that a person wrote: its winner would write over it.

    Raises:
        DigitsError: asks for another name.
    """
    path = experiment_file(sweep)
    if path.exists() and _FOUND not in path.read_text():
        raise DigitsError(
            f"{path} was not written by `digits sweep`: give the study another name with sweep.study=NAME"
        )


def write_best(overrides: Sequence[str], number: int | None = None) -> Path:
    """The experiment file that holds the study's winner, or its trial of that number; written whole.

    Raises:
        DigitsError: no such trial was completed; says which were.
    """
    task = [*composed(overrides).hydra.overrides.task]
    config = compose(task)
    check_name(config.sweep)
    space = spaces.searched(config, task)
    study = Study(config, space)
    complete = {trial.number: trial for trial in study.trials(TrialState.COMPLETE)}
    winner = study.best() if number is None else complete.get(number)
    if winner is None:
        which = f"no completed trial {number}" if number is not None else "no completed trial yet"
        having = f"completed are {', '.join(map(str, sorted(complete)))}" if complete else "`digits sweep` runs it"
        raise DigitsError(f"study {config.sweep.study} in {config.sweep.storage} has {which}: {having}")
    text = _as_experiment(recipe(compose([*task, *spaces.as_overrides(space, winner.params)])), recipe(compose([])))
    path = experiment_file(config.sweep)
    validated = winner.user_attrs["validation"].items()
    told = "  ".join(f"{name.split('/')[1]} {value:.4g}" for name, value in validated if name.startswith("validation/"))
    done = len(study.trials(*FINISHED))
    with written_whole(path) as temporary:
        temporary.write_text(
            "# @package _global_\n"
            f"{_FOUND} {shlex.join(overrides)}: study {config.sweep.study}, trial {winner.number} of {done}.\n"
            f"# On validation: {told}.\n"
            f"{text}"
        )
    print(f"wrote {path}: trial {winner.number}, {figures(config.sweep, winner)}")
    print(
        f"next      dvc exp run -S 'conf/pipeline.yaml:experiment={config.sweep.study}', or name it there and dvc repro"
    )
    return path


def _as_experiment(found: Mapping[str, Any], default: Mapping[str, Any]) -> str:
    """YAML of what a recipe has other than the default one; the machine's part left out."""
    chosen = [group for group in LEARNING if found[group]["name"] != default[group]["name"]]
    changed: dict[str, Any] = {}
    if chosen:
        changed["defaults"] = [{f"override /{group}": found[group]["name"]} for group in chosen]
    for part, values in found.items():
        if part in chosen:
            different: Any = {key: value for key, value in values.items() if key != "name"}
        elif isinstance(values, dict):
            different = {key: value for key, value in values.items() if value != default[part][key]}
        else:
            different = None if values == default[part] else values
        if part != "trainer" and different not in (None, {}):
            changed[part] = different
    return OmegaConf.to_yaml(OmegaConf.create(changed)) if changed else ""
