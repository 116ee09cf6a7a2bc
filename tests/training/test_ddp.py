"""Several processes that train one network (gloo, on the processor) against one process alone."""

import csv
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clone import Clone

from digits.config.schema import Trainer
from digits.data import sets
from digits.errors import DigitsError
from digits.reading.reader import Reader
from digits.training.distributed import check_start

TRAIN = (
    *(
        "python",
        "-m",
        "digits.stages.train",
        "train.epochs=2",
        "mix.mnist=512",
        "mix.pen=128",
        "mix.allograph=0",
        "mix.page=0",
        "mix.outlier=0",
    ),
    # Nothing random and nothing chaotic: then only rounding can tell one process from two.
    *("augmentation=none", "optimizer.lr=0.0001", "trainer.precision=32-true", "trainer.accelerator=cpu"),
)
TWO = (*TRAIN, "trainer=ddp")
ROUNDING = 1e-4
"""What float32's may come to in a loss (in float64 every digit agrees). Batch norm over each process's own half, say,
changes them by seven times as much."""

TWO_MACHINES = (*TWO, "trainer.devices=1", "trainer.num_nodes=2")


def machine(number: int, port: int) -> dict[str, Any]:
    """What is set on one of two machines; both are this one."""
    return {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "NODE_RANK": str(number)}


def history(folder: Path) -> list[dict[str, float]]:
    with (folder / "history.csv").open(newline="") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def together(clone: Clone, tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Path:
    """What two processes have trained, each started by hand as on a machine of its own."""
    out, port = tmp_path_factory.mktemp("together"), free_port()
    second = clone.start(*TWO_MACHINES, **machine(1, port))
    clone.run(*TWO_MACHINES, f"out={out}", **machine(0, port))
    said, _ = second.communicate()
    assert second.returncode == 0, said
    return out


@pytest.mark.long
def test_two_processes_train_what_one_trains(clone: Clone, together: Path, tmp_path: Path) -> None:
    clone.run(*TRAIN, "trainer=cpu", "trainer.threads=1", f"out={tmp_path}")
    for alone, shared in zip(history(tmp_path), history(together), strict=True):
        for key in ("train/loss", "validation/mnist_nll", "validation/pen_nll"):
            assert shared[key] == pytest.approx(alone[key], rel=ROUNDING), key
        assert shared["validation/error"] == pytest.approx(alone["validation/error"], abs=0.001)
    # The moving averages of weights and of batch statistics agree as well: they are what is served.
    images = sets.load(clone.path / "artifacts" / "data", "mnist-validation").images[:500]
    one, two = (Reader(folder / "model.onnx").classify(images) for folder in (tmp_path, together))
    assert np.abs(one - two).max() < 0.002


@pytest.mark.long
def test_killed_processes_go_on_together_and_end_the_same(clone: Clone, together: Path, tmp_path: Path) -> None:
    # given two processes of which the first is killed after its first epoch
    killed = clone.start(*TWO, f"out={tmp_path}")
    checkpoints = clone.path / "artifacts" / "checkpoints"
    clone.wait(killed, lambda: list(checkpoints.glob("**/last.ckpt")))
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=60)  # ends when the second has ended too, for it holds the other end of the pipe

    # when they are started again
    output = clone.run(*TWO, f"out={tmp_path}")

    # then they go on, and come to the same
    assert "going on from the last finished epoch" in output
    assert history(tmp_path) == history(together)
    assert not list(checkpoints.glob("**/last.ckpt"))


@pytest.mark.long
def test_machines_that_would_train_different_things_train_nothing(clone: Clone, free_port: Callable[[], int]) -> None:
    port = free_port()
    second = clone.start(*TWO_MACHINES, "seed=2", **machine(1, port))
    output = clone.run(*TWO_MACHINES, status=1, **machine(0, port))
    assert "the processes of this training disagree" in output
    said, _ = second.communicate()
    assert second.returncode == 1, said


def test_what_cannot_be_started_is_an_error_that_says_how_to(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOCAL_RANK", "NODE_RANK", "RANK", "SLURM_PROCID"):
        monkeypatch.delenv(name, raising=False)
    trainer = Trainer(accelerator="cpu", devices=1, num_nodes=1, strategy="ddp", precision="32-true", threads=1)
    check_start(trainer)
    trainer.devices = 2
    with pytest.raises(DigitsError, match=r"python -m digits\.stages\.train without -m"):
        check_start(trainer)
    trainer.devices, trainer.num_nodes = 1, 2
    with pytest.raises(DigitsError, match=r"NODE_RANK not set.*deploy/README\.md"):
        check_start(trainer)
