"""The learning rate schedules of conf/schedule/.

Each is a function of the optimiser and of the batches in the whole training; what follows the `/` in its signature are
the keys of its file in conf/. It steps after every batch.
"""

from typing import Annotated

from annotated_types import Interval
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ConstantLR, OneCycleLR

from digits.config.ranges import Share


def constant(optimizer: Optimizer, _batches: int, /) -> ConstantLR:
    """The optimiser's learning rate throughout."""
    return ConstantLR(optimizer, factor=1.0)


def one_cycle(
    optimizer: Optimizer, batches: int, /, warmup: Share, final: Annotated[float, Interval(gt=0, le=1)]
) -> OneCycleLR:
    """Up to the optimiser's learning rate and down again, along cosines (L. Smith, 2018)."""
    return OneCycleLR(
        optimizer,
        max_lr=optimizer.param_groups[0]["lr"],
        total_steps=batches,
        pct_start=max(warmup, min(1.0, 2 / batches)),  # up and down take a step each at least
        final_div_factor=1 / final,
        cycle_momentum=False,
    )
