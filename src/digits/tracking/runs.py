"""MLflow runs: where they are kept, how they begin, what is logged, and how one is found again."""

import atexit
import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from digits.config import flatten
from digits.data.kinds import KINDS
from digits.errors import DigitsError
from digits.files import sha256
from digits.paths import ROOT
from digits.tracking import logged, registry, store
from digits.tracking.store import ALIAS, EXPERIMENT, MODEL, SHA_TAG, tracking_uri

EVALUATION = "evaluation"
"""Folder of a run's artifacts that holds what the evaluation made."""

_ID = re.compile("[0-9a-f]{4,32}")
"""A run's id, or enough of its beginning."""


class ExperimentDeleted(DigitsError):
    """Somebody deleted the experiment in MLflow; the message names the command that restores it."""


def connect() -> Any:
    """An MlflowClient of the tracking store, with the experiment selected and the schema in place.

    What this process changes is known without MLflow after its end: the registry's answer is kept anew.

    Raises:
        DigitsError: the store cannot be reached or opened; says which, and how to choose another.
        ExperimentDeleted: the experiment was deleted.
    """
    client, uri = store.client(), tracking_uri()
    import mlflow

    with store.usable(uri):
        if find_experiment(client) is None:
            folder = store.artifacts(uri)
            _create_experiment(client, folder.as_uri() if folder else None)
        mlflow.set_experiment(EXPERIMENT)
    atexit.register(registry.keep)
    return client


def find_experiment(client: Any) -> Any | None:
    """The experiment that holds all runs; None before the first one.

    Raises:
        ExperimentDeleted: it was deleted.
    """
    found = client.get_experiment_by_name(EXPERIMENT)
    if found and found.lifecycle_stage == "deleted":
        raise ExperimentDeleted(
            f"the experiment {EXPERIMENT} was deleted in MLflow, and its runs with it: "
            f"`mlflow experiments restore --experiment-id {found.experiment_id}` brings them back"
        )
    return found


def _create_experiment(client: Any, artifacts: str | None) -> None:
    """Creates it, or leaves it to whoever was faster; set_experiment does so too, but then does not select it."""
    from mlflow.exceptions import MlflowException

    try:
        client.create_experiment(EXPERIMENT, artifacts)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def code_version() -> dict[str, str]:
    """Tags with the git commit and whether tracked files differ from it; empty outside a repository."""
    import git

    try:
        repository = git.Repo(ROOT, search_parent_directories=False)
        return {"git.commit": repository.head.commit.hexsha, "git.dirty": str(repository.is_dirty()).lower()}
    except (git.GitError, ValueError):
        return {}


_TOLD = ("model", "model.width", "mix", "train.epochs", "seed", "out", "model_file", "experiment=default")
"""Overrides that a run's name need not repeat."""

_NAME_LENGTH = 150
"""The longest name: it is a folder's as well."""


def run_name(recipe: Mapping[str, Any], overrides: Iterable[str] = ()) -> str:
    """What a person calls a training: network, data, length, seed, and what else was asked for on the command line.
    `recipe` is train's config.yaml."""
    width = f"-w{recipe['model']['width']}" if "width" in recipe["model"] else ""
    epochs = recipe["train"]["epochs"]
    name = f"{recipe['model']['name']}{width} {recipe['mix']['name']} {epochs}ep seed{recipe['seed']}"
    further = [override for override in overrides if override not in _TOLD and override.split("=")[0] not in _TOLD]
    return " ".join([name, *further])[:_NAME_LENGTH]


def may_go_on(run_id: str) -> bool:
    """Whether the tracking store holds this run, and nobody has deleted it."""
    import mlflow

    run = store.find_run(mlflow.MlflowClient(), run_id)
    return run is not None and run.info.lifecycle_stage == "active"


def find(client: Any, sha: str) -> Any | None:
    """The newest run whose ONNX file has this SHA-256, or None."""
    return _newest(client, f"tags.`{SHA_TAG}` = '{sha}'")


def named(client: Any, name: str) -> Any:
    """The run that a person means by `name`: champion, a registered version (models:/digits/2), a run's name (the
    newest of that name), its id or the beginning of that.

    Raises:
        DigitsError: no run, or more than one, is meant; says what to do.
    """
    if name == ALIAS or name.startswith("models:/"):
        return _of_version(client, name)
    quote = '"' if "'" in name else "'"
    found = [] if quote in name else _search(client, f"attributes.run_name = {quote}{name}{quote}", limit=1)
    if not found and _ID.fullmatch(name):
        found = _search(client, f"attributes.run_id LIKE '{name}%'", limit=2)
    if not found:
        raise DigitsError(
            f"no run is called {name}: a run's name, its id or the beginning of that, champion, and models:/{MODEL}/2 "
            "name one; `digits ui` shows them"
        )
    if len(found) > 1:
        ids = ", ".join(run.info.run_id for run in found)
        raise DigitsError(f"more than one run's id begins with {name} ({ids}): give more of it")
    return found[0]


def _of_version(client: Any, name: str) -> Any:
    present = name in (ALIAS, f"models:/{MODEL}@{ALIAS}")
    version = registry.champion() if present else registry.find_version(name.removeprefix(f"models:/{MODEL}/"))
    run = store.find_run(client, version.run_id)
    if run is None:
        raise DigitsError(
            f"{MODEL} version {version.number} was made by run {version.run_id}, which "
            f"{store.shown(tracking_uri())} does not hold"
        )
    return run


def newest_other(client: Any, run: Any) -> Any | None:
    """The newest finished run whose model is another than that of `run`, or None."""
    sha = run.data.tags.get(SHA_TAG, "")
    return _newest(client, f"attributes.status = 'FINISHED' AND tags.`{SHA_TAG}` != '{sha}'")


def trained(client: Any, count: int) -> list[Any]:
    """The newest finished runs that logged a model, at most `count`; trials of a study log none."""
    return _search(client, f"attributes.status = 'FINISHED' AND tags.`{SHA_TAG}` LIKE '%'", limit=count)


def summary(run: Any) -> dict[str, str]:
    """A run as a row of a table: column -> what it says."""
    params, metrics, tags = run.data.params, run.data.metrics, run.data.tags
    accuracies = {
        name: f"{metrics[f'{name}.accuracy']:.2%} ({metrics[f'{name}.errors']:.0f} wrong)"
        if f"{name}.accuracy" in metrics
        else "not evaluated"
        for name in KINDS
    }
    return {
        "run": run.info.run_name,
        **accuracies,
        "training": f"{metrics['train_seconds']:.0f} s" if "train_seconds" in metrics else "–",
        "batch": params.get("train.batch_size", "–"),
        "lr": params.get("optimizer.lr", "–"),
        "commit": tags.get("git.commit", "–")[:7],
    }


def history(client: Any, run: Any) -> dict[str, list[float]]:
    """Metric -> its value at each epoch, for the metrics that a training logs by epoch."""
    found = {}
    for metric in run.data.metrics:
        values = sorted(client.get_metric_history(run.info.run_id, metric), key=lambda each: each.step)
        if values[0].step > 0:  # epochs count from 1; what is logged once has none
            found[metric] = [each.value for each in values]
    return found


def _search(client: Any, condition: str, limit: int) -> list[Any]:
    """The newest runs of the experiment that fulfil MLflow's condition."""
    experiment = client.get_experiment_by_name(EXPERIMENT)
    order = ["attributes.start_time DESC"]
    return list(client.search_runs([experiment.experiment_id], condition, order_by=order, max_results=limit))


def _newest(client: Any, condition: str) -> Any | None:
    found = _search(client, condition, limit=1)
    return found[0] if found else None


def model_file(run: Any) -> Path:
    """The ONNX file that a run logged, on this machine.

    Raises:
        DigitsError: the run has none, it cannot be fetched, or it is not the file that was logged.
    """
    import mlflow

    name, sha = f"{run.info.run_name} ({run.info.run_id})", run.data.tags.get(SHA_TAG)
    model = logged.model_id(mlflow.MlflowClient(), run)
    if sha is None or model is None:
        raise DigitsError(
            f"run {name} has no model (it is {run.info.status.lower()}): wait for its end, or name another run"
        )
    file = registry.download(f"models:/{model}")
    if sha256(file) != sha:
        raise DigitsError(f"the model of run {name} is not the file that was logged ({file}): train it again")
    return file


def find_tagged(client: Any, tags: Mapping[str, str]) -> str | None:
    """The id of the newest run that bears all these tags, or None."""
    run = _newest(client, " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items()))
    return str(run.info.run_id) if run else None


def restore(train: Path, sha: str) -> str:
    """The id of a new run made from a training's outputs: the tracking store was lost, the files were not."""
    import mlflow
    from omegaconf import OmegaConf

    recipe: Any = OmegaConf.to_container(OmegaConf.load(train / "config.yaml"))
    with (train / "history.csv").open(newline="") as file:
        history = [{key: float(value) for key, value in row.items() if key != "epoch"} for row in csv.DictReader(file)]
    with mlflow.start_run(run_name=run_name(recipe)) as run:
        mlflow.set_tags({"restored": "true", "pipeline": "true"})
        mlflow.log_params(flatten(recipe))
        for epoch, row in enumerate(history, 1):
            mlflow.log_metrics(row, step=epoch)
        logged.log_model(train / "model.onnx", sha)
    return str(run.info.run_id)


def log_datasets(folder: Path, names: Mapping[str, str]) -> None:
    """Logs the sets `names` (name to context) of preprocess's folder to the active run, with their SHA-256."""
    import mlflow

    from digits.data import sets

    for name, context in names.items():
        digits = sets.load(folder, name)
        dataset = mlflow.data.from_numpy(  # type: ignore[attr-defined]
            digits.images[:1], targets=digits.labels[:1], name=name, digest=sha256(folder / f"{name}.npz")[:32]
        )
        mlflow.log_input(dataset, context=context, tags={"images": str(len(digits))})


def log_evaluation(metrics: Mapping[str, Mapping[str, float]], files: Iterable[Path], folder: Path) -> None:
    """Logs an evaluation's scores and these files of its folder, which keep their places, to the active run."""
    import mlflow

    mlflow.log_metrics(
        {f"{name}.{metric}": value for name, values in metrics.items() for metric, value in values.items()}
    )
    for path in files:
        mlflow.log_artifact(str(path), (Path(EVALUATION) / path.relative_to(folder).parent).as_posix())


def evaluated(client: Any, run: Any, name: str, folder: Path) -> Path | None:
    """A file that `log_evaluation` kept with the run, fetched to `folder`; None where it did not.

    Raises:
        DigitsError: it is there and cannot be fetched.
    """
    from mlflow.exceptions import MlflowException

    run_id = run.info.run_id
    try:
        kept = [each.path for each in client.list_artifacts(run_id, EVALUATION)]
        if f"{EVALUATION}/{name}" not in kept:
            return None
        return Path(client.download_artifacts(run_id, f"{EVALUATION}/{name}", str(folder)))
    except (MlflowException, OSError) as error:
        where = store.shown(tracking_uri())
        raise DigitsError(
            f"{name} of run {run_id} cannot be fetched from {where} ({store.shown(str(error))})"
        ) from error
