"""The page network: what is asked of it, the file that it becomes, and that an interrupted training ends the same."""

import os
import signal
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from clone import Clone
from torch import Tensor

from digits.errors import DigitsError
from digits.files import sha256
from digits.ink.marks import CLASSES
from digits.training.model_file import amend, embedded
from digits.training.pages.export import export
from digits.training.pages.network import PageNetwork
from digits.training.pages.targets import MOST, NONE, UNASKED, UNIT, Batch, loss, seen


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("pages") / "pages.onnx"
    export(PageNetwork(8, 1, 8), {"seed": 0}, path)
    return path


def strip() -> Batch:
    """A 3, a half-seen digit and a comma."""
    boxes, classes = torch.zeros(1, MOST, 4), torch.full((1, MOST), NONE, dtype=torch.int16)
    boxes[0, :3] = torch.tensor([[20.0, 10, 38, 40], [60, 10, 70, 40], [100, 36, 105, 44]])
    classes[0, :3] = torch.tensor([3, UNASKED, CLASSES.index(",")])
    return Batch(torch.zeros(1, 64, 128, dtype=torch.uint8), torch.zeros(1, 16, 64, dtype=torch.uint8), boxes, classes)


def perfect(marks: dict[int, tuple[int, int]]) -> Tensor:
    """Outputs that see these classes, and nothing else, at rows and columns."""
    outputs = torch.full((1, 6 + len(CLASSES), 16, 64), -9.0)
    for sign, (row, column) in marks.items():
        outputs[0, 0, row, column] = outputs[0, 6 + sign, row, column] = 9.0
    return outputs


def test_a_strip_is_right_if_all_its_marks_are_found_and_nothing_else() -> None:
    three, comma, half = {3: (6, 14)}, {CLASSES.index(","): (10, 51)}, {0: (6, 32)}
    for marks, right in (
        (three | comma, True),
        (three | comma | half, True),  # it may be read or not
        (three, False),
        (comma | {8: (6, 14)}, False),
        (three | comma | {1: (6, 60)}, False),
    ):
        found, whole = seen(perfect(marks), strip())
        assert bool(whole[0]) == right
        assert found[0, 0] == (3 in marks)
        assert not found[0, 1]
    assert loss(perfect(three | comma), strip()) < loss(perfect(three), strip())


def test_the_file_gives_the_networks_maps_for_pages_of_any_size(file: Path) -> None:
    torch.manual_seed(0)
    network = PageNetwork(8, 1, 8).eval()
    session = onnxruntime.InferenceSession(file)
    for shape in ((1, 64, 224), (3, 16, 40)):
        pictures = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
        with torch.no_grad():
            own = network(torch.from_numpy(pictures))
        (maps,) = session.run(["maps"], {"pictures": pictures})
        assert maps.shape == (shape[0], 6 + len(CLASSES), shape[1] // 4, shape[2] // 2)
        assert np.abs(maps[:, :2] - own[:, :2].sigmoid().numpy()).max() < 1e-4
        assert np.abs(maps[:, 2:6] - UNIT * own[:, 2:6].numpy()).max() < 1e-3
        assert np.abs(maps[:, 6:] - own[:, 6:].softmax(1).numpy()).max() < 1e-4


def test_equal_networks_give_equal_files_that_name_no_path(file: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    export(PageNetwork(8, 1, 8), {"seed": 0}, tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == file.read_bytes()
    assert b".py" not in file.read_bytes()


def test_a_file_can_be_made_to_say_more_and_a_missing_page_network_names_the_command(
    file: Path, tmp_path: Path
) -> None:
    held = embedded(file)
    assert held["page_classes"] == CLASSES
    path = tmp_path / "model.onnx"
    path.write_bytes(file.read_bytes())
    amend(path, held | {"seed": 1})
    assert embedded(path)["page_classes"] == CLASSES
    said = onnxruntime.InferenceSession(path).get_modelmeta().custom_metadata_map
    assert said["seed"] == "1"
    assert held["page_network"] in said["page_network"]
    with pytest.raises(DigitsError, match="dvc repro pages"):
        embedded(tmp_path / "none.onnx")


@pytest.mark.long
def test_a_killed_training_ends_with_the_same_bytes(clone: Clone, tmp_path: Path) -> None:
    short = ("python", "-m", "digits.stages.pages", "experiment=default", "pages.strips=400", "pages.passes=1")
    killed = clone.start(*short, f"out={tmp_path}/killed")
    checkpoints = clone.path / "artifacts" / "checkpoints"
    clone.wait(killed, lambda: [*checkpoints.glob("*/last.ckpt")])
    os.killpg(killed.pid, signal.SIGKILL)
    assert "epoch   2/2" not in killed.communicate()[0]

    output = clone.run(*short, f"out={tmp_path}/killed")
    clone.run(*short, f"out={tmp_path}/whole")

    assert "going on from the last finished epoch" in output
    assert "epoch   1/2" not in output
    for name in ("pages.onnx", "history.csv", "config.yaml"):
        assert sha256(tmp_path / "killed" / name) == sha256(tmp_path / "whole" / name), name
