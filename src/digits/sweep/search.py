"""`digits sweep`: a hyperparameter search over the composed configuration, tracked in MLflow, that survives any end.

This process prepares the storages, starts workers through Hydra's launcher, shows how far they are, and draws the
result; the trials themselves run in digits.sweep.worker. Started again, it goes on where the study stands.
"""

import os
import shlex
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import hydra
from filelock import FileLock, Timeout
from hydra import initialize_config_dir
from hydra._internal.callbacks import Callbacks
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.types import HydraContext
from omegaconf import OmegaConf
from optuna.trial import FrozenTrial, TrialState
from tqdm import tqdm

from digits import config as schema
from digits.charts import study as plots
from digits.charts.style import save
from digits.config import CHOICES, CONF, Config, compose, composed, flatten
from digits.errors import DigitsError
from digits.files import written_whole
from digits.stages import train
from digits.sweep import space as spaces
from digits.sweep.space import Space
from digits.sweep.study import FINISHED, Study
from digits.sweep.worker import work
from digits.tracking import runs
from digits.tracking.store import tracking_uri

_FOUND = "# Found by `digits sweep`"
"""How the second line of an experiment begins that may be written over."""

_LOOK_SECONDS = 1.0
"""How often the storage is asked what the workers have done."""


def search(overrides: Sequence[str]) -> None:
    """Runs the study that the overrides name until all its trials are finished; shows and logs what was found.

    Raises:
        DigitsError: something is wrong with the configuration, a storage, or a trial; says what.
    """
    everything = composed(overrides)
    hydras, task = [*everything.hydra.overrides.hydra], [*everything.hydra.overrides.task]
    launcher = str(everything.hydra.runtime.choices["hydra/launcher"])
    config = compose(task)
    _check_workers(config.sweep, launcher)
    _check_name(config.sweep)
    task += _threads(config, task, launcher, everything.hydra.launcher)
    space = spaces.searched(config, task)
    spaces.prove(space, task)
    definition = _definition(config, space, train.inputs(config).digests)
    study = Study(config, space)
    with _only_one(study):
        study.prepare(definition)
        runs.connect()
        parent = _parent(study, config, space)
        _say_what_begins(study, launcher)
        with _shown(config, space):
            while left := study.trials(TrialState.WAITING, TrialState.RUNNING):
                for trial in study.release():
                    tqdm.write(f"trial {trial.number} was interrupted: it runs again")
                if study.trials(TrialState.WAITING):
                    _launch(hydras, task, config.sweep.workers)
                else:  # workers of an earlier start, which nobody stopped
                    host, process = left[0].user_attrs["worker"]
                    tqdm.write(f"waiting for trial {left[0].number}, which process {process} on {host} trains")
                    time.sleep(10 * _LOOK_SECONDS)
        _log_results(study, parent)
    best = study.best()
    if best is None:
        print("no trial was completed: every one was pruned")
        return
    print(f"best      trial {best.number}: {_figures(config.sweep, best)}   {spaces.short(space, best.params)}")
    print(f"plots     in MLflow's run {config.sweep.study}: digits ui {config.sweep.study}")
    print(f"next      digits sweep {shlex.join(overrides)} --best   writes it as {_experiment(config.sweep)}")


def _check_workers(sweep: schema.Sweep, launcher: str) -> None:
    if launcher == "basic" and sweep.workers > 1:
        raise DigitsError(
            f"sweep.workers={sweep.workers}, but hydra/launcher=basic runs one after another: "
            "choose hydra/launcher=joblib, ray_cluster or slurm"
        )


def _threads(config: Config, task: Sequence[str], launcher: str, settings: Any) -> list[str]:
    """The override that gives each worker its share of this machine's processors, where they all run here and nobody
    said otherwise."""
    here = launcher in ("basic", "joblib") or (launcher.startswith("ray") and settings.ray.init.get("address") is None)
    if not here or any(override.startswith("trainer.threads=") for override in task):
        return []
    share = max(1, (os.cpu_count() or 1) // config.sweep.workers)
    return [f"trainer.threads={share}"] if share < config.trainer.threads else []


@contextmanager
def _only_one(study: Study) -> Iterator[None]:
    """No other process on this machine conducts this study meanwhile."""
    path = Path("artifacts") / "sweeps" / f"{study.sweep.study}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise DigitsError(
            f"study {study.sweep.study} is being run by another `digits sweep` on this machine ({path}): wait for it, "
            "stop it, or give it more workers"
        ) from None
    with lock:
        yield


def _definition(config: Config, space: Space, digests: Mapping[str, str]) -> dict[str, Any]:
    """What must stay the same over the life of a study, or its trials could not be compared; flat."""
    recipe = {key: value for key, value in train.recipe(config).items() if key != "trainer"}
    sweep = config.sweep
    parts = {
        "sweep": {name: getattr(sweep, name) for name in ("objectives", "checks")}
        | {"sampler": vars(sweep.sampler), "pruner": vars(sweep.pruner)}
        | {"space": {name: {k: v for k, v in vars(one).items() if v} for name, one in space.items()}},
        "data": {name: digest[:12] for name, digest in digests.items()},
    }
    return flatten(recipe | parts)


def _parent(study: Study, config: Config, space: Space) -> str:
    """The id of the study's own MLflow run, under which its trials are; made if there is none."""
    import mlflow

    begun = study.optuna.user_attrs.get("run_id")
    if begun and runs.exists(begun):
        mlflow.MlflowClient().update_run(begun, "RUNNING")
        return str(begun)
    tags = {"sweep.study": config.sweep.study} | runs.code_version()
    with mlflow.start_run(run_name=config.sweep.study, tags=tags) as run:
        mlflow.log_params(
            {
                "sampler": config.sweep.sampler.name,
                "pruner": config.sweep.pruner.name,
                "objectives": ", ".join(config.sweep.objectives),
                "seed": config.seed,
            }
        )
        mlflow.log_params({f"space.{name}": _as_text(one) for name, one in space.items()})
    mlflow.MlflowClient().update_run(run.info.run_id, "RUNNING")
    study.optuna.set_user_attr("run_id", run.info.run_id)
    return str(run.info.run_id)


def _as_text(dimension: schema.Dimension) -> str:
    where = "".join(f", {name}={value} only" for name, value in dimension.when.items())
    if dimension.choices is not None:
        return f"{', '.join(map(str, dimension.choices))}{where}"
    scale = " log" if dimension.log else f" step {dimension.step:g}" if dimension.step else ""
    return f"{dimension.low:g} to {dimension.high:g}{scale}{where}"


def _launch(hydras: Sequence[str], task: Sequence[str], workers: int) -> None:
    """Starts the workers through the launcher that Hydra's overrides choose; returns when all have ended."""
    where = f"+hydra.job.env_set.MLFLOW_TRACKING_URI='{tracking_uri()}'"  # on other machines too
    with initialize_config_dir(str(CONF.resolve()), "sweep", version_base="1.3"):
        config = hydra.compose("config", [*hydras, *task, where], return_hydra_config=True)
        context = HydraContext(GlobalHydra.instance().config_loader(), Callbacks())
    launcher = Plugins.instance().instantiate_launcher(hydra_context=context, task_function=work, config=config)
    try:
        for job in launcher.launch([[*task]] * workers, initial_job_idx=0):
            _ = job.return_value  # raises what the worker raised
    finally:
        if "ray" in sys.modules:
            sys.modules["ray"].shutdown()


def _say_what_begins(study: Study, launcher: str) -> None:
    sweep, done = study.sweep, len(study.trials(*FINISHED))
    print(
        f"study     {sweep.study}: {len(study.trials())} trials, {len(study.space)} dimensions, "
        f"{sweep.sampler.name}, pruner {sweep.pruner.name}, workers {sweep.workers} ({launcher})"
    )
    if done:
        print(f"going on  {done} trials are finished already")
    sys.stdout.flush()


@contextmanager
def _shown(config: Config, space: Space) -> Iterator[None]:
    """Meanwhile prints a line for every trial that ends, and on a terminal keeps a bar below."""
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(Study(config, space), over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(study: Study, over: threading.Event) -> None:
    seen = {trial.number for trial in study.trials(*FINISHED)}
    total, start, before = len(study.trials()), time.monotonic(), len(seen)
    with tqdm(total=total, initial=before, unit="trial", disable=None, bar_format="{bar:20} {postfix}") as bar:
        ended = False
        while not ended:
            ended = over.wait(_LOOK_SECONDS)
            finished = study.trials(*FINISHED)
            new = [trial for trial in finished if trial.number not in seen]
            pace = (time.monotonic() - start) / max(1, len(finished) - before)
            left = timedelta(seconds=round(pace * (total - len(finished)))) if len(finished) > before else "unknown"
            pruned = sum(trial.state == TrialState.PRUNED for trial in finished)
            best = study.best()
            standing = (
                f"{len(finished)}/{total} done, {pruned} pruned   "
                + (f"best {_figures(study.sweep, best)} (trial {best.number})   " if best else "")
                + f"left {left}"
            )
            bar.set_postfix_str(standing, refresh=False)
            bar.update(len(new))
            bar.refresh()
            for trial in new:
                seen.add(trial.number)
                tqdm.write(f"{_ending(study, trial)}   {spaces.short(study.space, trial.params)}\n          {standing}")
                sys.stdout.flush()


def _ending(study: Study, trial: FrozenTrial) -> str:
    seconds = trial.duration.total_seconds() if trial.duration else 0
    if trial.state == TrialState.PRUNED:
        step = trial.last_step or 0
        error = trial.intermediate_values.get(step, float("nan"))
        return f"trial {trial.number:3}  pruned at check {step}, error {error:.2%}   {seconds:.0f} s"
    return f"trial {trial.number:3}  {_figures(study.sweep, trial)}   {seconds:.0f} s"


def _figures(sweep: schema.Sweep, trial: FrozenTrial) -> str:
    shown = {"error": "{:.2%}", "nll": "{:.4f}", "multiply_adds": "{:,.0f}"}
    return "  ".join(
        f"{name} {shown[name].format(value)}" for name, value in zip(sweep.objectives, trial.values, strict=True)
    )


def _log_results(study: Study, parent: str) -> None:
    """Logs the study's pictures, its interactive page and its figures to its run, and ends that."""
    import mlflow

    objectives = study.sweep.objectives
    with tempfile.TemporaryDirectory() as folder:
        for name, figure in plots.figures(study.optuna, objectives).items():
            save(figure, Path(folder) / f"{name}.png")
        (Path(folder) / "study.html").write_text(plots.page(study.optuna, objectives))
        with mlflow.start_run(run_id=parent):
            mlflow.log_artifacts(folder, "study")
            mlflow.log_metrics(dict(plots.summary(study.optuna, objectives)))
            best = study.best()
            if best:
                mlflow.set_tag("sweep.best", f"trial {best.number}")


def _experiment(sweep: schema.Sweep) -> Path:
    return CONF / "experiment" / f"{sweep.study}.yaml"


def _check_name(sweep: schema.Sweep) -> None:
    """A study must not bear the name of an experiment that a person wrote: its winner would write over it."""
    path = _experiment(sweep)
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
    _check_name(config.sweep)
    space = spaces.searched(config, task)
    study = Study(config, space)
    complete = {trial.number: trial for trial in study.trials(TrialState.COMPLETE)}
    winner = study.best() if number is None else complete.get(number)
    if winner is None:
        which = f"no completed trial {number}" if number is not None else "no completed trial yet"
        having = f"completed are {', '.join(map(str, sorted(complete)))}" if complete else "`digits sweep` runs it"
        raise DigitsError(f"study {config.sweep.study} in {config.sweep.storage} has {which}: {having}")
    recipe = train.recipe(compose([*task, *spaces.as_overrides(space, winner.params)]))
    text = _as_experiment(recipe, train.recipe(compose([])))
    path = _experiment(config.sweep)
    figures = winner.user_attrs["validation"]
    told = "  ".join(f"{name.split('/')[1]} {figures[name]:.4g}" for name in figures if name.startswith("validation/"))
    done = len(study.trials(*FINISHED))
    with written_whole(path) as temporary:
        temporary.write_text(
            "# @package _global_\n"
            f"{_FOUND} {shlex.join(overrides)}: study {config.sweep.study}, trial {winner.number} of {done}.\n"
            f"# On validation: {told}.\n"
            f"{text}"
        )
    print(f"wrote {path}: trial {winner.number}, {_figures(config.sweep, winner)}")
    print(
        f"next      dvc exp run -S 'conf/pipeline.yaml:experiment={config.sweep.study}', or name it there and dvc repro"
    )
    return path


def _as_experiment(recipe: dict[str, Any], default: dict[str, Any]) -> str:
    """YAML of what a recipe has other than the default one; the machine's part left out."""
    groups = [name for name in CHOICES if name in recipe and recipe[name]["name"] != default[name]["name"]]
    changed: dict[str, Any] = {}
    for part, values in recipe.items():
        if part == "trainer":
            continue
        if not isinstance(values, dict):
            if values != default[part]:
                changed[part] = values
            continue
        same = {} if part in groups else default[part]
        different = {key: value for key, value in values.items() if key not in same or same[key] != value}
        if part in groups:
            different.pop("name")
        if different:
            changed[part] = different
    heads = {"defaults": [{f"override /{group}": recipe[group]["name"]} for group in groups]} if groups else {}
    return OmegaConf.to_yaml(OmegaConf.create(heads | changed)) if heads or changed else ""
