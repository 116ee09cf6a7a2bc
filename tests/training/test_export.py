"""The exported file: what was trained is what is served, and nothing of the machine is in it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import nn

from digits.data import mnist
from digits.reading.reader import Reader
from digits.training.export import Viewed, export, logits_of
from digits.training.networks import LeNet, ResidualNetwork, TutorialNetwork

NETWORKS: list[Callable[[], nn.Module]] = [
    partial(ResidualNetwork, margin=2, stem=4, width=8, depth=1),
    partial(TutorialNetwork, dropout_conv=0.25, dropout_dense=0.5),
    LeNet,
]

VIEWS = [[0, 0], [1, 0], [0, -2]]


@pytest.fixture(scope="module")
def images(mnist_raw: Path) -> NDArray[np.uint8]:
    return mnist.load(mnist_raw, "test")[0][:300]


@pytest.mark.parametrize("build", NETWORKS, ids=["residual", "tutorial", "lenet"])
def test_the_file_gives_the_networks_probabilities(
    build: Callable[[], nn.Module], images: NDArray[np.uint8], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    network = Viewed([build(), build()], VIEWS)
    expected = softmax(logits_of(network, images) / 1.7, axis=1)
    export(network, 1.7, {"threshold": 0.5}, tmp_path / "model.onnx")
    reader = Reader(tmp_path / "model.onnx")
    assert np.abs(reader.classify(images) - expected).max() < 1e-4
    assert np.abs(reader.classify(images[:1]) - expected[:1]).max() < 1e-4
    assert reader.metadata["temperature"] == 1.7
    assert reader.metadata["classes"] == list(range(10))


def test_equal_networks_give_equal_files_that_name_no_path(tmp_path: Path) -> None:
    for name in ("a", "b"):
        torch.manual_seed(0)
        export(Viewed([NETWORKS[0]()], VIEWS), 1.0, {"threshold": 0.5}, tmp_path / name / "model.onnx")
    content = (tmp_path / "a" / "model.onnx").read_bytes()
    assert content == (tmp_path / "b" / "model.onnx").read_bytes()
    assert b".py" not in content


def test_a_view_moves_the_digit(images: NDArray[np.uint8]) -> None:
    class Look(torch.nn.Module):
        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            return pixels.flatten(1)[:, 28 * 4 : 28 * 4 + 10]

    plain = logits_of(Viewed([Look()], [[0, 0]]), images)
    assert np.allclose(logits_of(Viewed([Look()], [[0, 0], [0, 0]]), images), plain)
    moved = np.pad(images, ((0, 0), (2, 0), (0, 1)))[:, :28, 1:]  # two down, one to the left
    assert not np.array_equal(moved, images)
    assert np.array_equal(logits_of(Viewed([Look()], [[-1, 2]]), images), logits_of(Viewed([Look()], [[0, 0]]), moved))
