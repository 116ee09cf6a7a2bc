"""The networks of conf/model/: images (N, 1, 28, 28), normalised, in; logits (N, 10) out.

A network's arguments are the keys of its file in conf/model/, their annotations the ranges of the values.
"""

from typing import Annotated

import torch
from annotated_types import Interval
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode
from typing_extensions import override

from digits.config.ranges import Count, LessThanAll, Natural
from digits.training.distributed import SyncBatchNorm2d


def conv_block(inputs: int, outputs: int, kernel: int, pool: bool = False) -> nn.Sequential:
    """Convolution that keeps the size, max pooling to half of it if asked for, batch norm, ReLU.

    Pooling comes before the batch norm: a quarter of the pixels to normalise, a fifth of the training time saved.
    """
    layers = [nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False), SyncBatchNorm2d(outputs), nn.ReLU()]
    if pool:
        layers.insert(1, nn.MaxPool2d(2))
    return nn.Sequential(*layers)


class ResidualBlock(nn.Module):
    """A convolution whose result is added to what it was given."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block = conv_block(channels, channels, 3)

    @override
    def forward(self, x: Tensor) -> Tensor:
        return x + self.block(x)


class ResidualNetwork(nn.Module):
    """Three convolutional blocks, each wider than the one before, then a linear layer.

    Global max pooling before the linear layer keeps the strongest response of each channel, wherever in the image
    it is: a digit is recognised by parts that may be displaced.
    """

    def __init__(
        self, margin: Annotated[int, Interval(ge=0, le=10)], stem: Count, width: Count, depth: Natural
    ) -> None:
        super().__init__()
        self.margin = margin
        self.features = nn.Sequential(
            conv_block(1, stem, 5, pool=True),
            conv_block(stem, 2 * width, 3),
            ResidualBlock(2 * width),
            nn.MaxPool2d(2),
            conv_block(2 * width, 4 * width, 3),
            *(ResidualBlock(4 * width) for _ in range(depth)),
        )
        self.head = nn.Linear(4 * width, 10)

    @override
    def forward(self, x: Tensor) -> Tensor:
        middle = functional.pad(x, [-self.margin] * 4).contiguous(memory_format=torch.channels_last)
        return self.head(self.features(middle).amax(dim=(2, 3)))


class TutorialNetwork(nn.Sequential):
    """The network of mnist_cnn.py among the Keras examples (F. Chollet, 2015)."""

    def __init__(self, dropout_conv: LessThanAll, dropout_dense: LessThanAll) -> None:
        super().__init__(
            nn.Conv2d(1, 32, 3),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Dropout(dropout_conv),
            nn.Flatten(),
            nn.Linear(64 * 12 * 12, 256),
            nn.ReLU(),
            nn.Dropout(dropout_dense),
            nn.Linear(256, 10),
        )


class LeNet(nn.Sequential):
    """LeNet-5 (Y. LeCun et al., 1998) with ReLU and max pooling."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(1, 6, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(400, 120),
            nn.ReLU(),
            nn.Linear(120, 84),
            nn.ReLU(),
            nn.Linear(84, 10),
        )


def multiply_adds(network: nn.Module) -> int:
    """What reading one image costs: multiplications with an addition, in convolutions and linear layers.

    Counted instead of timed: the same on every machine, busy or not. Parameters would not do, for a convolution's
    weights are used once a pixel.
    """
    network = network.eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, 1, 28, 28))
    return counter.get_total_flops() // 2
