"""A checkout that was moved, renamed or copied: MLflow keeps absolute paths of artifacts in its store, and has no means
to change them. They follow here, in tables that are MLflow's own; a test moves a checkout under the pinned MLflow.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

PATHS = {
    "experiments": "artifact_location",
    "runs": "artifact_uri",
    "logged_models": "artifact_location",
    "model_versions": "storage_location",
}
"""Table -> the column that holds where artifacts lie."""


def follow(file: Path, artifacts: Path, experiment: str) -> str | None:
    """Has a store's paths begin with the folder in which its artifacts lie now.

    Args:
        file: of the store, in SQLite.
        artifacts: the folder, absolute.
        experiment: whose artifacts lie in it.

    Returns:
        where they lay before; None where nothing had to be changed.
    """
    if not file.is_file() or not artifacts.is_dir():
        return None
    now = artifacts.as_uri()
    with closing(sqlite3.connect(file, timeout=60)) as database, database:
        known = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not known >= PATHS.keys():  # a new store
            return None
        found = database.execute("SELECT artifact_location FROM experiments WHERE name = ?", (experiment,)).fetchone()
        before = found[0] if found else now
        if before == now or not before.startswith("file:") or not before.endswith(f"/{artifacts.name}"):
            return None
        for table, column in PATHS.items():
            begins = f"{column} = ? OR substr({column}, 1, ?) = ?"
            database.execute(
                f"UPDATE {table} SET {column} = ? || substr({column}, ?) WHERE {begins}",
                (now, len(before) + 1, before, len(before) + 1, f"{before}/"),
            )
    return str(before)
