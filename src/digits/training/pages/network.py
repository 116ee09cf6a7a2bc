"""The page network: sees where on a page digits and signs stand, how large they are and which.

A heat map in the manner of *Objects as Points* (X. Zhou et al., 2019): one cell is lit at the middle of each digit or
sign. Which one it is, and how far its edges are, is told by other outputs at that cell; one more says where on the page
a hand has written at all.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from digits.config.ranges import Count, Natural
from digits.ink.marks import CLASSES


def _block(inputs: int, outputs: int, kernel: int = 3, stride: int | tuple[int, int] = 1) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU())


class _Residual(nn.Module):
    def __init__(self, channels: int, across: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=(1, across), dilation=(1, across), bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.norm(self.conv(x)))


class PageNetwork(nn.Module):
    """(N, H, W) uint8 contrast, H and W multiples of 8 -> (N, 6 + classes, H / 4, W / 2).

    Most of it works at a cell of 8 x 4 pixels, where looking around is cheap; a finer map from before is added for the
    places.

    Args:
        width: channels of the coarse part.
        depth: its residual convolutions.
        fine: channels of the fine part.
    """

    def __init__(self, width: Count, depth: Natural, fine: Count) -> None:
        super().__init__()
        first = nn.Conv2d(1, 12, 5, (2, 1), 2)  # its input is even enough: a norm at this size costs most of all
        self.stem = nn.Sequential(first, nn.ReLU(), nn.MaxPool2d((1, 2)), _block(12, fine, 3, (2, 1)))
        self.down = _block(fine, width, 3, 2)
        self.trunk = nn.Sequential(*(_Residual(width, 2 if step % 2 else 1) for step in range(depth)))
        self.up = nn.Conv2d(width, fine, 1)
        self.join = _block(fine, fine)
        self.heat = nn.Conv2d(fine, 6, 1)
        self.classes = nn.Conv2d(fine, len(CLASSES), 1)
        nn.init.constant_(self.heat.bias[:2], -3.0)  # type: ignore[index]  # at first nothing stands anywhere

    @override
    def forward(self, pictures: Tensor) -> Tensor:
        # About 0 on paper, up to 2 in ink.
        x = (pictures.unsqueeze(1).float() / 63.75 - 1.0).contiguous(memory_format=torch.channels_last)
        fine = self.stem(x)
        coarse = self.up(self.trunk(self.down(fine)))
        joined = self.join(fine + functional.interpolate(coarse, scale_factor=2.0, mode="nearest"))
        return torch.cat([self.heat(joined), self.classes(joined)], dim=1)
