"""The model registry as readers see it: who is champion, and its file on this machine.

Nothing heavy is imported before a file has to be fetched: importing mlflow alone takes longer than
`digits read` may take as a whole.
"""

import json
import os
import shutil
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from digits.errors import DigitsError
from digits.files import sha256, written_whole
from digits.tracking.store import ALIAS, MODEL, SHA_TAG, tracking_uri

_ANSWER_SECONDS = 5
"""How long a registry server may take to name its champion."""


@dataclass(frozen=True)
class Version:
    """A registered model version."""

    number: str
    sha256: str
    """Of its ONNX file."""


def registry_uri() -> str:
    """MLFLOW_REGISTRY_URI, or where runs are tracked."""
    return os.environ.get("MLFLOW_REGISTRY_URI") or tracking_uri()


def champion() -> Version:
    """The version that bears the alias `champion` now.

    Raises:
        DigitsError: there is none, or the registry cannot be reached; says what helps.
    """
    found = find_champion()
    if found is None:
        raise DigitsError(f"no champion is registered in {registry_uri()} yet: `make repro` trains and registers one")
    return found


def find_champion() -> Version | None:
    """The version that bears the alias `champion` now, or None.

    Raises:
        DigitsError: the registry cannot be reached; says what helps.
    """
    uri = registry_uri()
    if uri.startswith("sqlite:///"):
        return _champion_in_sqlite(Path(uri.removeprefix("sqlite:///")))
    if uri.startswith(("http://", "https://")):
        return _champion_on_server(uri)
    return _champion_by_client(uri)


def _champion_in_sqlite(path: Path) -> Version | None:
    """Asks MLflow's own tables: its client takes over a second to import."""
    query = """
        SELECT alias.version, tag.value FROM registered_model_aliases AS alias
        LEFT JOIN model_version_tags AS tag ON tag.name = alias.name AND tag.version = alias.version AND tag.key = ?
        WHERE alias.name = ? AND alias.alias = ?"""
    if not path.is_file():
        return None
    try:
        with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_ANSWER_SECONDS) as connection:
            row = connection.execute(query, (SHA_TAG, MODEL, ALIAS)).fetchone()
        connection.close()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):  # MLflow has not been here yet
            return None
        raise DigitsError(f"the registry {path} is in use ({error}): try again in a moment") from error
    except sqlite3.Error as error:
        raise DigitsError(f"the registry {path} is no MLflow database ({error})") from error
    return _with_sha(row[0], {SHA_TAG: row[1]} if row[1] else {}) if row else None


def _champion_on_server(uri: str) -> Version | None:
    query = urllib.parse.urlencode({"name": MODEL, "alias": ALIAS})
    try:
        address = f"{uri.rstrip('/')}/api/2.0/mlflow/registered-models/alias?{query}"
        with urllib.request.urlopen(address, timeout=_ANSWER_SECONDS) as answer:
            version = json.load(answer)["model_version"]
    except urllib.error.HTTPError as error:
        if error.code in (400, 404):
            return None
        return _champion_by_client(uri)  # it may want a log-in, which MLflow's client knows
    except (OSError, ValueError, KeyError) as error:
        raise DigitsError(
            f"the registry {uri} cannot be reached ({error}): start it, unset MLFLOW_TRACKING_URI, or name a model file"
        ) from error
    return _with_sha(version["version"], {tag["key"]: tag["value"] for tag in version.get("tags", [])})


def _champion_by_client(uri: str) -> Version | None:
    import mlflow
    from mlflow.exceptions import MlflowException

    try:
        version = mlflow.MlflowClient(tracking_uri(), uri).get_model_version_by_alias(MODEL, ALIAS)
    except MlflowException as error:
        if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            return None
        raise DigitsError(f"the registry {uri} cannot be used ({error})") from error
    return _with_sha(version.version, version.tags)


def _with_sha(number: Any, tags: dict[str, str]) -> Version:
    if SHA_TAG not in tags:
        raise DigitsError(
            f"{MODEL} version {number} is champion but bears no tag {SHA_TAG}: it was not registered by `dvc repro`; "
            "move the alias back in `mlflow ui`, or name a model file"
        )
    return Version(str(number), tags[SHA_TAG])


def fetch(version: Version) -> Path:
    """The version's ONNX file on this machine: fetched once, then kept under its number and content.

    Raises:
        DigitsError: it cannot be fetched, or what comes is not what was registered.
    """
    kept = user_cache_path("digits") / "models" / f"v{version.number}-{version.sha256[:16]}.onnx"
    if kept.is_file() and sha256(kept) == version.sha256:
        return kept
    fetched = download(f"models:/{MODEL}/{version.number}")
    if sha256(fetched) != version.sha256:
        raise DigitsError(f"{MODEL} version {version.number} is not the file that was registered: register it again")
    try:
        with written_whole(kept) as path:
            shutil.copyfile(fetched, path)
    except OSError:  # a cache that cannot be written only costs time
        return fetched
    return kept


def download(uri: str) -> Path:
    """The ONNX file of any MLflow model URI, fetched anew.

    Raises:
        DigitsError: there is no such model, or it cannot be reached; names it.
    """
    import mlflow
    from mlflow.exceptions import MlflowException

    mlflow.set_tracking_uri(tracking_uri())
    mlflow.set_registry_uri(registry_uri())
    try:
        folder = Path(mlflow.artifacts.download_artifacts(uri))
    except (MlflowException, OSError) as error:
        raise DigitsError(f"{uri} cannot be fetched from {registry_uri()} ({error})") from error
    found = sorted(folder.rglob("model.onnx"))  # some URIs come with a folder of their own
    if len(found) != 1:
        raise DigitsError(f"{uri} holds no model.onnx: it is no model of this project")
    return found[0]
