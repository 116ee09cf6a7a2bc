"""The LightningModule: how the page network is trained and validated."""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from typing_extensions import override

from digits.config import Config
from digits.config.choices import build
from digits.training.pages.muon import Muon
from digits.training.pages.strips import batches
from digits.training.pages.targets import Batch, loss, seen
from digits.training.recorder import Judged

_STEEPEST = 5.0
"""The longest gradient; a longer one is shortened to it."""


class PageLearner(Judged):
    """Trains on strips, keeps a moving average of the weights, and counts validation strips that it sees wrongly."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config, self.threads = config.pages, config.trainer.threads
        self.batch_size = self.config.batch_size
        torch.manual_seed(config.seed)
        self.network = build(self.config.network).to(memory_format=torch.channels_last)
        self.average = AveragedModel(self.network, multi_avg_fn=self._averaged, use_buffers=True)
        self.average.requires_grad_(False)

    def _averaged(self, kept: Any, current: Any, count: Any) -> None:
        """Of few steps the average is a short one, so that the first weights are soon forgotten."""
        decay = min(self.config.ema_decay, (1 + int(count)) / (10 + int(count)))
        get_ema_multi_avg_fn(decay)(kept, current, count)

    @property
    @override
    def served(self) -> nn.Module:
        return self.average.module

    @override
    def on_fit_start(self) -> None:
        torch.set_num_threads(self.threads)

    @override
    def on_train_epoch_start(self) -> None:
        self._trained = torch.zeros(2, device=self.device)

    @override
    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        total = loss(self.network(batch.pictures), batch)
        self._trained += torch.stack([total.detach(), torch.ones_like(total)])
        return total

    @override
    def on_before_optimizer_step(self, optimizer: Any) -> None:
        nn.utils.clip_grad_norm_(self.network.parameters(), _STEEPEST)

    @override
    def on_train_batch_end(self, *_: Any) -> None:
        self.average.update_parameters(self.network)

    @override
    def on_validation_epoch_start(self) -> None:
        self.served.eval()
        self._seen: list[tuple[Tensor, Tensor]] = []

    @override
    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        found, right = seen(self.served(batch.pictures), batch)
        self._seen.append((found[batch.classes >= 0].cpu(), right.cpu()))

    @override
    def on_validation_epoch_end(self) -> None:
        total, count = self._trained
        marks, strips = (torch.cat([part[place] for part in self._seen]) for place in (0, 1))
        self.validated = len(strips)
        self.log("train/loss", total / count)
        self.log("validation/marks", marks.float().mean())
        self.log("validation/error", 1 - strips.float().mean())

    @override
    def configure_optimizers(self) -> Any:
        optimizer = Muon(self.network, self.config.muon_lr, self.config.lr)
        steps, warmup = batches(self.config), self.config.warmup

        def course(step: int) -> float:
            """Up along a line, down along a cosine, as a fraction of the peak."""
            done = step / steps
            up = done / warmup if done < warmup else 1.0
            down = 0.5 * (1 + math.cos(math.pi * max(done - warmup, 0) / max(1 - warmup, 1 / steps)))
            return max(min(up, down), 1e-3)

        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": LambdaLR(optimizer, course), "interval": "step"}}
