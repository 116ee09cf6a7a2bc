"""Cross-validation: every training digit read once, by a network that was trained on all folds but its own."""

import dataclasses
import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytorch_lightning as pl
from numpy.typing import NDArray
from tqdm import tqdm

from digits.config import Config
from digits.config.choices import build
from digits.data.sets import DigitSet
from digits.training import hardware
from digits.training.datamodule import DigitsDataModule, trained_parts
from digits.training.export import Viewed, logits_of
from digits.training.fit import fit
from digits.training.recorder import Recorder


class Digits(NamedTuple):
    """A training set as people wrote it, each digit once."""

    drawings: DigitSet
    """What networks train on; the drawings of a digit follow each other."""
    labels: NDArray[np.uint8]
    """(N,) of the digits."""
    writers: NDArray[np.str_]
    """(N,), empty where not known."""
    names: list[str]
    """Where each is found: its position among MNIST's training images, or file and line of a pen sample."""
    pictures: list[NDArray[np.uint8]]
    """(28, 28) of each."""

    @property
    def variants(self) -> int:
        """Drawings of each digit."""
        return len(self.drawings) // len(self.labels)


def folds_of(labels: NDArray[np.uint8], writers: NDArray[np.str_], folds: int, seed: int) -> NDArray[np.int64]:
    """The fold (N,) of each digit: equal shares of each class, and whole writers where they are known, so that no
    digit is read by a network that knows its writer's hand."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    known = writers if writers.any() else None
    splitter = StratifiedKFold if known is None else StratifiedGroupKFold
    fold = np.empty(len(labels), np.int64)
    split = splitter(folds, shuffle=True, random_state=seed).split(labels, labels, known)
    for number, (_, held_out) in enumerate(split):
        fold[held_out] = number
    return fold


def out_of_fold(config: Config, data: Path, digits: Mapping[str, Digits], folds: int) -> dict[str, NDArray[np.float64]]:
    """Logits (N, 10) of every digit of every set, read by a network that saw none of its fold; of a digit's drawings
    the mean. One network a fold, whatever train.members says."""
    # Digits on made pages are those of the folds: a network that was trained on them has seen what is held out.
    config = dataclasses.replace(config, mix=dataclasses.replace(config.mix, page=0))
    fold = {name: folds_of(of.labels, of.writers, folds, config.seed) for name, of in digits.items()}
    logits = {name: np.empty((len(of.labels), 10)) for name, of in digits.items()}
    precision = hardware.precision(config.trainer)
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    with tqdm(desc="cross-validation", unit="batch", leave=False) as bar:
        step = pl.callbacks.LambdaCallback(on_train_batch_end=lambda *_: bar.update())
        for number in range(folds):
            datamodule = DigitsDataModule(config, data)
            datamodule.training = [
                _chosen(part, np.repeat(fold[name] != number, digits[name].variants)) if name in digits else part
                for name, part in zip(trained_parts(config.mix), datamodule.training, strict=True)
            ]
            bar.total = folds * config.train.epochs * len(datamodule.train_dataloader())
            recorder = Recorder()
            with tempfile.TemporaryDirectory() as folder:
                fit(config, datamodule, precision, recorder, Path(folder), [step])
            trained = build(config.model)
            trained.load_state_dict(recorder.best_weights)
            network = Viewed([trained], config.train.views)
            for name, of in digits.items():
                held_out = fold[name] == number
                read = logits_of(network, of.drawings.images[np.repeat(held_out, of.variants)])
                logits[name][held_out] = read.reshape(-1, of.variants, 10).mean(axis=1)
    return logits


def _chosen(digits: DigitSet, chosen: NDArray[np.bool_]) -> DigitSet:
    return DigitSet(digits.images[chosen], digits.labels[chosen], digits.writers[chosen])
