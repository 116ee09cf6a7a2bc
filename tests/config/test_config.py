"""conf/: what is misspelt or of the wrong type is named before any work starts; DVC watches what a stage reads."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

ROOT = Path(__file__).parent.parent

ECHO = "from digits.config import stage\n@stage\ndef main(config): print(config)\nmain()\n"


def compose(folder: Path, *overrides: str) -> tuple[int, str]:
    """Exit status and output of a stage that only prints its configuration."""
    done = subprocess.run([sys.executable, "-c", ECHO, *overrides], cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("train.epoch=3", ["train.epoch", "Did you mean train.epochs?"]),
        ("model.widht=3", ["model.widht", "Did you mean model.width?"]),
        ("train.epochs=three", ["train.epochs", "'three'", "Integer"]),
        ("train.epochs=0", ["train.epochs=0 is out of range"]),
        ("model=residul", ["model/residul", "lenet", "residual", "tutorial"]),
    ],
)
def test_a_wrong_override_is_named_with_the_nearest_right_one(override: str, said: list[str]) -> None:
    status, output = compose(ROOT, override)
    assert status == 1
    assert "Traceback" not in output
    for part in said:
        assert part in output


def test_a_misspelt_key_in_a_file_is_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    file = tmp_path / "conf" / "optimizer" / "adamw.yaml"
    file.write_text(file.read_text().replace("weight_decay", "weight_decai"))
    status, output = compose(tmp_path)
    assert status == 1
    assert "Did you mean optimizer.weight_decay?" in output


@pytest.mark.parametrize("experiment", sorted(file.stem for file in (ROOT / "conf" / "experiment").glob("*.yaml")))
def test_every_experiment_composes(experiment: str) -> None:
    status, output = compose(ROOT, f"experiment={experiment}")
    assert status == 0, output


def test_a_grid_composes_every_combination() -> None:
    status, output = compose(ROOT, "-m", "model.width=16,24", "seed=1,2")
    assert status == 0
    assert output.count("Config(seed=") == 4


def test_dvc_watches_every_file_of_the_groups_a_stage_reads() -> None:
    groups = {
        "download": ["download"],
        "preprocess": ["preprocess"],
        "train": ["mix", "model", "optimizer", "schedule", "augmentation", "train", "trainer"],
        "evaluate": ["evaluate"],
        "register": ["register"],
    }
    pipeline: Any = OmegaConf.to_container(OmegaConf.load(ROOT / "dvc.yaml"), resolve=False)
    stages = pipeline["stages"]
    assert set(stages) == set(groups)
    for stage, names in groups.items():
        watched = {next(iter(entry)) for entry in stages[stage]["params"]}
        files = {str(file.relative_to(ROOT)) for name in names for file in (ROOT / "conf" / name).glob("*.yaml")}
        assert files <= watched, stage
    assert "conf/experiment/${experiment}.yaml" in {next(iter(entry)) for entry in stages["train"]["params"]}
