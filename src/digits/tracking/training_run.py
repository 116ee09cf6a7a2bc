"""The MLflow run of a training: begun or gone on with, and ended. The train stages and a sweep share it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from digits.config import flatten
from digits.files import written_whole
from digits.paths import SETS
from digits.tracking import diary, runs, store
from digits.tracking.diary import Diary


@contextmanager
def tracked(
    folder: Path,
    name: str,
    recipe: Mapping[str, Any],
    purposes: Mapping[str, str],
    tags: Mapping[str, str],
    begun: str | None = None,
) -> Iterator[Diary]:
    """The diary of a training's run, which begins here and ends with the block.

    It is the run that `folder` remembers from before an interruption, else `begun`, else a new one.

    Args:
        folder: of the training's checkpoints.
        name: of a new run.
        recipe: logged as parameters.
        purposes: data set -> what it is for.
        tags: what computes, and what the run belongs to.
        begun: the id of a run that was begun for this training.

    Raises:
        DigitsError: MLflow cannot be told that the run begins.
    """
    import mlflow

    diary.hand_over()
    remembered = folder / "run_id"
    with store.usable(store.tracking_uri()):
        run_id = remembered.read_text() if remembered.exists() else None
        if run_id is None or not runs.may_go_on(run_id):
            with mlflow.start_run(run_id=begun, run_name=name, tags=dict(tags)) as run:
                mlflow.log_params(flatten(recipe))
                mlflow.set_tags(runs.code_version())
                runs.log_datasets(SETS, purposes)
                run_id = str(run.info.run_id)
            with written_whole(remembered) as path:
                path.write_text(run_id)
        mlflow.MlflowClient().update_run(run_id, "RUNNING")
    noted = Diary(run_id)
    try:
        yield noted
    except BaseException:
        noted.end("FAILED")
        raise
    noted.end()
