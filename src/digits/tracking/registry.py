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
from collections.abc import Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Details:
    """What the registry knows about a version."""

    number: str
    champion: bool
    created: float
    """Seconds since 1970."""
    run_id: str
    run_name: str
    tags: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    """Of its run: `mnist.accuracy`, `pen.errors`, …"""


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
    rows = _ask_sqlite(path, query, (SHA_TAG, MODEL, ALIAS))
    return _with_sha(rows[0][0], {SHA_TAG: rows[0][1]} if rows[0][1] else {}) if rows else None


def _ask_sqlite(path: Path, query: str, values: Sequence[Any]) -> list[Any]:
    """The rows of a query; none where MLflow has not been yet."""
    if not path.is_file():
        return []
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_ANSWER_SECONDS)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):  # MLflow has not been here yet
            return []
        raise DigitsError(f"the registry {path} is in use ({error}): try again in a moment") from error
    except sqlite3.Error as error:
        raise DigitsError(f"the registry {path} is no MLflow database ({error})") from error


def _champion_on_server(uri: str) -> Version | None:
    try:
        version = _ask_server(uri, "registered-models/alias", name=MODEL, alias=ALIAS)["model_version"]
    except urllib.error.HTTPError as error:
        if error.code in (400, 404):
            return None
        return _champion_by_client(uri)  # it may want a log-in, which MLflow's client knows
    return _with_sha(version["version"], _as_dict(version.get("tags", [])))


def _ask_server(uri: str, path: str, **query: str) -> Any:
    """The answer of MLflow's REST interface; HTTPError where it refuses."""
    address = f"{uri.rstrip('/')}/api/2.0/mlflow/{path}?{urllib.parse.urlencode(query)}"
    try:
        with urllib.request.urlopen(address, timeout=_ANSWER_SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError:
        raise
    except (OSError, ValueError) as error:
        raise DigitsError(
            f"the registry {uri} cannot be reached ({error}): start it, unset MLFLOW_TRACKING_URI, or name a model file"
        ) from error


def _as_dict(pairs: list[dict[str, Any]]) -> dict[str, Any]:
    return {pair["key"]: pair["value"] for pair in pairs}


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
            "move the alias back in `digits ui`, or name a model file"
        )
    return Version(str(number), tags[SHA_TAG])


def versions() -> list[Details]:
    """All registered versions, the newest first; none where nothing is registered.

    Raises:
        DigitsError: the registry cannot be reached; says what helps.
    """
    uri = registry_uri()
    if uri.startswith("sqlite:///"):
        found = _versions_in_sqlite(Path(uri.removeprefix("sqlite:///")))
    elif uri.startswith(("http://", "https://")):
        found = _versions_on_server(uri)
    else:
        found = _versions_by_client(uri)
    return sorted(found, key=lambda details: -int(details.number))


def find_version(number: str) -> Version:
    """The registered version of this number.

    Raises:
        DigitsError: there is none, it was not registered by `dvc repro`, or the registry cannot be reached.
    """
    for details in versions():
        if details.number == number:
            return _with_sha(number, details.tags)
    raise DigitsError(f"{MODEL} version {number} is not registered in {registry_uri()}: `digits ui` shows which are")


def _versions_in_sqlite(path: Path) -> list[Details]:
    query = """
        SELECT version.version, version.creation_time, version.run_id, runs.name, alias.version IS NOT NULL
        FROM model_versions AS version LEFT JOIN runs ON runs.run_uuid = version.run_id
        LEFT JOIN registered_model_aliases AS alias
            ON alias.name = version.name AND alias.version = version.version AND alias.alias = ?
        WHERE version.name = ? AND version.current_stage != 'Deleted_Internal'"""
    tags = "SELECT version, key, value FROM model_version_tags WHERE name = ?"
    metrics = """
        SELECT version.version, metric.key, metric.value FROM latest_metrics AS metric
        JOIN model_versions AS version ON version.run_id = metric.run_uuid WHERE version.name = ?"""
    tags_of, metrics_of = _ask_sqlite(path, tags, (MODEL,)), _ask_sqlite(path, metrics, (MODEL,))
    return [
        Details(
            number=str(number),
            champion=bool(is_champion),
            created=created / 1000,
            run_id=run_id or "",
            run_name=run_name or "",
            tags={key: value for version, key, value in tags_of if version == number},
            metrics={key: value for version, key, value in metrics_of if version == number},
        )
        for number, created, run_id, run_name, is_champion in _ask_sqlite(path, query, (ALIAS, MODEL))
    ]


def _versions_on_server(uri: str) -> list[Details]:
    try:
        found = _ask_server(uri, "model-versions/search", filter=f"name='{MODEL}'").get("model_versions", [])
        runs = {
            version["run_id"]: _ask_server(uri, "runs/get", run_id=version["run_id"])["run"]
            for version in found
            if version.get("run_id")
        }
    except urllib.error.HTTPError:
        return _versions_by_client(uri)  # it may want a log-in, which MLflow's client knows
    present = find_champion()
    return [
        Details(
            number=str(version["version"]),
            champion=present is not None and present.number == str(version["version"]),
            created=int(version["creation_timestamp"]) / 1000,
            run_id=version.get("run_id", ""),
            run_name=runs[version["run_id"]]["info"]["run_name"] if version.get("run_id") else "",
            tags=_as_dict(version.get("tags", [])),
            metrics=_as_dict(runs[version["run_id"]]["data"].get("metrics", [])) if version.get("run_id") else {},
        )
        for version in found
    ]


def _versions_by_client(uri: str) -> list[Details]:
    import mlflow
    from mlflow.exceptions import MlflowException

    try:
        client = mlflow.MlflowClient(tracking_uri(), uri)
        present = find_champion()
        found = client.search_model_versions(f"name = '{MODEL}'")
        runs = {version.run_id: client.get_run(version.run_id) for version in found if version.run_id}
    except MlflowException as error:
        raise DigitsError(f"the registry {uri} cannot be used ({error})") from error
    return [
        Details(
            number=str(version.version),
            champion=present is not None and present.number == str(version.version),
            created=version.creation_timestamp / 1000,
            run_id=version.run_id or "",
            run_name=runs[version.run_id].info.run_name or "" if version.run_id else "",
            tags=dict(version.tags),
            metrics=dict(runs[version.run_id].data.metrics) if version.run_id else {},
        )
        for version in found
    ]


def fetch(version: Version) -> Path:
    """The version's ONNX file on this machine: fetched once, then kept under its number and content.

    Raises:
        DigitsError: it cannot be fetched, or what comes is not what was registered.
    """
    kept = user_cache_path("digits") / "models" / f"v{version.number}-{version.sha256[:16]}.onnx"
    if kept.is_file() and sha256(kept) == version.sha256:
        return kept
    fetched = _beside_sqlite(version) or download(f"models:/{MODEL}/{version.number}")
    if sha256(fetched) != version.sha256:
        raise DigitsError(f"{MODEL} version {version.number} is not the file that was registered: register it again")
    try:
        with written_whole(kept) as path:
            shutil.copyfile(fetched, path)
    except OSError:  # a cache that cannot be written only costs time
        return fetched
    return kept


def _beside_sqlite(version: Version) -> Path | None:
    """The version's file where the registry's SQLite says it lies, if that is a folder of this machine: taken from
    there without importing mlflow, which takes longer than everything else. None if it is not to be had so."""
    uri = registry_uri()
    if not uri.startswith("sqlite:///"):
        return None
    query = """
        SELECT model.artifact_location FROM model_versions AS version JOIN logged_models AS model
            ON version.source IN ('models:/' || model.model_id, 'runs:/' || model.source_run_id || '/' || model.name)
        WHERE version.name = ? AND version.version = ?
        UNION SELECT storage_location FROM model_versions WHERE name = ? AND version = ?"""
    rows = _ask_sqlite(Path(uri.removeprefix("sqlite:///")), query, (MODEL, int(version.number)) * 2)
    for (location,) in rows:
        parsed = urllib.parse.urlparse(location or "")
        folder = urllib.request.url2pathname(parsed.path) if parsed.scheme == "file" else location
        file = Path(folder or "") / "model.onnx"
        # Anything else than the registered content is the client's to explain.
        if parsed.scheme in ("file", "") and file.is_file() and sha256(file) == version.sha256:
            return file
    return None


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
