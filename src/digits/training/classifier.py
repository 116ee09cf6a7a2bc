"""The LightningModule: how any network of conf/model/ is trained and validated."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from typing_extensions import override

from digits.config import Config
from digits.config.choices import build
from digits.data.sets import NO_DIGIT
from digits.training import calibration
from digits.training.augmentation import augment, strength_at
from digits.training.datamodule import VALIDATION, calibrated_parts, epoch_seed, parts
from digits.training.recorder import Judged

MEAN, STD = 0.1307, 0.3081
"""Of the pixels of MNIST's training images, 0 to 1; the network's input is normalised with them."""


def network_input(images: Tensor) -> Tensor:
    """(N, 1, 28, 28) in 0 to 1, as the network wants it."""
    return (images - MEAN) / STD


def targets(labels: Tensor, smoothing: float) -> Tensor:
    """Target probabilities (N, 10): one-hot and smoothed for a digit, uniform for what is no digit."""
    chosen = functional.one_hot(labels, NO_DIGIT + 1)[:, :NO_DIGIT].float()
    none = (labels == NO_DIGIT).float().unsqueeze(1)
    return (1 - smoothing) * (chosen + none / NO_DIGIT) + smoothing / NO_DIGIT


class DigitClassifier(Judged):
    """Cross-entropy training with augmentation on the batch and a moving average of the weights.

    Batches are (images (N, 1, 28, 28) uint8, labels (N,) int64).
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.batch_size = config.train.batch_size
        torch.manual_seed(config.seed)
        self.network = build(config.model).to(memory_format=torch.channels_last)
        self.average: AveragedModel | None = None
        if config.train.ema_decay:
            average = get_ema_multi_avg_fn(config.train.ema_decay)
            self.average = AveragedModel(self.network, multi_avg_fn=average, use_buffers=True)
            self.average.requires_grad_(False)

    @property
    @override
    def served(self) -> nn.Module:
        """The network that is validated, exported and served: the moving average where there is one."""
        return self.network if self.average is None else self.average.module

    def read(self, images: Tensor) -> Tensor:
        """The served network's logits (N, 10) of uint8 images (N, 1, 28, 28)."""
        return self.served(network_input(images.float() / 255).contiguous(memory_format=torch.channels_last))

    @override
    def on_fit_start(self) -> None:
        # Not earlier: Lightning, where it starts further processes, shares the processors out as it thinks best.
        torch.set_num_threads(self.config.trainer.threads)

    @override
    def on_train_epoch_start(self) -> None:
        # Augmentation and dropout draw from the global generator: an epoch repeats whatever came before it.
        torch.manual_seed(epoch_seed(self.config.seed, self.current_epoch, self.global_rank))
        self._trained = torch.zeros(3, device=self.device)

    @override
    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        images, labels = batch
        config = self.config.augmentation
        images = augment(images.float() / 255, config, strength_at(config, self.global_step / self.batches))
        logits = self.network(network_input(images).contiguous(memory_format=torch.channels_last))
        loss = functional.cross_entropy(logits, targets(labels, self.config.train.label_smoothing))
        accuracy = (logits.detach().argmax(1) == labels).sum() / (labels != NO_DIGIT).sum().clamp(min=1)
        # Logged once an epoch: logging every batch takes a few per cent of the training's time.
        self._trained += torch.stack([loss.detach(), accuracy, torch.ones_like(accuracy)])
        return loss

    @override
    def on_train_batch_end(self, *_: Any) -> None:
        if self.average is not None:
            self.average.update_parameters(self.network)

    @override
    def on_validation_epoch_start(self) -> None:
        self.served.eval()
        self._validated: dict[str, list[tuple[Tensor, Tensor]]] = {name: [] for name in VALIDATION}

    @override
    def validation_step(self, batch: tuple[Tensor, Tensor], batch_idx: int, dataloader_idx: int = 0) -> None:
        images, labels = batch
        self._validated[VALIDATION[dataloader_idx]].append((self.read(images).float().cpu(), labels.cpu()))

    @override
    def on_validation_epoch_end(self) -> None:
        loss, accuracy, batches = self._trained
        self.log_dict({"train/loss": loss / batches, "train/accuracy": accuracy / batches}, sync_dist=True)
        logits = {name: torch.cat([part[0] for part in self._validated[name]]).numpy() for name in VALIDATION}
        labels = {name: torch.cat([part[1] for part in self._validated[name]]).numpy() for name in VALIDATION}
        own, calibrated = parts(self.config.mix), calibrated_parts(self.config.mix)
        # The likelihood as it will be served: label smoothing is undone by the temperature, as in the export.
        temperature = calibration.fit_temperature(
            *(np.concatenate([part[name] for name in calibrated]) for part in (logits, labels))
        )
        wrong = {name: logits[name].argmax(1) != labels[name] for name in VALIDATION}
        for name in VALIDATION:
            self.log(f"validation/{name}_nll", calibration.nll(logits[name], labels[name], temperature))
            self.log(f"validation/{name}_accuracy", 1 - float(wrong[name].mean()))
        # What chooses the epoch: all validation images of the kinds it trains on.
        self.validated = sum(len(wrong[name]) for name in own)
        self.log("validation/error", sum(int(wrong[name].sum()) for name in own) / self.validated)

    @override
    def configure_optimizers(self) -> Any:
        optimizer = self.optimizer()
        # Not trainer.estimated_stepping_batches: it begins an epoch of batches before a checkpoint is restored.
        epoch = len(self.trainer.datamodule.train_dataloader())  # type: ignore[attr-defined]
        self.batches = epoch * self.config.train.epochs
        schedule = build(self.config.schedule, optimizer, self.batches)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def optimizer(self) -> Optimizer:
        """The configured optimiser, over the network's weights."""
        parameters = list(self.network.parameters())
        weights = [each for each in parameters if each.ndim > 1]
        return build(self.config.optimizer, weights, [each for each in parameters if each.ndim <= 1])
