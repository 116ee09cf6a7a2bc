"""Models that runs log: how one gets into MLflow, so that MLflow can serve it, and which is a run's."""

import shutil
import warnings
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from digits.tracking.store import SHA_TAG

_PACKAGE = Path(__file__).parents[1]

_SERVED = _PACKAGE / "serving" / "served.py"
"""What MLflow runs to have the model."""

_CARRIED = ("__init__.py", "errors.py", "ink", "reading", "serving")
"""What of the package a model brings along: all that reading needs, and nothing that needs this repository."""

_LEFT_OUT = ("__pycache__", _SERVED.name, "explain.py", "fitting.py", "parallel.py")
"""What of that it does without; MLflow itself adds `_SERVED`."""

_NEEDS = ("numpy", "onnxruntime", "opencv-python-headless", "pillow", "pypdfium2")
"""The packages that this code needs besides MLflow."""


def log_model(path: Path, sha: str) -> None:
    """Logs the ONNX file to the active run as the model "model", with all that MLflow needs to serve it.

    Not again where the run has logged it, and was killed after that; half a model of then is removed.
    """
    import mlflow
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    client, active = mlflow.MlflowClient(), mlflow.active_run()
    assert active
    run = client.get_run(active.info.run_id)
    if run.data.tags.get(SHA_TAG) == sha and model_id(client, run):
        return
    _forget_models(client, run)
    with TemporaryDirectory(prefix="digits-") as name, warnings.catch_warnings():
        # With one, MLflow would load what it has just made and read the example with it, in this process.
        warnings.filterwarnings("ignore", ".*input example was not provided")
        folder = Path(name)
        shutil.copy(path, folder / "model.onnx")
        mlflow.pyfunc.log_model(
            name="model",
            python_model=str(_SERVED),
            artifacts={"model": str(folder / "model.onnx")},
            code_paths=[str(_code(folder))],
            signature=ModelSignature(Schema([ColSpec("string", "image")])),
            pip_requirements=[_pinned(package) for package in _NEEDS],
        )
    mlflow.set_tag(SHA_TAG, sha)


def _code(folder: Path) -> Path:
    """A package `digits` in this folder that only reads."""
    package = folder / _PACKAGE.name
    package.mkdir()
    for name in _CARRIED:
        if (_PACKAGE / name).is_dir():
            shutil.copytree(_PACKAGE / name, package / name, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        else:
            shutil.copy(_PACKAGE / name, package)
    return package


def _pinned(package: str) -> str:
    """The package as it is installed; in any version where another one stands in for it, as `onnxruntime-gpu` may."""
    try:
        return f"{package}=={version(package)}"
    except PackageNotFoundError:
        return package


def _forget_models(client: Any, run: Any) -> None:
    """Removes what a run has logged of models, their files too, which MLflow itself would only mark as deleted."""
    from mlflow.exceptions import MlflowException
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    for model in client.search_logged_models([run.info.experiment_id], f"source_run_id = '{run.info.run_id}'"):
        with suppress(MlflowException, OSError):
            get_artifact_repository(model.artifact_location).delete_artifacts()
        with suppress(MlflowException):
            client.delete_logged_model(model.model_id)


def model_id(client: Any, run: Any) -> str | None:
    """Of the model that a run logged; of several, where it was killed and went on, of the newest whole one."""
    from mlflow.entities.logged_model_status import LoggedModelStatus
    from mlflow.exceptions import MlflowException

    found = []
    for output in run.outputs.model_outputs if run.outputs else []:
        with suppress(MlflowException):  # one that was removed
            found.append(client.get_logged_model(output.model_id))
    whole = [model for model in found if model.status == LoggedModelStatus.READY]
    return str(max(whole, key=lambda model: model.creation_timestamp).model_id) if whole else None
