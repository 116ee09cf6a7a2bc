"""conf/: what is misspelt, of the wrong type or out of range is named before any work starts."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from digits.config import compose, stage
from digits.config.choices import build
from digits.errors import DigitsError
from digits.paths import ROOT

ECHO = "from digits.config import stage\n@stage\ndef main(config): print(config)\nmain()\n"


def echoed(*overrides: str) -> tuple[int, str]:
    """Exit status and output of a stage that only prints its configuration."""
    done = subprocess.run([sys.executable, "-c", ECHO, *overrides], cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def own_conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of conf/, which is composed in its place."""
    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "conf"


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ("train.epoch=3", ["train.epoch", "Did you mean train.epochs?"]),
        ("model.widht=3", ["model.widht", "Did you mean model.width?"]),
        ("experiment=quick model=lenet", ["model=lenet has no key model.width"]),
        ("train.epochs=three", ["train.epochs", "'three'", "Integer"]),
        ("model.width=three", ["model.width=three is wrong: it must be a valid integer"]),
        ("train.epochs=0", ["train.epochs=0 is out of range: it must be greater than or equal to 1"]),
        ("model.margin=11", ["model.margin=11 is out of range: it must be less than or equal to 10"]),
        ("optimizer=sgd optimizer.lr=0", ["optimizer.lr=0 is out of range: it must be greater than 0"]),
        ("train.views=[[0,0],[5,0]]", ["train.views.1.0=5 is out of range"]),
        ("trainer.precision=16", ["trainer.precision=16 must be one of auto, 32-true"]),
        ("+train.epoch=3", ["train has no key epoch", "Did you mean epochs?"]),
        ("++train.epochz=3", ["train has no key epochz", "Did you mean epochs?"]),
        ("+sed=3", ["conf/ has no key sed", "Did you mean seed?"]),
        ("+model.widht=3", ["model=residual has no key model.widht"]),
        ("sweep.study=a(b", ["quoted twice", """"sweep.study='a(b'\""""]),
        ("model=residul", ["model/residul", "lenet", "residual", "tutorial"]),
        (f"model={'x' * 5000}", ["File name too long", "xxx …"]),
    ],
)
def test_a_wrong_override_is_named_with_what_would_be_right(own_conf: Path, overrides: str, said: list[str]) -> None:
    with pytest.raises(DigitsError) as error:
        compose(overrides.split())
    assert all(part in str(error.value) for part in said), error.value


def test_a_misspelt_key_in_a_file_is_named(own_conf: Path) -> None:
    for file, key in (("optimizer/adamw", "weight_decay"), ("train/default", "epochs")):
        path = own_conf / f"{file}.yaml"
        right = path.read_text()
        path.write_text(right.replace(f"{key}:", f"{key}x:"))
        with pytest.raises(DigitsError, match=f"Did you mean {file.split('/')[0]}.{key}?"):
            compose([])
        path.write_text(right)


def test_a_stage_ends_with_the_message_alone_and_imports_no_network_for_it() -> None:
    status, output = echoed("model.widht=3")
    assert status == 1
    assert "Did you mean model.width?" in output
    assert "Traceback" not in output
    done = subprocess.run(
        [sys.executable, "-c", ECHO.replace("print(config)", "import sys; print('torch' in sys.modules)")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "False\n"


def test_a_job_of_a_grid_that_fails_is_named_and_the_others_run() -> None:
    status, output = echoed("-m", "train.epochs=1,0,2")
    assert status == 1
    assert output.count("Config(") == 2
    assert "1 of the grid's jobs failed, all others ran:" in output
    assert "job 1 (train.epochs=0): train.epochs=0 is out of range" in output.splitlines()[-1]


def test_a_grid_composes_every_combination() -> None:
    status, output = echoed("-m", "model.width=16,24", "seed=1,2")
    assert status == 0
    assert output.count("Config(seed=") == 4


@pytest.mark.parametrize("experiment", sorted(file.stem for file in (ROOT / "conf" / "experiment").glob("*.yaml")))
def test_every_experiment_composes(own_conf: Path, experiment: str) -> None:
    compose([f"experiment={experiment}"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"seed: [1", ["train/default.yaml", "line 1"]),
        (b"epochs: 1\nepochs: 2\n", ["train/default.yaml", "duplicate key epochs"]),
        (b"epochs: \xff", ["train/default.yaml is no text in UTF-8", "restore it with git"]),
        (b"epochs: ${nowhere}", ["'nowhere' not found"]),
        (b"# @package a b: c", ["@package a b: c"]),
        (b"defaults: [null]", ["Unsupported type in defaults"]),
    ],
)
def test_a_broken_file_is_named(own_conf: Path, content: bytes, said: list[str]) -> None:
    (own_conf / "train" / "default.yaml").write_bytes(content)
    with pytest.raises(DigitsError) as error:
        compose([])
    assert all(part in str(error.value) for part in said), error.value


def test_a_new_network_is_one_class_and_one_file(own_conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a class whose signature says what its knobs are, and a file that names it
    (own_conf.parent / "mine.py").write_text(
        "from torch import nn\nfrom digits.config.ranges import Count\n\n"
        "class Flat(nn.Sequential):\n"
        "    def __init__(self, hidden: Count, bias: bool = True) -> None:\n"
        "        super().__init__(nn.Flatten(), nn.Linear(784, hidden, bias), nn.Linear(hidden, 10, bias))\n"
    )
    (own_conf / "model" / "flat.yaml").write_text("_target_: mine.Flat\nname: flat\nhidden: 32\n")
    monkeypatch.syspath_prepend(str(own_conf.parent))
    # then it is built as conf/ and overrides say, and its knobs are checked like any other
    assert build(compose(["model=flat", "model.hidden=16"]).model)[1].out_features == 16
    for override, said in (("hidden=0", "model.hidden=0 is out of range"), ("hiden=4", "Did you mean model.hidden?")):
        with pytest.raises(DigitsError, match=said):
            compose(["model=flat", f"model.{override}"])


@pytest.mark.parametrize(
    "target", ["null", "os.system", "mlflow.set_tag", "digits.tracking.store.os.system", "mine.system"]
)
def test_a_file_of_conf_calls_nothing_but_what_is_made_for_it(
    own_conf: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_conf.parent / "mine.py").write_text("from os import system\n")
    monkeypatch.syspath_prepend(str(own_conf.parent))
    (own_conf / "model" / "strange.yaml").write_text(f"_target_: {target}\nname: strange\ncommand: touch ran\n")
    with pytest.raises(DigitsError, match=f"_target_={target.replace('null', 'None')}"):
        build(compose(["model=strange"]).model)
    assert not (own_conf.parent / "ran").exists()


@pytest.mark.parametrize(
    "called",
    [
        "callbacks: {strange: {_target_: os.mkdir, path: ran}}",
        "callbacks: ${oc.create:{strange:{_target_:os.mkdir,path:ran}}}",
        "job_logging: {handlers: {strange: {(): os.mkdir, path: ran}}}",
        "job_logging: {handlers: {strange: {class: os.mkdir, path: ran}}}",
        "hydra_logging: {formatters: '${oc.create:{strange:{class:os.mkdir,path:ran}}}'}",
    ],
)
def test_a_strangers_experiment_has_hydra_call_nothing(
    own_conf: Path, called: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_conf / "experiment" / "strange.yaml").write_text(f"# @package _global_\nhydra:\n  {called}\n")
    monkeypatch.setattr(sys, "argv", ["train", "experiment=strange", f"hydra.run.dir={own_conf.parent}"])
    with pytest.raises(SystemExit, match=f"hydra.{called.partition(':')[0]}.*has Hydra call"):
        stage(lambda _config: None)()
    assert not (own_conf.parent / "ran").exists()
