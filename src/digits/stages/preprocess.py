"""Stage 2 of dvc.yaml: raw MNIST and the pen handwriting in data/ become the sets that train and evaluate read."""

import json
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.config import Config, stage
from digits.data import mnist, outliers, pen, sets
from digits.data.sets import DigitSet
from digits.data.splits import split_validation, split_writers
from digits.errors import DigitsError
from digits.files import written_whole
from digits.paths import HANDWRITING, RAW, SETS


def pen_set(samples: list[pen.Sample], images: NDArray[np.uint8]) -> DigitSet:
    """The set of drawn samples; `images` is (samples, variants, 28, 28)."""
    variants = images.shape[1]
    return DigitSet(
        images.reshape(-1, *images.shape[2:]),
        np.repeat(np.array([sample.digit for sample in samples], np.uint8), variants),
        np.repeat(np.array([sample.writer for sample in samples], np.str_), variants),
    )


def anonymous(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> DigitSet:
    """A set of whose writers nothing is known."""
    return DigitSet(images, labels, np.zeros(len(labels), "<U1"))


def outlier_set(images: NDArray[np.uint8], kinds: list[str]) -> DigitSet:
    """The set of what is no digit; the kind of each stands in its writer's place."""
    return DigitSet(images, np.full(len(images), outliers.NO_DIGIT, np.uint8), np.array(kinds))


def summarise(digits: DigitSet) -> dict[str, Any]:
    """Counts and class balance of a set."""
    counts = Counter(digits.labels.tolist())
    return {
        "images": len(digits),
        "per_class": {str(digit): counts[digit] for digit in range(10) if counts[digit]},
        "writers": sorted(set(digits.writers.tolist()) - {""}),
    }


@stage
def main(config: Config) -> None:
    """Writes one npz a set, summary.json and a contact sheet of each set."""
    settings, out = config.preprocess, Path(config.out or SETS)
    images, labels = mnist.load(RAW, "train")
    training, validation = split_validation(labels, settings.mnist_validation, config.seed)
    made = {
        "mnist-train": anonymous(images[training], labels[training]),
        "mnist-validation": anonymous(images[validation], labels[validation]),
        "mnist-test": anonymous(*mnist.load(RAW, "test")),
    }
    for name, samples in split_writers(pen.read_samples(HANDWRITING), settings).items():
        if not samples:
            raise DigitsError(f"no writer is left for {name}: name fewer in conf/preprocess")
        part = name.removeprefix("pen-")
        drawing = (
            partial(pen.draw_variants, config=settings, seed=config.seed)
            if name == "pen-train"
            else partial(pen.draw_plainly, width=settings.plain_width)
        )
        made[name] = pen_set(samples, pen.draw_all(samples, drawing, name))
        count = settings.outliers if part == "train" else settings.outliers_held_out
        made[f"outlier-{part}"] = outlier_set(*outliers.outliers(samples, part, count, config.seed))

    for name, digits in made.items():
        sets.save(out, name, digits)
        with written_whole(out / "sheets" / f"{name}.png") as path:
            sets.contact_sheet(digits).save(path)
        print(f"{name:18}{len(digits):7,} images")
    with written_whole(out / "summary.json") as path:
        path.write_text(json.dumps({name: summarise(digits) for name, digits in made.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
