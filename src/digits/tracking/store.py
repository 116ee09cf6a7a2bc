"""Where MLflow keeps runs and models. Imports nothing heavy: the window and `digits read` ask here."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from digits.errors import DigitsError, needs
from digits.paths import ROOT, STORE
from digits.tracking.moved import follow

EXPERIMENT = "digits"
MODEL = "digits"
ALIAS = "champion"

ARTIFACTS = "mlartifacts"
"""Folder beside a store in SQLite that holds its artifacts, and nobody else's."""

SHA_TAG = "onnx.sha256"
"""Tag of runs and of model versions: the content of the ONNX file, which joins DVC and MLflow."""

CARD_TAG = "card"
"""Tag of model versions: the MLflow URI of the model card's page."""

_PORTS = {"postgresql": 5432, "mysql": 3306}
"""Of databases whose address names none."""

_ANSWER_SECONDS = 5
"""How long a server may take to answer."""

_SETTINGS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
"""How often MLflow asks a server again, and how many seconds it waits for it, where nobody says otherwise: by itself it
goes on for eight minutes. And no bars of files that are copied in a moment."""

_RESERVED = "%?#&"
"""What means something in the addresses that MLflow makes of paths."""


def tracking_uri() -> str:
    """MLFLOW_TRACKING_URI, or mlflow.db in the repository's root.

    Raises:
        DigitsError: the path of the store's folder is none that MLflow can keep in an address.
    """
    uri = with_driver(os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{STORE}")
    folder = artifacts(uri)
    if folder and (wrong := [sign for sign in _RESERVED if sign in str(folder)]):
        raise DigitsError(
            f"MLflow cannot keep its store in {folder.parent}, for the {wrong[0]} in it: rename the folder, "
            "or name another store in MLFLOW_TRACKING_URI"
        )
    return uri


def with_driver(uri: str) -> str:
    """A database's address with the driver that the extra `cluster` brings; SQLAlchemy would take psycopg by itself."""
    return re.sub("^postgresql://", "postgresql+psycopg2://", uri)


def shown(uri: str) -> str:
    """A store's address as it may be printed: without its password."""
    return re.sub(r"(?<=://)([^/@:]*):[^/@]*@", r"\1:***@", uri)


def registry_uri() -> str:
    """MLFLOW_REGISTRY_URI, or where runs are tracked."""
    return with_driver(os.environ.get("MLFLOW_REGISTRY_URI") or tracking_uri())


def sqlite_file(uri: str) -> Path | None:
    """The file of a store in SQLite; None for any other store."""
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:///") else None


def is_missing(uri: str) -> bool:
    """Whether the store is a file that is not there yet, or holds nothing."""
    file = sqlite_file(uri)
    return file is not None and not (file.is_file() and file.stat().st_size)


def artifacts(uri: str) -> Path | None:
    """Where a store in SQLite keeps the files of runs and models; None for any other store."""
    file = sqlite_file(uri)
    return file.absolute().parent / ARTIFACTS if file else None


def is_server(uri: str) -> bool:
    """Whether the store is behind an MLflow server."""
    return uri.startswith(("http://", "https://"))


def answer(uri: str, path: str) -> tuple[int, str]:
    """Status and body of what a server says to GET; a refusal is an answer too.

    Raises:
        DigitsError: it cannot be reached. MLflow's client would try for minutes before it says so.
    """
    import base64
    import urllib.error
    import urllib.parse
    import urllib.request

    try:
        request = urllib.request.Request(f"{_without_login(uri).rstrip('/')}/{path}")
        if login := urllib.parse.urlsplit(uri).netloc.rpartition("@")[0]:
            plain = urllib.parse.unquote(login)
            request.add_header("Authorization", f"Basic {base64.b64encode(plain.encode()).decode()}")
        with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        if error.code < 500:
            return error.code, error.read().decode()
        reason: Exception = error
    except (OSError, ValueError) as error:
        reason = error
    raise _unreachable("MLflow server", uri, reason) from reason


def _knock(uri: str) -> None:
    """Asks whether somebody listens where a database is to be; MLflow's client would try for two minutes.

    Raises:
        DigitsError: nobody does.
    """
    import socket
    import urllib.parse

    try:
        place = urllib.parse.urlsplit(uri)
        if place.hostname and (port := place.port or _PORTS.get(place.scheme.partition("+")[0])):
            socket.create_connection((place.hostname, port), _ANSWER_SECONDS).close()
    except (OSError, ValueError) as error:
        raise _unreachable("database", uri, error) from error


def _unreachable(what: str, uri: str, reason: Exception) -> DigitsError:
    return DigitsError(
        f"the {what} {shown(uri)} cannot be reached ({reason}): start it, or unset MLFLOW_TRACKING_URI "
        "to use mlflow.db here"
    )


def _without_login(uri: str) -> str:
    return re.sub(r"(?<=://)[^/@]*@", "", uri)


def client() -> Any:
    """An MlflowClient of runs and registry; `mlflow.…` uses the same stores. Tables that a SQLite file lacks are made.

    Raises:
        DigitsError: a store cannot be reached or used; says which, and how to choose another.
    """
    tracking, registry = tracking_uri(), registry_uri()
    for uri in {tracking, registry}:
        if is_server(uri):
            answer(uri, "health")
        else:
            _knock(uri)

    with needs("train"):
        import mlflow
    from filelock import FileLock

    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    mlflow.set_tracking_uri(tracking)
    file = sqlite_file(tracking)
    # Processes that meet no file at once would race on its tables. Where nobody may write, nobody does.
    alone = FileLock(f"{file}.lock") if file and os.access(file.parent, os.W_OK) else nullcontext()
    with usable(tracking), alone:
        if file and not (file.exists() and file.stat().st_size):
            # Whoever is killed while the tables are made leaves none, rather than some that no MLflow can complete.
            unfinished = file.with_name(f"{file.name}.unfinished")
            for path in (unfinished, unfinished.with_name(f"{unfinished.name}-journal")):
                path.unlink(missing_ok=True)
            mlflow.MlflowClient(f"sqlite:///{unfinished}")
            unfinished.replace(file)
        if file == STORE and (before := follow(file, ROOT / ARTIFACTS, EXPERIMENT)):
            print(f"this checkout was moved: MLflow finds its artifacts here now, not in {before}", file=sys.stderr)
        return mlflow.MlflowClient(tracking, registry)


@contextmanager
def usable(uri: str) -> Iterator[None]:
    """Says in one line why MLflow cannot use a store.

    Raises:
        DigitsError: in the place of what MLflow, its database or the disk raises inside the block.
    """
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except ModuleNotFoundError as error:
        raise DigitsError(
            f"the MLflow store {shown(uri)} needs {error.name}, which is not installed: pip install 'digits[cluster]' "
            "brings PostgreSQL's driver"
        ) from error
    except (MlflowException, SQLAlchemyError, OSError, ValueError) as error:  # the last, of a damaged file
        reason = shown(str(error).splitlines()[0])
        raise DigitsError(
            f"the MLflow store {shown(uri)} cannot be used ({reason}): try again in a moment if another program holds "
            "it, or name another one in MLFLOW_TRACKING_URI"
        ) from error


def find_run(client: Any, run_id: str | None) -> Any | None:
    """The run of this id; None where there is none, or the tracking store has lost it.

    Raises:
        DigitsError: the store cannot be used.
    """
    from mlflow.exceptions import MlflowException

    with usable(tracking_uri()):
        try:
            return client.get_run(run_id) if run_id else None
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return None
            raise
