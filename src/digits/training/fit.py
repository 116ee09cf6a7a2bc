"""The training of one digit network."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytorch_lightning as pl

from digits.config import Config
from digits.training import loop
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
    datamodule.config = config
    loop.run(
        DigitClassifier(config),
        datamodule,
        config.trainer,
        precision,
        config.train.epochs,
        recorder,
        folder,
        [Agreement(str(folder)), *(callbacks or ())],
        progress=callbacks is None,
    )
