"""The model registry as readers see it: who is champion, and its file on this machine.

MLflow's client is the only way to the registry, and importing it takes longer than `digits read` may take as a whole.
Its last answer is therefore kept in the user's cache, together with the state in which the store was found: while that
is the same, so is the answer. Any change of the store, whoever made it, has the client asked anew.
"""

import hashlib
import json
import os
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from digits.errors import DigitsError
from digits.files import sha256, written_whole
from digits.paths import MODEL as PIPELINE_MODEL
from digits.paths import ROOT
from digits.tracking import store
from digits.tracking.store import ALIAS, MODEL, SHA_TAG


@dataclass(frozen=True)
class Version:
    """What the registry knows about a version of the model."""

    number: str
    champion: bool
    created: float
    """Seconds since 1970."""
    run_id: str
    run_name: str
    tags: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    """Of its run: `mnist.accuracy`, `pen.errors`, …"""

    @property
    def sha256(self) -> str:
        """Of its ONNX file.

        Raises:
            DigitsError: it was not registered by the pipeline, which notes it.
        """
        if SHA_TAG not in self.tags:
            raise DigitsError(
                f"{MODEL} version {self.number} bears no tag {SHA_TAG}: it was not registered by `dvc repro`; "
                "move the alias back in `digits ui` if it is champion, or name a model file"
            )
        return self.tags[SHA_TAG]


def champion() -> Version:
    """The version that bears the alias `champion` now.

    Raises:
        DigitsError: there is none, or the registry cannot be reached; says what helps.
    """
    found = find_champion()
    if found is None:
        raise DigitsError(
            f"no champion is registered in {store.shown(store.registry_uri())} yet: `make repro` trains and registers "
            "one, or name a model file"
        )
    return found


def find_champion() -> Version | None:
    """The version that bears the alias `champion` now, or None.

    Raises:
        DigitsError: the registry cannot be reached; says what helps.
    """
    return next((version for version in _known() if version.champion), None)


def versions() -> list[Version]:
    """All registered versions, the newest first; none where nothing is registered.

    Raises:
        DigitsError: the registry cannot be reached; says what helps.
    """
    # What a server says of its champion does not tell whether anything else has changed.
    return _ask() if store.is_server(store.registry_uri()) else _known()


def find_version(number: str) -> Version:
    """The registered version of this number.

    Raises:
        DigitsError: there is none, or the registry cannot be reached.
    """
    for version in versions():
        if version.number == number:
            return version
    raise DigitsError(
        f"{MODEL} version {number} is not registered in {store.shown(store.registry_uri())}: `digits ui` shows which "
        "are"
    )


def keep() -> None:
    """Keeps the answer for the next reader: a process that has imported MLflow gets it in a moment."""
    with suppress(DigitsError):
        find_champion()


def _known() -> list[Version]:
    """What the client said last, if the stores are as they were then; else what it says now."""
    if store.is_missing(store.registry_uri()):
        return []  # and none is made by asking
    state = {uri: _state(uri) for uri in (store.tracking_uri(), store.registry_uri())}
    key = hashlib.sha256(json.dumps(list(state)).encode()).hexdigest()[:16]
    kept = user_cache_path("digits") / "registry" / f"{key}.json"
    with suppress(OSError, ValueError, TypeError, KeyError):  # not there, or of another version of this program
        content = json.loads(kept.read_text(encoding="utf-8"))
        if content["state"] == state and all(state.values()):
            return [Version(**version) for version in content["versions"]]
    found = _ask()
    with suppress(OSError), written_whole(kept) as path:  # a cache that cannot be written only costs time
        content = {"state": state, "versions": [asdict(version) for version in found]}
        path.write_text(json.dumps(content), encoding="utf-8")
    return found


def _state(uri: str) -> list[Any]:
    """What cannot stay the same when the champion, or anything else in a file, changes; empty if nothing tells."""
    if file := store.sqlite_file(uri):
        # Not opened: to close it would drop the locks that SQLite holds on it elsewhere in this process.
        found = [part.stat() for part in (file, Path(f"{file}-wal")) if part.is_file()]
        return [[part.st_size, part.st_mtime_ns] for part in found]
    if store.is_server(uri):
        # Documented: https://mlflow.org/docs/latest/api_reference/rest-api.html#get-model-version-by-alias
        status, body = store.answer(uri, f"api/2.0/mlflow/registered-models/alias?name={MODEL}&alias={ALIAS}")
        return [status, body] if status in (200, 400, 404) else []  # a log-in it wants is the client's business
    return []


def _ask() -> list[Version]:
    """What MLflow's client says of all versions, the newest first."""
    mlflow = store.client()
    with store.usable(store.registry_uri()):
        found = mlflow.search_model_versions(f"name = '{MODEL}'")
        aliases = mlflow.get_registered_model(MODEL).aliases if found else {}
    runs = {version.run_id: store.find_run(mlflow, version.run_id) for version in found}
    made = [
        Version(
            number=str(version.version),
            champion=str(aliases.get(ALIAS)) == str(version.version),
            created=version.creation_timestamp / 1000,
            run_id=version.run_id or "",
            run_name=run.info.run_name if (run := runs[version.run_id]) else "",
            tags=dict(version.tags),
            metrics=dict(run.data.metrics) if run else {},
        )
        for version in found
    ]
    return sorted(made, key=lambda version: -int(version.number))


def fetch(version: Version) -> Path:
    """The version's ONNX file on this machine: fetched once, then kept under its number and content.

    Raises:
        DigitsError: it cannot be fetched, or what comes is not what was registered.
    """
    kept = kept_file(version)
    if kept.is_file() and sha256(kept) == version.sha256:
        with suppress(OSError):  # `digits clean` asks when it was last read
            os.utime(kept, ns=(time.time_ns(), kept.stat().st_mtime_ns))
        return kept
    fetched = ROOT / PIPELINE_MODEL  # which needs no MLflow, and outlives its artifacts
    if not fetched.is_file() or sha256(fetched) != version.sha256:
        fetched = download(f"models:/{MODEL}/{version.number}")
        if sha256(fetched) != version.sha256:
            raise DigitsError(
                f"{MODEL} version {version.number} is not the file that was registered: register it again"
            )
    try:
        with written_whole(kept) as path:
            shutil.copyfile(fetched, path)
    except OSError:  # a cache that cannot be written only costs time
        return fetched
    return kept


def kept_file(version: Version) -> Path:
    """Where in the user's cache `fetch` keeps the version's file."""
    return user_cache_path("digits") / "models" / f"v{version.number}-{version.sha256[:16]}.onnx"


def kept_files() -> list[Path]:
    """All files that `fetch` has kept, of this store and of others, broken ones too."""
    return sorted((user_cache_path("digits") / "models").glob("*.onnx"))


def download(uri: str) -> Path:
    """The ONNX file of any MLflow model URI, fetched anew.

    Raises:
        DigitsError: there is no such model, or it cannot be reached; names it.
    """
    store.client()
    import mlflow
    from mlflow.exceptions import MlflowException

    try:
        folder = Path(mlflow.artifacts.download_artifacts(uri))
    except (MlflowException, OSError) as error:
        where = store.shown(store.registry_uri())
        raise DigitsError(f"{uri} cannot be fetched from {where} ({store.shown(str(error))})") from error
    found = sorted(folder.rglob("model.onnx"))  # some URIs come with a folder of their own
    if len(found) != 1:
        raise DigitsError(f"{uri} holds no model.onnx: it is no model of this project")
    return found[0]
