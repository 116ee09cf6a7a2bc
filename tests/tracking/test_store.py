"""Addresses of stores: what MLflow cannot keep is refused, a login is used, and no password is ever printed."""

import base64
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from digits.errors import DigitsError
from digits.tracking import store

LOGIN, SECRET = "ann", "s3cret@home"
ADDRESS = "ann:s3cret%40home@127.0.0.1"


class _Asks(BaseHTTPRequestHandler):
    """Says OK to whoever logs in."""

    def do_GET(self) -> None:
        known = base64.b64encode(f"{LOGIN}:{SECRET}".encode()).decode()
        self.send_response(200 if self.headers["Authorization"] == f"Basic {known}" else 401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Asks) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


def test_a_login_in_the_address_is_sent(port: int) -> None:
    assert store.answer(f"http://{ADDRESS}:{port}", "health")[0] == 200
    assert store.answer(f"http://127.0.0.1:{port}", "health")[0] == 401


def test_no_password_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://{ADDRESS}:9")
    for arguments in (["status"], ["card"], ["ui"], ["read", "none.png"]):
        command = [sys.executable, "-m", "digits.cli", *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        said = done.stdout + done.stderr
        assert "http://ann:***@127.0.0.1:9 cannot be reached" in said
        assert "s3cret" not in said
        assert "Traceback" not in said


CONNECTS = "from digits.tracking import store; store.client().search_experiments(); print('connected')"


def test_who_is_killed_while_a_file_gets_its_tables_leaves_none(tmp_path: Path) -> None:
    file = tmp_path / "runs.db"
    environment = os.environ | {"MLFLOW_TRACKING_URI": f"sqlite:///{file}"}
    unfinished = file.with_name("runs.db.unfinished")
    first = subprocess.Popen([sys.executable, "-c", CONNECTS], env=environment, cwd=tmp_path)
    while not (unfinished.exists() and unfinished.stat().st_size):
        assert first.poll() is None
    first.kill()
    first.wait()
    assert not file.exists()
    command = [sys.executable, "-c", CONNECTS]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "connected\n", done.stderr
    assert file.is_file()
    assert not unfinished.exists()


LIGHT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("psycopg2", "psycopg"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from digits.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("command", ["status", "ui"])
def test_a_database_whose_driver_is_missing_is_named_in_one_line(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"postgresql://ann:s3cret@{place}/mlflow")
        done = subprocess.run([sys.executable, "-c", LIGHT, command], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        f"error: the MLflow store postgresql+psycopg2://ann:***@{place}/mlflow needs psycopg2, which is not "
        "installed: pip install 'digits[cluster]' brings PostgreSQL's driver\n"
    )


def test_a_database_that_is_not_there_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://ann:s3cret@127.0.0.1:9/mlflow")
    monkeypatch.setitem(sys.modules, "mlflow", None)  # whose client would try for two minutes
    with pytest.raises(
        DigitsError, match=r"database .*://ann:\*\*\*@127.0.0.1:9/mlflow cannot be reached .*: start it"
    ):
        store.client()


@pytest.mark.parametrize("name", ["50% done", "a#b", "what?", "you & me"])
def test_a_folder_that_no_address_can_hold_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "STORE", tmp_path / name / "mlflow.db")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(DigitsError, match="rename the folder"):
        store.tracking_uri()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////tmp/elsewhere.db")
    assert store.tracking_uri() == "sqlite:////tmp/elsewhere.db"
