"""What a training leaves behind epoch by epoch: its history and its best weights."""

import csv
import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from omegaconf import OmegaConf
from torch import Tensor, nn
from typing_extensions import override

from digits.files import written_whole

Row = dict[str, float]


class Judged(pl.LightningModule):
    """A module whose epochs can be compared: it logs validation/error, the share of what it validates that is wrong."""

    batch_size: int
    """Images in a batch of the training."""
    validated: int
    """What the validation counted."""

    @property
    def served(self) -> nn.Module:
        """The network that is validated, exported and served."""
        raise NotImplementedError


class Recorder(pl.Callback):
    """Keeps one row of metrics an epoch, and the served weights of the best: the latest whose validation error is
    within one standard error of the least (L. Breiman et al., *Classification and Regression Trees*, 1984). With a
    learning rate that falls to nothing, later epochs are better by more than so few validation images can show.

    Both are part of the checkpoint, so one file, written at once, is all that a resumed training needs.

    Args:
        on_epoch: called after every epoch with its number from 0, its row, and what depends on the
            machine's speed ("images_per_second", "seconds") apart, for that must not enter any output.
    """

    def __init__(self, on_epoch: Callable[[int, Row, Row], None] | None = None) -> None:
        self.on_epoch = on_epoch
        self.history: list[Row] = []
        self.least_error = 1.0
        self.best_epoch = -1
        self.best_weights: dict[str, Tensor] = {}
        self.seconds = 0.0

    @override
    def state_dict(self) -> dict[str, Any]:
        keys = ("history", "least_error", "best_epoch", "best_weights", "seconds")
        return {key: getattr(self, key) for key in keys}

    @override
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        vars(self).update(state_dict)

    @override
    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._start = time.perf_counter()

    @override
    def on_validation_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._train_seconds = time.perf_counter() - self._start

    @override
    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        assert isinstance(pl_module, Judged)
        # Seven digits: float32 holds no more.
        row = {name: float(f"{float(value):.7g}") for name, value in sorted(trainer.callback_metrics.items())}
        row["learning_rate"] = float(f"{trainer.optimizers[0].param_groups[0]['lr']:.7g}")
        error = row["validation/error"]
        self.least_error = min(error, self.least_error)
        if error <= self.least_error + math.sqrt(self.least_error * (1 - self.least_error) / pl_module.validated):
            self.best_epoch = trainer.current_epoch
            self.best_weights = {name: value.cpu().clone() for name, value in pl_module.served.state_dict().items()}
        self.history.append(row)
        images = trainer.num_training_batches * pl_module.batch_size
        self.seconds += self._train_seconds
        speed = {"images_per_second": images / self._train_seconds, "seconds": self.seconds}
        if self.on_epoch and trainer.is_global_zero:
            self.on_epoch(trainer.current_epoch, row, speed)


def write_course(recorders: Sequence[Recorder], recipe: Mapping[str, Any], out: Path) -> None:
    """Writes history.csv, every epoch of trainings one after the other, and config.yaml, what they followed."""
    rows = [row for recorder in recorders for row in recorder.history]
    with written_whole(out / "history.csv") as path, path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["epoch", *rows[0]], lineterminator="\n")
        writer.writeheader()
        writer.writerows({"epoch": epoch, **row} for epoch, row in enumerate(rows, 1))
    with written_whole(out / "config.yaml") as path:
        OmegaConf.save(OmegaConf.create(dict(recipe)), path)
