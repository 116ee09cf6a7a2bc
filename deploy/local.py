"""Starts what deploy/compose.yaml starts, without Docker: PostgreSQL, and an MLflow server on it."""

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2

from digits.errors import DigitsError
from digits.tracking.server import mlflow_answers, running

USER = "digits"
DATABASES = ("mlflow", "optuna")


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs; Debian keeps them apart, one folder a version.

    Raises:
        DigitsError: PostgreSQL is not installed; says how to install it.
    """
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    found = shutil.which(name) or (str(versions[-1]) if versions else None)
    if found is None:
        raise DigitsError(
            f"PostgreSQL's {name} is not installed: sudo apt-get install postgresql (Fedora: postgresql-server)"
        )
    return found


def owner() -> dict[str, Any]:
    """Who PostgreSQL runs as, for subprocess: whoever starts it, but root's place takes the system user postgres."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}


def _new_folder(folder: Path) -> None:
    """Makes a folder, or what was half made in it afresh, that belongs to PostgreSQL's user."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if owner():
        shutil.chown(folder, "postgres", "postgres")
        if subprocess.run(["test", "-w", folder], **owner()).returncode:
            raise DigitsError(f"the user postgres, as whom PostgreSQL runs, cannot enter {folder}: choose one in /srv")


def _initialise(folder: Path) -> None:
    """A new cluster in folder/postgresql, and in folder/password what its user USER shows. Whole or not at all."""
    part, password = folder / "postgresql.part", folder / "password"
    _new_folder(part)
    password.unlink(missing_ok=True)
    password.touch(0o600)
    if owner():
        shutil.chown(password, "postgres", "postgres")
    password.write_text(secrets.token_hex(16))
    command = [program("initdb"), f"--pgdata={part}", f"--username={USER}", f"--pwfile={password}"]
    made = subprocess.run(
        [*command, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"],
        cwd="/",
        capture_output=True,
        text=True,
        **owner(),
    )
    if made.returncode:
        raise DigitsError(f"PostgreSQL cannot keep data in {folder} ({made.stderr.strip()})")
    part.rename(folder / "postgresql")


@contextlib.contextmanager
def postgresql(folder: Path, port: int) -> Iterator[str]:
    """The URL, for SQLAlchemy and without a database's name, of a PostgreSQL on 127.0.0.1 that has DATABASES, and
    keeps them in `folder`.

    Raises:
        DigitsError: it is not installed or cannot start; says what is the matter.
    """
    folder = folder.resolve()
    if not (folder / "postgresql").is_dir():
        _initialise(folder)
    password = (folder / "password").read_text()

    def connect() -> Any:
        return psycopg2.connect(host="127.0.0.1", port=port, user=USER, password=password, dbname="postgres")

    def ready() -> bool:
        with contextlib.suppress(psycopg2.OperationalError):
            connect().close()
            return True
        return False

    command = [program("postgres"), "-D", str(folder / "postgresql"), "-h", "127.0.0.1", "-p", str(port), "-k", ""]
    log = folder / "postgresql.log"
    # SIGINT: a shutdown that does not wait for clients, yet leaves nothing to recover.
    with running("PostgreSQL", command, ready, log, signal.SIGINT, cwd="/", **owner()):
        with contextlib.closing(connect()) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute("SELECT datname FROM pg_database")
            for name in set(DATABASES) - {row[0] for row in cursor.fetchall()}:
                cursor.execute(f"CREATE DATABASE {name}")
        yield f"postgresql+psycopg2://{USER}:{password}@127.0.0.1:{port}"


@contextlib.contextmanager
def mlflow_server(folder: Path, database: str, port: int) -> Iterator[str]:
    """The URL of an MLflow server on 127.0.0.1 that keeps runs and registry in `database`, and files in `folder`.

    Raises:
        DigitsError: it cannot start; says what is the matter.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
    # By the environment: a command line, and the password in it, is everyone's to read.
    own = {
        "MLFLOW_BACKEND_STORE_URI": database,
        "MLFLOW_ARTIFACTS_DESTINATION": str(folder / "artifacts"),
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # seven processes that judge language models
    }
    log = folder / "mlflow.log"
    with running("MLflow", command, lambda: mlflow_answers(url), log, cwd="/", env=inherited | own):
        yield url


def main() -> None:
    """Runs both until Ctrl+C or SIGTERM."""
    parser = argparse.ArgumentParser(
        description=f"{__doc__} Everything is kept in FOLDER; with the same FOLDER it goes on where it stopped. "
        "Both listen on 127.0.0.1 only; deploy/README.md says how other machines reach them.",
        epilog="example: python deploy/local.py ~/digits-server",
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="where data, files and logs are kept")
    parser.add_argument("--port", type=int, default=5000, help="MLflow's (default: %(default)s)")
    parser.add_argument("--database-port", type=int, default=5433, help="PostgreSQL's (default: %(default)s)")
    arguments = parser.parse_args()

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl+C: the servers are ended in their order
    try:
        with (
            postgresql(arguments.folder, arguments.database_port) as database,
            mlflow_server(arguments.folder, f"{database}/mlflow", arguments.port) as server,
        ):
            print("running until Ctrl+C. In another terminal, in the repository:")
            print(f"    export MLFLOW_TRACKING_URI={server}")
            print(f"    export OPTUNA_STORAGE={database}/optuna", flush=True)
            while True:
                signal.pause()
    except DigitsError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        print(f"stopped; {arguments.folder} keeps everything")


if __name__ == "__main__":
    main()
