"""The MLflow run of a training: begun or gone on with, and told every epoch. The train stage and a sweep share it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from digits.config import flatten
from digits.files import written_whole
from digits.paths import SETS
from digits.tracking import runs


@contextmanager
def tracked(
    folder: Path,
    name: str,
    recipe: Mapping[str, Any],
    purposes: Mapping[str, str],
    tags: Mapping[str, str],
    begun: str | None = None,
) -> Iterator[str]:
    """The id of a training's run, which is the active one meanwhile.

    It is the run that `folder` remembers from before an interruption, else `begun`, else a new one.

    Args:
        folder: of the training's checkpoints.
        name: of a new run.
        recipe: logged as parameters.
        purposes: data set -> what it is for.
        tags: what computes, and what the run belongs to.
        begun: the id of a run that was begun for this training.
    """
    import mlflow

    remembered = folder / "run_id"
    interrupted = remembered.read_text() if remembered.exists() else None
    if interrupted and runs.exists(interrupted):
        with mlflow.start_run(run_id=interrupted):
            yield interrupted
        return
    with mlflow.start_run(run_id=begun, run_name=name, tags=dict(tags)) as run:
        mlflow.log_params(flatten(recipe))
        mlflow.set_tags(runs.code_version())
        runs.log_datasets(SETS, purposes)
        with written_whole(remembered) as path:
            path.write_text(run.info.run_id)
        yield run.info.run_id


def log_epoch(epoch: int, row: Mapping[str, float], speed: Mapping[str, float]) -> None:
    """Logs an epoch, counted from 0, to the active run."""
    import mlflow

    mlflow.log_metrics({**row, **speed}, step=epoch + 1)
