"""`digits sweep`: a hyperparameter search over the composed configuration, tracked in MLflow, that survives any end.

This process prepares the storages, starts workers through Hydra's launcher, shows how far they are, and draws the
result; the trials themselves run in digits.sweep.worker. Started again, it goes on where the study stands.
"""

import os
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hydra
import numpy as np
from filelock import FileLock, Timeout
from hydra import initialize_config_dir
from hydra._internal.callbacks import Callbacks
from hydra.core.global_hydra import GlobalHydra
from hydra.core.plugins import Plugins
from hydra.types import HydraContext
from optuna.trial import TrialState
from tqdm import tqdm

from digits.charts import study as plots
from digits.charts.style import save
from digits.config import Config, compose, composed, flatten
from digits.config.schema import Choice, Dimension, Sweep
from digits.errors import DigitsError
from digits.paths import CONF
from digits.sweep import space as spaces
from digits.sweep.best import check_name, experiment_file
from digits.sweep.progress import LOOK_SECONDS, figures, shown
from digits.sweep.space import Space
from digits.sweep.study import FINISHED, Study
from digits.sweep.worker import work
from digits.tracking import runs
from digits.tracking.store import tracking_uri
from digits.training.recipe import recipe
from digits.training.session import Session


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
    check_name(config.sweep)
    task += _threads(config, task, launcher, everything.hydra.launcher)
    space = spaces.searched(config, task)
    spaces.prove(space, task)
    study = Study(config, space)
    definition = _definition(config, space, Session(config).digests)
    with _only_one(study):
        study.prepare(definition)
        runs.connect()
        parent = _parent(study, config, space)
        _say_what_begins(study, launcher)
        with shown(config, space):
            while left := study.trials(TrialState.WAITING, TrialState.RUNNING):
                for trial in study.release():
                    tqdm.write(f"trial {trial.number} was interrupted: it runs again")
                if study.trials(TrialState.WAITING):
                    _launch(hydras, task, config.sweep.workers)
                else:  # workers of an earlier start, which nobody stopped
                    host, process = left[0].user_attrs.get("worker") or ("?", "?")
                    tqdm.write(f"waiting for trial {left[0].number}, which process {process} on {host} trains")
                    time.sleep(10 * LOOK_SECONDS)
        _log_results(study, parent)
    best = study.best()
    if best is None:
        print("no trial was completed: every one was pruned")
        return
    print(f"best      trial {best.number}: {figures(config.sweep, best)}   {spaces.short(space, best.params)}")
    print(f"plots     in MLflow's run {config.sweep.study}: digits ui {config.sweep.study}")
    print(f"next      digits sweep {shlex.join(overrides)} --best   writes it as {experiment_file(config.sweep)}")


def _check_workers(sweep: Sweep, launcher: str) -> None:
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
    learnt = {key: value for key, value in recipe(config).items() if key != "trainer"}
    sweep = config.sweep
    parts = {
        "sweep": {name: getattr(sweep, name) for name in ("objectives", "checks")}
        | {"sampler": _settings(sweep.sampler), "pruner": _settings(sweep.pruner)}
        | {"space": {name: {k: v for k, v in vars(one).items() if v} for name, one in space.items()}},
        "data": {name: digest[:12] for name, digest in digests.items()},
    }
    return flatten(learnt | parts)


def _settings(choice: Choice) -> dict[str, Any]:
    return {key: value for key, value in choice.items() if key != "_target_"}


def _parent(study: Study, config: Config, space: Space) -> str:
    """The id of the study's own MLflow run, under which its trials are; made if there is none."""
    import mlflow

    begun = study.optuna.user_attrs.get("run_id")
    if begun and runs.may_go_on(begun):
        mlflow.MlflowClient().update_run(begun, "RUNNING")
        return str(begun)
    tags = {"sweep.study": config.sweep.study} | runs.code_version()
    with mlflow.start_run(run_name=config.sweep.study, tags=tags) as run:
        mlflow.log_params(
            {
                "sampler": config.sweep.sampler["name"],
                "pruner": config.sweep.pruner["name"],
                "objectives": ", ".join(config.sweep.objectives),
                "seed": config.seed,
            }
        )
        mlflow.log_params({f"space.{name}": _as_text(one) for name, one in space.items()})
    mlflow.MlflowClient().update_run(run.info.run_id, "RUNNING")
    study.optuna.set_user_attr("run_id", run.info.run_id)
    return str(run.info.run_id)


def _as_text(dimension: Dimension) -> str:
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
        f"{sweep.sampler['name']}, pruner {sweep.pruner['name']}, workers {sweep.workers} ({launcher})"
    )
    if done:
        print(f"going on  {done} trials are finished already")
    sys.stdout.flush()


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
            mlflow.log_metrics(_summary(study))
            best = study.best()
            if best:
                mlflow.set_tag("sweep.best", f"trial {best.number}")


def _summary(study: Study) -> dict[str, float]:
    """What the study's own run shows as metrics: how many trials ended how, and the least of each objective."""
    complete = study.trials(TrialState.COMPLETE)
    found = {"sweep/complete": len(complete), "sweep/pruned": len(study.trials(TrialState.PRUNED))}
    least = np.min([trial.values for trial in complete], axis=0) if complete else ()
    return found | {f"sweep/best_{name}": value for name, value in zip(study.sweep.objectives, least, strict=False)}
