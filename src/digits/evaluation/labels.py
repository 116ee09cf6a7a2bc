"""The label check: which training labels look wrong, by confident learning (C. Northcutt, L. Jiang, I. Chuang,
*Confident Learning: Estimating Uncertainty in Dataset Labels*, 2021). It shows and removes nothing.

Small networks, each trained on all folds but one, read the digits of the fold that they never saw. A label counts as
suspicious where such a reading is surer of another digit than readings of that digit usually are.
"""

import logging
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytorch_lightning as pl
from numpy.typing import NDArray
from scipy.special import softmax
from tqdm import tqdm

from digits.config import Config, compose
from digits.data import mnist, pen, sets
from digits.data.sets import DigitSet
from digits.data.splits import split_validation, split_writers
from digits.errors import DigitsError
from digits.evaluation.scores import Labels, Probabilities
from digits.files import sha256, written_whole
from digits.paths import HANDWRITING, RAW
from digits.stages import train
from digits.training import hardware
from digits.training.calibration import fit_temperature
from digits.training.datamodule import DigitsDataModule, trained_parts
from digits.training.export import Viewed, logits_of
from digits.training.networks import build
from digits.training.recorder import Recorder

RECIPE = (
    "experiment=quick",
    "train.epochs=2",
    "mix.mnist=null",
    "mix.pen=6000",
    "mix.outlier=0",
    "train.views=[[0,0]]",
)
"""What each fold trains: the quick experiment with more digits and none of what is none, looking once at each."""

KEPT = Path("artifacts/labels")
"""Readings that the same data and recipe would give again."""


class Digits(NamedTuple):
    """A training set as the check sees it: digits as people wrote them, once each."""

    drawings: DigitSet
    """What networks train on; the drawings of a digit follow each other."""
    labels: Labels
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


def suspicious(labels: Labels, probabilities: Probabilities) -> NDArray[np.int64]:
    """Positions of the labels (N,) that out-of-fold probabilities (N, 10) contradict, the most suspicious first: by
    how much surer the reading is of another digit."""
    from cleanlab.filter import find_label_issues

    ranked = find_label_issues(labels, probabilities, return_indices_ranked_by="normalized_margin", n_jobs=1)
    return np.asarray(ranked, np.int64)


def folds_of(labels: Labels, writers: NDArray[np.str_], folds: int, seed: int) -> NDArray[np.int64]:
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
    the mean."""
    fold = {name: folds_of(of.labels, of.writers, folds, config.seed) for name, of in digits.items()}
    logits = {name: np.empty((len(of.labels), 10)) for name, of in digits.items()}
    precision = hardware.precision(config.trainer)
    warnings.filterwarnings("ignore", module="pytorch_lightning")
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    with tqdm(desc="label check", unit="batch", leave=False) as bar:
        step = pl.callbacks.LambdaCallback(on_train_batch_end=lambda *_: bar.update())
        for number in range(folds):
            datamodule = DigitsDataModule(config, data)
            datamodule.training = [
                _part(part, np.repeat(fold[name] != number, digits[name].variants)) if name in digits else part
                for name, part in zip(trained_parts(config.mix), datamodule.training, strict=True)
            ]
            bar.total = folds * config.train.epochs * len(datamodule.train_dataloader())
            recorder = Recorder(lambda epoch, row, speed: None)
            with tempfile.TemporaryDirectory() as folder:
                train.fit(config, datamodule, precision, recorder, Path(folder), [step])
            trained = build(config.model)
            trained.load_state_dict(recorder.best_weights)
            network = Viewed([trained], config.train.views)
            for name, of in digits.items():
                held_out = fold[name] == number
                read = logits_of(network, of.drawings.images[np.repeat(held_out, of.variants)])
                logits[name][held_out] = read.reshape(-1, of.variants, 10).mean(axis=1)
    return logits


def _part(digits: DigitSet, chosen: NDArray[np.bool_]) -> DigitSet:
    return DigitSet(digits.images[chosen], digits.labels[chosen], digits.writers[chosen])


def training_digits(config: Config, data: Path) -> dict[str, Digits]:
    """The training digits of MNIST and of the pens, with names that find them in the sources.

    Raises:
        DigitsError: the sets in `data` were not made from these sources with this configuration.
    """
    settings = config.preprocess
    _, labels = mnist.load(RAW, "train")
    positions, _ = split_validation(labels, settings.mnist_validation, config.seed)
    digits = sets.load(data, "mnist-train")
    every = pen.read_samples(HANDWRITING)
    lines = [f"{file.name}:{number}" for file in sorted(HANDWRITING.glob("*.jsonl")) for number in _lines(file)]
    line = dict(zip(map(id, every), lines, strict=True))
    samples = split_writers(every, settings)["pen-train"]
    drawings = sets.load(data, "pen-train")
    written = np.array([sample.digit for sample in samples], np.uint8)
    if not (
        np.array_equal(labels[positions], digits.labels)
        and np.array_equal(np.repeat(written, settings.pen_variants), drawings.labels)
    ):
        raise DigitsError(
            f"{data} was not made from {RAW} and {HANDWRITING} as conf/ says now: run `dvc repro preprocess`"
        )
    return {
        "mnist": Digits(digits, digits.labels, digits.writers, [str(i) for i in positions], list(digits.images)),
        "pen": Digits(
            drawings,
            written,
            np.array([sample.writer for sample in samples]),
            [line[id(sample)] for sample in samples],
            list(drawings.images[:: settings.pen_variants]),
        ),
    }


def _lines(file: Path) -> range:
    return range(1, 1 + len(file.read_bytes().splitlines()))


def check(config: Config, data: Path, folds: int, shown: int) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """What reports/labels.json holds, and for its picture the digits (28, 28) of each set that it names.

    Readings are kept in `KEPT`: the same data, recipe and code are not trained again.

    Args:
        config: as the pipeline's; its data set and seed count.
        data: preprocess's folder.
        folds: networks that are trained.
        shown: most suspicious labels of each set that are named.
    """
    recipe = compose([*RECIPE, f"seed={config.seed}"])
    digits = training_digits(config, data)
    files = {f"{name}-{part}": data / f"{name}-{part}.npz" for name in digits for part in ("train", "validation")}
    sources = {name: sha256(path) for name, path in files.items()}
    about = sources | {"folds": str(folds), "check": sha256(Path(__file__))}
    kept = KEPT / f"{train.fingerprint(recipe, hardware.precision(recipe.trainer), about)}.npz"
    if not kept.is_file():
        read = out_of_fold(recipe, data, digits, folds)
        with written_whole(kept) as path:
            np.savez(path, mnist=read["mnist"], pen=read["pen"])
    with np.load(kept, allow_pickle=False) as arrays:
        logits = {name: arrays[name] for name in digits}

    found: dict[str, Any] = {"folds": folds, "recipe": list(RECIPE), "data": sources}
    pictures = {}
    for name, of in digits.items():
        probabilities = softmax(logits[name] / fit_temperature(logits[name], of.labels), axis=1)
        ranked = suspicious(of.labels, probabilities)
        most = ranked[:shown]
        found[name] = {
            "digits": len(of.labels),
            "accuracy": round(float((probabilities.argmax(axis=1) == of.labels).mean()), 6),
            "suspicious": len(ranked),
            "most": [
                {
                    "index": of.names[i],
                    "given": int(of.labels[i]),
                    "suggested": int(probabilities[i].argmax()),
                    "confidence": round(float(probabilities[i].max()), 6),
                    "given_confidence": round(float(probabilities[i, of.labels[i]]), 6),
                    "writer": str(of.writers[i]),
                }
                for i in most
            ],
        }
        pictures[name] = [of.pictures[i] for i in most]
    return found, pictures
