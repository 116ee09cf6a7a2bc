"""The training loop: Lightning's, from the last finished epoch on where there is one."""

import dataclasses
import warnings
from collections.abc import Sequence
from pathlib import Path

import pytorch_lightning as pl
from pytorch_lightning.callbacks import ModelCheckpoint, TQDMProgressBar

from digits.config import Config
from digits.training.classifier import DigitClassifier
from digits.training.datamodule import DigitsDataModule
from digits.training.distributed import Agreement
from digits.training.recorder import Recorder

_SEEDS_APART = 1000
"""From the seed of a member to the next one's, so that other trainings' seeds are not among them."""


def members(config: Config) -> list[Config]:
    """The recipe of each network that the file will hold: they differ in their seed."""
    seeds = [config.seed + _SEEDS_APART * number for number in range(config.train.members)]
    return [dataclasses.replace(config, seed=seed) for seed in seeds]


def fit(
    config: Config,
    datamodule: DigitsDataModule,
    precision: str,
    recorder: Recorder,
    folder: Path,
    callbacks: Sequence[pl.Callback] | None = None,
) -> None:
    """Trains one network; the recorder then holds the best weights.

    Args:
        config: its choices checked.
        datamodule: the sets; its batches are ordered by `config.seed`.
        precision: Lightning's, resolved.
        recorder: keeps history and weights.
        folder: where the checkpoint of the last finished epoch is kept, and taken up from.
        callbacks: in the place of a progress bar.
    """
    warnings.filterwarnings("ignore", module="pytorch_lightning")
    classifier = DigitClassifier(config)
    datamodule.config = config
    checkpoint = ModelCheckpoint(
        folder, "last", save_top_k=1, save_on_train_epoch_end=True, enable_version_counter=False, every_n_epochs=1
    )
    further = [TQDMProgressBar(refresh_rate=10)] if callbacks is None else callbacks
    trainer = pl.Trainer(
        accelerator=config.trainer.accelerator,
        devices=config.trainer.devices,
        num_nodes=config.trainer.num_nodes,
        strategy=config.trainer.strategy,
        precision=precision,  # type: ignore[arg-type]
        max_epochs=config.train.epochs,
        callbacks=[Agreement(str(folder)), recorder, checkpoint, *further],
        enable_progress_bar=callbacks is None,
        logger=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        enable_model_summary=False,
        deterministic="warn",
    )
    last = folder / "last.ckpt"
    if last.exists() and trainer.is_global_zero:
        print(f"going on from the last finished epoch of an interrupted training ({last})")
    trainer.fit(classifier, datamodule, ckpt_path=last if last.exists() else None, weights_only=True)
