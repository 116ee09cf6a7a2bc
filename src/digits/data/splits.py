"""Which digits are trained on, validated on and tested on: MNIST stratified by class, handwriting by whole writers."""

import numpy as np
from numpy.typing import NDArray

from digits.config import Preprocess
from digits.data import pen
from digits.errors import DigitsError
from digits.paths import HANDWRITING


def split_validation(labels: NDArray[np.uint8], count: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of the training and of the validation part, both ascending.

    Stratified: each class gives the same share, rounded so that the validation part holds exactly `count`.
    """
    rng = np.random.default_rng(seed)
    shuffled = np.concatenate([rng.permutation(np.flatnonzero(labels == digit)) for digit in range(10)])
    # Every k-th of the list sorted by class takes the same share of each class.
    chosen = np.floor((np.arange(count) + 0.5) * len(labels) / count).astype(int)
    return np.sort(np.delete(shuffled, chosen)), np.sort(shuffled[chosen])


def split_writers(samples: list[pen.Sample], config: Preprocess) -> dict[str, list[pen.Sample]]:
    """The samples of pen-train, pen-validation and pen-test: whole writers, as the configuration names them.

    Raises:
        DigitsError: a writer is in both lists, or has written nothing.
    """
    validation, test = set(config.pen_validation_writers), set(config.pen_test_writers)
    if validation & test:
        raise DigitsError(f"conf/preprocess names {sorted(validation & test)} as validation and as test writers")
    if missing := (validation | test) - {sample.writer for sample in samples}:
        raise DigitsError(
            f"conf/preprocess names writers of whom {HANDWRITING}/ holds nothing: {', '.join(sorted(missing))}"
        )
    return {
        "pen-train": [sample for sample in samples if sample.writer not in validation | test],
        "pen-validation": [sample for sample in samples if sample.writer in validation],
        "pen-test": [sample for sample in samples if sample.writer in test],
    }
