"""The label check: which training labels look wrong, by confident learning (C. Northcutt, L. Jiang, I. Chuang,
*Confident Learning: Estimating Uncertainty in Dataset Labels*, 2021). It shows and removes nothing.

Small networks, each trained on all folds but one, read the digits of the fold that they never saw. A label counts as
suspicious where such a reading is surer of another digit than readings of that digit usually are.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from digits.config import Config, compose
from digits.data import mnist, pen, sets
from digits.data.splits import split_validation, split_writers
from digits.errors import DigitsError
from digits.evaluation.scores import Labels, Probabilities
from digits.files import sha256, written_whole
from digits.paths import HANDWRITING, RAW
from digits.training import export, folds, hardware
from digits.training.calibration import fit_temperature
from digits.training.folds import Digits
from digits.training.recipe import fingerprint

RECIPE = (
    "experiment=quick",
    "train.epochs=2",
    "mix.mnist=null",
    "mix.pen=6000",
    "mix.allograph=0",
    "mix.outlier=0",
    "train.views=[[0,0]]",
)
"""What each fold trains: the quick experiment on more digits, without outliers, and with one view of each digit."""

KEPT = Path("artifacts/labels")
"""Where readings are kept, for the same data, recipe and code would give the same ones after minutes of training."""


def suspicious(labels: Labels, probabilities: Probabilities) -> NDArray[np.int64]:
    """Positions of the labels (N,) that out-of-fold probabilities (N, 10) contradict, the most suspicious first.

    A label is the more suspicious, the surer the reading is of another digit than of the one given.
    """
    from cleanlab.filter import find_label_issues

    ranked = find_label_issues(labels, probabilities, return_indices_ranked_by="normalized_margin", n_jobs=1)
    return np.asarray(ranked, np.int64)


def training_digits(config: Config, data: Path) -> dict[str, Digits]:
    """The training digits of MNIST and of the pens, with names that find them in the sources.

    Raises:
        DigitsError: the sets in `data` were not made from these sources with this configuration.
    """
    settings = config.preprocess
    _, labels = mnist.load(RAW, "train")
    positions, _ = split_validation(labels, settings.mnist_validation, config.seed)
    digits = sets.load(data, "mnist-train")
    samples = split_writers(pen.read_all(HANDWRITING), settings)["pen-train"]
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
            [sample.place for sample in samples],
            list(drawings.images[:: settings.pen_variants]),
        ),
    }


def check(config: Config, data: Path, count: int, shown: int) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """What labels.json holds, and for its picture the digits (28, 28) of each set that it names.

    Args:
        config: as the pipeline's; its data set and seed count.
        data: preprocess's folder.
        count: folds, for each of which a network is trained.
        shown: most suspicious labels of each set that are named.
    """
    recipe = compose([*RECIPE, f"seed={config.seed}"])
    digits = training_digits(config, data)
    files = {f"{name}-{part}": data / f"{name}-{part}.npz" for name in digits for part in ("train", "validation")}
    sources = {name: sha256(path) for name, path in files.items()}
    code = [Path(str(module.__file__)) for module in (folds, export)]
    about = sources | {"folds": str(count)}
    kept = KEPT / f"{fingerprint(recipe, hardware.kind(recipe.trainer), about, code)}.npz"
    if not kept.is_file():
        read: dict[str, Any] = folds.out_of_fold(recipe, data, digits, count)
        with written_whole(kept) as path:
            np.savez(path, **read)
    with np.load(kept, allow_pickle=False) as arrays:
        logits = {name: arrays[name] for name in digits}

    found: dict[str, Any] = {"folds": count, "recipe": list(RECIPE), "data": sources}
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
