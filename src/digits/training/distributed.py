"""What makes several processes train like one: how they begin, that they agree, and batch norm over the whole batch.

Lightning's DDP averages the gradients; digits.training.datamodule gives each process its share of every batch. The
moving average, the validation and the choice of the epoch are computed by every process alone; since all hold equal
weights, all get the same result.
"""

import os
import sys
from typing import Any

import pytorch_lightning as pl
import torch
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from pytorch_lightning.utilities import rank_zero_only
from torch import Tensor, distributed, nn
from typing_extensions import override

from digits.config.schema import Trainer
from digits.errors import DigitsError
from digits.training import hardware

_PROGRAM = "digits.stages.train"

_CLUSTER = ("RANK", "SLURM_PROCID")
"""Set where torchrun or Slurm has started the processes and numbered them over all machines."""

_BY_HAND = ("MASTER_ADDR", "MASTER_PORT", "NODE_RANK")
"""What a person sets who starts one process on each machine."""


def is_first() -> bool:
    """Whether this process is the only one of its training or the first, which alone tracks and writes."""
    return getattr(rank_zero_only, "rank", 0) == 0 and int(os.environ.get("NODE_RANK", 0)) == 0


def check_start(trainer: Trainer) -> None:
    """Refuses what would start the wrong processes, or wait for others for ever.

    Raises:
        DigitsError: says how the training can be started.
    """
    if hardware.uses_gpu(trainer) and torch.cuda.device_count() < trainer.devices:
        raise DigitsError(
            f"trainer.devices={trainer.devices}, but PyTorch finds {torch.cuda.device_count()} GPU here: "
            "trainer.accelerator=cpu trains in so many processes on the processor"
        )
    # Lightning starts further processes of a machine with this one's command line.
    program = getattr(sys.modules["__main__"].__spec__, "name", None)
    alone = program == _PROGRAM and HydraConfig.get().mode is RunMode.RUN
    if trainer.devices > 1 and "LOCAL_RANK" not in os.environ and not alone:
        raise DigitsError(
            f"trainer.devices={trainer.devices} starts its processes with the command that is running, which must then "
            f"be one training: python -m {_PROGRAM} without -m behind it; a grid or a search takes trainer.devices=1"
        )
    missing = [name for name in _BY_HAND if name not in os.environ]
    if trainer.num_nodes > 1 and missing and not any(name in os.environ for name in _CLUSTER):
        raise DigitsError(
            f"trainer.num_nodes={trainer.num_nodes}, but {', '.join(missing)} not set: give every machine the first "
            "one's address and a free port there, and its own number from 0 (deploy/README.md has an example)"
        )


class Agreement(pl.Callback):
    """Lets a training begin only if all its processes train the same, from the same epoch on.

    Args:
        fingerprint: of recipe, data and code; equally long in all processes.
    """

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint

    @override
    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        own = torch.tensor(list(f"{self.fingerprint}{trainer.current_epoch:9}".encode()), device=pl_module.device)
        if (trainer.strategy.all_gather(own) != own).any():
            raise DigitsError(
                f"the processes of this training disagree: here it is {self.fingerprint}, from epoch "
                f"{trainer.current_epoch + 1} on. All machines need the same code, conf/, artifacts/data and "
                "artifacts/checkpoints, best as one shared folder"
            )


class _Sum(torch.autograd.Function):
    """Over all processes; each one's loss depends on every one's values, so gradients are summed as well."""

    @staticmethod
    def forward(_ctx: Any, own: Tensor) -> Tensor:
        total = own.clone()
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(_ctx: Any, gradient: Tensor) -> Tensor:
        total = gradient.clone()
        distributed.all_reduce(total)
        return total


class SyncBatchNorm2d(nn.BatchNorm2d):
    """Batch norm with mean and variance of the batch of all processes, as if one had it whole.

    In a single process it is PyTorch's own to the bit. PyTorch's SyncBatchNorm computes the same, but on GPUs only.
    """

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor
    momentum: float

    @override
    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not distributed.is_initialized() or distributed.get_world_size() == 1:
            return super().forward(x)
        ranks, inputs = distributed.get_world_size(), x.float()
        # EpochBatches sees to it that the processes' shares are equally large.
        moments = torch.stack([inputs.mean((0, 2, 3)), inputs.square().mean((0, 2, 3))])
        mean, square = _Sum.apply(moments) / ranks
        variance = (square - mean.square()).clamp(min=0)
        with torch.no_grad():
            count = ranks * x.numel() // x.shape[1]
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / (count - 1), self.momentum)
            self.num_batches_tracked += 1
        scale = self.weight * torch.rsqrt(variance + self.eps)
        shift = self.bias - mean * scale
        return (inputs * scale[:, None, None] + shift[:, None, None]).to(x.dtype)
