"""The champion as `mlflow models serve` has it: the real server, asked over the network as people ask it."""

import ast
import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from PIL import Image, ImageDraw

from digits import cli
from digits.tracking.server import mlflow_answers, running

REGISTER = """
import sys
from pathlib import Path
import mlflow
from digits.files import sha256
from digits.tracking import logged, registering, runs
from digits.tracking.store import ALIAS, MODEL

runs.ROOT = Path.cwd()  # where artifacts go
client, file = runs.connect(), Path(sys.argv[1])
with mlflow.start_run() as run:
    logged.log_model(file, sha256(file))
version = registering.add_version(client, client.get_run(run.info.run_id), sha256(file), None, None)
client.set_registered_model_alias(MODEL, ALIAS, version)
"""

SERVE = ("mlflow", "models", "serve", "--model-uri", "models:/digits@champion", "--env-manager", "local")

Ask = Callable[[dict[str, Any]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """A folder with a store in which the model is champion, and nothing else."""
    folder = tmp_path_factory.mktemp("registered")
    own = {"MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db", "XDG_CACHE_HOME": str(folder / "cache")}
    subprocess.run([sys.executable, "-c", REGISTER, str(model)], cwd=folder, env=os.environ | own, check=True)
    return folder


@pytest.fixture(scope="module")
def ask(registered: Path, free_port: Callable[[], int]) -> Iterator[Ask]:
    """Sends a request to the champion's server and gives its predictions."""
    address = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", *SERVE, "--port", address.rpartition(":")[2]]
    theirs = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "MLFLOW_"))}
    theirs["PATH"] = f"{Path(sys.executable).parent}:{theirs['PATH']}"
    theirs |= {"MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONDONTWRITEBYTECODE": "1"}

    def send(request: dict[str, Any]) -> list[dict[str, Any]]:
        content = json.dumps(request).encode()
        with urlopen(Request(f"{address}/invocations", content, {"Content-Type": "application/json"})) as answer:
            return list(json.load(answer)["predictions"])

    log = registered / "server.log"
    with running("the model", command, lambda: mlflow_answers(address), log, cwd=registered, env=theirs):
        yield send


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """A digit, a number, a TIFF of two pages, and a PNG that was cut short."""
    page = Image.new("L", (200, 120), 255)
    draw = ImageDraw.Draw(page)
    draw.line([(15, 15), (65, 15), (35, 105)], fill=0, width=9, joint="curve")
    page.crop((0, 0, 80, 120)).resize((28, 28)).save(tmp_path / "digit.png")
    draw.line([(110, 15), (110, 105)], fill=0, width=9)
    page.save(tmp_path / "number.jpg")
    page.save(tmp_path / "pages.tiff", save_all=True, append_images=[page])
    (tmp_path / "cut.png").write_bytes((tmp_path / "digit.png").read_bytes()[:-40])
    return [tmp_path / name for name in ("digit.png", "number.jpg", "pages.tiff", "cut.png")]


def in_base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()


def top_modules(file: Path) -> Iterator[str]:
    """What a file imports, by the first part of the name."""
    for node in ast.walk(ast.parse(file.read_text())):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        yield from (name.partition(".")[0] for name in names)


def test_it_answers_what_digits_read_prints(
    ask: Ask, pictures: list[Path], model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["read", "--json", "--model", str(model), *map(str, pictures)])
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    printed = [each for each in printed if each.get("page", 1) == 1]
    for each in printed:
        name = each.pop("path")
        each |= {"error": each["error"].replace(name, "the picture")} if "error" in each else {}
    assert [each.get("text") for each in printed][::3] == ["7", None]

    assert ask({"inputs": [in_base64(file) for file in pictures]}) == printed


def test_what_is_no_picture_is_told_in_its_place_and_the_others_are_read(ask: Ask, pictures: list[Path]) -> None:
    digit = in_base64(pictures[0])
    wrapped = "\n".join(digit[start : start + 76] for start in range(0, len(digit), 76))  # as `base64` prints it
    no_base64, words, empty, *read = ask(
        {"inputs": ["seven.png", "7777", "", digit, wrapped, f"data:image/png;base64,{digit}"]}
    )
    assert "not base64" in no_base64["error"]
    assert words == {"error": "the picture: not a picture that can be read; save it as PNG or JPEG"}
    assert "an empty file" in empty["error"]
    assert [each["text"] for each in read] == ["7"] * 3


def test_it_takes_tables_as_mlflow_has_them(ask: Ask, pictures: list[Path]) -> None:
    digit = in_base64(pictures[0])
    (read,) = ask({"dataframe_split": {"columns": ["image"], "data": [[digit]]}})
    *same, none = ask({"dataframe_records": [{"image": digit}, {"image": digit, "of": "page 3"}, {"image": None}]})
    assert [read["text"], *same] == ["7", read, read]
    assert "expected base64 in a string" in none["error"]


def test_a_model_is_all_that_it_needs(registered: Path) -> None:
    (folder,) = (registered / "mlartifacts" / "models").glob("*/artifacts")
    assert [file.name for file in folder.rglob("*") if file.suffix in {".onnx", ".pkl", ".pyc"}] == ["model.onnx"]

    # and names the packages that its code imports; MLflow brings pandas
    installed = {line.partition("==")[0] for line in (folder / "requirements.txt").read_text().splitlines()}
    assert "torch" not in installed
    given = sys.stdlib_module_names | {"digits", "pandas", "pillow_heif"}  # the last opens HEIC where it is installed
    given |= {name for name, brought in packages_distributions().items() if installed & {*map(str.lower, brought)}}
    imported = {name for file in folder.rglob("*.py") for name in top_modules(file)}
    assert imported - given == set()
