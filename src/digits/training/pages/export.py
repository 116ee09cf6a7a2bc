"""From the trained page network to pages.onnx, which the digit network's file then holds.

The file takes `pictures`, (N, H, W) uint8 as `ink.contrast.local_contrast` makes them, H and W multiples of 8, and
gives `maps`, (N, 6 + classes, H / 4, W / 2) float32: how surely the middle of a digit or sign lies there, how surely a
hand has written there, how many pixels away its left, upper, right and lower edge are, and the probability of each of
`ink.marks.CLASSES`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from digits.ink.marks import CLASSES
from digits.training.model_file import write
from digits.training.pages.targets import UNIT

INPUT, OUTPUT = "pictures", "maps"


class _Served(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        out = self.network(pictures)
        return torch.cat([out[:, :2].sigmoid(), out[:, 2:6] * UNIT, out[:, 6:].softmax(1)], 1)


def export(network: nn.Module, facts: Mapping[str, Any], path: Path) -> None:
    """Writes the ONNX file, whole or not at all; the same arguments give the same bytes.

    Args:
        network: a PageNetwork.
        facts: what else the file says of itself; values become JSON.
        path: the file's final name.
    """
    dims = {0: torch.export.Dim("batch", min=1)}
    dims |= {place: 8 * torch.export.Dim(name, min=2) for place, name in ((1, "rows"), (2, "columns"))}
    facts = {"classes": CLASSES, "input": "uint8 (N, H, W), made by digits.ink.contrast.local_contrast", **facts}
    write(_Served(network), torch.zeros(2, 64, 224, dtype=torch.uint8), dims, (INPUT, OUTPUT), facts, path)
