"""The package as people install it: alone in an environment, away from the checkout."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

ROOT = Path(__file__).parent.parent
HEAVY = ("torch", "pytorch_lightning", "mlflow", "dvc", "hydra", "scipy", "matplotlib", "optuna")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those of an environment that holds the wheel and what it asks for, in the locked versions."""
    folder = tmp_path_factory.mktemp("installed")

    def make(program: str, *arguments: str | Path) -> None:
        subprocess.run([sys.executable, "-m", program, "--quiet", *arguments], check=True)

    make("pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    make("uv", "venv", "--python", sys.executable, folder / "venv")
    locked = ROOT / "requirements.lock"
    make("uv", "--system-certs", "pip", "install", "--python", folder / "venv", "--constraint", locked, wheel)
    return folder / "venv" / "bin"


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    """A written 7 in a folder far from the checkout."""
    picture = Image.new("L", (80, 120), 255)
    ImageDraw.Draw(picture).line([(15, 15), (65, 15), (35, 105)], fill=0, width=9, joint="curve")
    picture.save(tmp_path / "seven.png")
    return tmp_path / "seven.png"


def environment(folder: Path) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "MLFLOW_"))}
    return inherited | {"XDG_CACHE_HOME": str(folder / "cache"), "XDG_CONFIG_HOME": str(folder / "config")}


def run(folder: Path, *command: str | Path, status: int = 0) -> str:
    ended = subprocess.run(
        command, cwd=folder, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert ended.returncode == status, ended.stdout
    return ended.stdout


def test_it_reads_with_a_model_file(programs: Path, seven: Path, model: Path) -> None:
    line = run(seven.parent, programs / "digits", "read", seven, "--model", model, "--json")
    assert json.loads(line)["text"] == "7"


def test_it_is_light_and_takes_no_name_but_its_own(programs: Path, tmp_path: Path) -> None:
    script = (
        "import digits.reader, json; from importlib.util import find_spec; from importlib.metadata import files; "
        f"heavy = [name for name in {HEAVY} if find_spec(name)]; "
        "print(json.dumps([heavy, [file.parts[0] for file in files('digits')]]))"
    )
    heavy, names = json.loads(run(tmp_path, programs / "python", "-c", script))
    assert heavy == []
    assert {name for name in names if ".dist-info" not in name} == {"digits", ".."}  # the last leads to bin/digits


def test_what_it_lacks_is_named_with_what_brings_it(programs: Path, seven: Path) -> None:
    for command, extra in (("compare", "train"), ("card", "train"), ("clean", "train"), ("sweep", "sweep")):
        said = run(seven.parent, programs / "digits", command, status=1)
        assert f"is not installed: pip install 'digits[{extra}]'" in said
    assert "name a model file" in run(seven.parent, programs / "digits", "read", seven, status=1)
    assert run(seven.parent, programs / "digits", "status").startswith("reached   nothing evaluated yet")


def test_it_opens_the_window(programs: Path, seven: Path, model: Path, display: str) -> None:
    screen = environment(seven.parent) | {"DISPLAY": display}
    command = [str(programs / "digits"), "gui", str(seven), "--model", str(model)]
    window = subprocess.Popen(command, cwd=seven.parent, env=screen, stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 60
        search = ["xdotool", "search", "--onlyvisible", "--name", "^7 .* Digits$"]
        while subprocess.run(search, env=screen, capture_output=True).returncode:
            assert window.poll() is None, window.communicate()[1]
            assert time.monotonic() < end
            time.sleep(0.1)
    finally:
        window.kill()
