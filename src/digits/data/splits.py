"""Which digits are trained on, validated on and tested on: MNIST stratified by class, handwriting by whole writers."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from digits.config import Preprocess
from digits.data import pen
from digits.data.images import ImageSample
from digits.errors import DigitsError
from digits.paths import HANDWRITING

_Sample = TypeVar("_Sample", pen.Sample, pen.Sample | ImageSample)


def split_validation(labels: NDArray[np.uint8], count: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of the training and of the validation part, both ascending.

    Stratified: each class gives the same share, rounded so that the validation part holds exactly `count`.
    """
    rng = np.random.default_rng(seed)
    shuffled = np.concatenate([rng.permutation(np.flatnonzero(labels == digit)) for digit in range(10)])
    # Every k-th of the list sorted by class takes the same share of each class.
    chosen = np.floor((np.arange(count) + 0.5) * len(labels) / count).astype(int)
    return np.sort(np.delete(shuffled, chosen)), np.sort(shuffled[chosen])


def split_writers(samples: Sequence[_Sample], config: Preprocess) -> dict[str, list[_Sample]]:
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


def split_strokes(config: Preprocess) -> dict[str, list[pen.Sample]]:
    """What of each part of the handwriting was written with a pen: made pages show it, for images are no hand's way.

    Raises:
        DigitsError: as `split_writers`, or of some part there are only images.
    """
    parts = split_writers(pen.read_all(HANDWRITING), config)
    written = {name: [sample for sample in of if isinstance(sample, pen.Sample)] for name, of in parts.items()}
    if empty := [name for name, of in parts.items() if of and not written[name]]:
        raise DigitsError(
            f"conf/preprocess: the writers of {', '.join(empty)} gave only images; name one who wrote with a pen"
        )
    return written
