"""From a trained network to the one file that is evaluated and served: model.onnx.

The file takes `images`, (N, 28, 28) uint8 as the normaliser makes them, and gives `probabilities`, (N, 10) float32.
Normalisation constants, views and softmax temperature are inside. Its metadata say what it was trained on and below
which confidence a reading is uncertain, hold a few training images of each digit, and the page network whole, so that
one file is all that reads.
"""

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy.special import log_softmax, softmax
from torch import Tensor, nn
from torch.nn import functional

from digits.data.sets import DigitSet
from digits.ink import SIDE
from digits.training.classifier import network_input
from digits.training.model_file import write

INPUT, OUTPUT = "images", "probabilities"

_EXAMPLES, _EXAMPLES_FROM = 6, 1500
"""Training images of each digit that are kept; images of each set that they are chosen from."""

_UNCERTAIN_SHARE = 0.015
"""Fraction of the validation digits that the threshold calls uncertain."""


class Viewed(nn.Module):
    """Networks that read each digit in several positions; their log-probabilities are averaged.

    Args:
        networks: of conf/model, trained.
        views: whole pixels (right, down) that the digit is moved by for each reading; (0, 0) is the image as it is.
    """

    def __init__(self, networks: Sequence[nn.Module], views: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.views = views
        self.reach = max(abs(pixels) for view in views for pixels in view)

    def forward(self, images: Tensor) -> Tensor:
        """(N, 28, 28) uint8 -> (N, 10)."""
        around = functional.pad(images.unsqueeze(1).float() / 255, [self.reach] * 4)
        corners = [(self.reach - down, self.reach - right) for right, down in self.views]
        looks = [around[:, :, top : top + SIDE, left : left + SIDE] for top, left in corners]
        logits = [network(network_input(look)) for look in looks for network in self.networks]
        return torch.stack([torch.log_softmax(part, dim=1) for part in logits]).mean(dim=0)


class _Served(nn.Module):
    def __init__(self, viewed: Viewed, temperature: float) -> None:
        super().__init__()
        self.viewed, self.temperature = viewed, temperature

    def forward(self, images: Tensor) -> Tensor:
        return torch.softmax(self.viewed(images) / self.temperature, dim=1)


@torch.no_grad()
def logits_of(network: Viewed, images: NDArray[np.uint8], batch: int = 500) -> NDArray[np.float64]:
    """(N, 10) of (N, 28, 28) uint8 images, computed in float32 as in the exported file."""
    network.cpu().eval()
    return torch.cat([network(part) for part in torch.from_numpy(images).split(batch)]).double().numpy()


def fit_threshold(logits: NDArray[np.float64], temperature: float) -> float:
    """The confidence that all but `_UNCERTAIN_SHARE` of the validation digits reach."""
    confidence = softmax(logits / temperature, axis=1).max(axis=1)
    return round(float(np.quantile(confidence, _UNCERTAIN_SHARE)), 6)


def clearest(network: Viewed, digits: Sequence[DigitSet]) -> dict[str, str]:
    """Training images of each digit that the network is surest of, to be shown beside a doubtful one.

    Args:
        network: as it will be served.
        digits: training sets; each gives the same share of the images.

    Returns:
        For "0" to "9" a PNG of `_EXAMPLES` images in a row (28 high), base64.
    """
    rows: dict[int, list[NDArray[np.uint8]]] = {digit: [] for digit in range(10)}
    for part in digits:
        some = np.linspace(0, len(part) - 1, min(len(part), _EXAMPLES_FROM)).astype(int)
        images, labels = part.images[some], part.labels[some].astype(int)
        sureness = log_softmax(logits_of(network, images), axis=1)[np.arange(len(labels)), labels]
        for digit, row in rows.items():
            own = np.flatnonzero(labels == digit)
            row += list(images[own[np.argsort(-sureness[own], kind="stable")[: _EXAMPLES // len(digits)]]])
    return {str(digit): _png(np.concatenate(row, axis=1)) for digit, row in rows.items()}


def _png(image: NDArray[np.uint8]) -> str:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def export(network: Viewed, temperature: float, metadata: dict[str, Any], path: Path) -> None:
    """Writes the ONNX file, whole or not at all; the same arguments give the same bytes.

    Args:
        network: what reads.
        temperature: its logits are divided by it.
        metadata: what else the file says of itself; values become JSON.
        path: the file's final name.
    """
    facts = {
        "classes": list(range(10)),
        "input": "uint8 (N, 28, 28), 0 paper, 255 ink, made by digits.ink.normalise",
        "temperature": temperature,
        **metadata,
    }
    example, dims = torch.zeros(2, SIDE, SIDE, dtype=torch.uint8), {0: torch.export.Dim("batch", min=1)}
    write(_Served(network, temperature), example, dims, (INPUT, OUTPUT), facts, path)
