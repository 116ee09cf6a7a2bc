"""How the sets are made that training and evaluation read, from raw MNIST and from the handwriting in data/."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.config import Preprocess
from digits.data import allographs, images, mnist, outliers, pen
from digits.data.hands import Hands
from digits.data.images import ImageSample
from digits.data.pages import Pages
from digits.data.placed import placed
from digits.data.sets import NO_DIGIT, DigitSet
from digits.data.splits import split_strokes, split_validation, split_writers
from digits.errors import DigitsError
from digits.paths import HANDWRITING, RAW

Sets = Iterator[tuple[str, DigitSet]]
"""Sets with their names: a kind and a part, as in pen-test."""


def mnist_sets(settings: Preprocess, seed: int) -> Sets:
    """The digits of MNIST, a part of its training images kept for validation."""
    images, labels = mnist.load(RAW, "train")
    training, validation = split_validation(labels, settings.mnist_validation, seed)
    yield "mnist-train", _anonymous(images[training], labels[training])
    yield "mnist-validation", _anonymous(images[validation], labels[validation])
    yield "mnist-test", _anonymous(*mnist.load(RAW, "test"))


def pen_sets(settings: Preprocess, seed: int) -> Sets:
    """What people wrote with a pen, and what was cut out of pictures of their digits."""
    for name, samples in split_writers(pen.read_all(HANDWRITING), settings).items():
        if not samples:
            raise DigitsError(f"no writer is left for {name}: name fewer in conf/preprocess")
        drawing = (
            partial(varied, config=settings, seed=seed) if name == "pen-train" else partial(plain, config=settings)
        )
        yield name, _written(samples, pen.draw_all(samples, drawing, name))


def varied(sample: pen.Sample | ImageSample, config: Preprocess, seed: int) -> NDArray[np.uint8]:
    """What is trained on of a sample, (config.pen_variants, 28, 28): of an image as many as of strokes."""
    if isinstance(sample, ImageSample):
        return images.draw_variants(sample, config, seed)
    return pen.draw_variants(sample, config, seed)


def plain(sample: pen.Sample | ImageSample, config: Preprocess) -> NDArray[np.uint8]:
    """A sample as it was written, once: (1, 28, 28)."""
    return (
        images.draw_plainly(sample) if isinstance(sample, ImageSample) else pen.draw_plainly(sample, config.plain_width)
    )


def allograph_sets(settings: Preprocess, seed: int) -> Sets:
    """The forms that people give digits from country to country, made; the sets name the form as who wrote."""
    for part, count in (
        ("train", settings.allographs),
        *((part, settings.allographs_held_out) for part in ("validation", "test")),
    ):
        name = f"allograph-{part}"
        forms = allographs.of_set(count, even=part != "train")
        drawing = partial(_draw_form, config=settings, seed=[seed, *part.encode()])
        images = pen.draw_all([*enumerate(forms)], drawing, name)
        labels = np.array([form.digit for form in forms], np.uint8)
        yield name, DigitSet(images, labels, np.array([str(form) for form in forms]))


def _draw_form(
    numbered: tuple[int, allographs.Allograph], config: Preprocess, seed: Sequence[int]
) -> NDArray[np.uint8]:
    index, form = numbered
    rng = np.random.default_rng([*seed, index])
    return pen.draw_varied(allographs.written(form, rng), config, rng)


def page_sets(settings: Preprocess, seed: int) -> Sets:
    """Digits as they stand on made pages, and what is no digit, there and alone; each of its part's writers alone."""
    scanned = dict(mnist_sets(settings, seed))
    for name, samples in split_strokes(settings).items():
        part = name.removeprefix("pen-")
        count, others = (
            (settings.page_digits, settings.outliers)
            if part == "train"
            else (settings.page_digits_held_out, settings.outliers_held_out)
        )
        found = placed(Pages(Hands(samples, scanned[f"mnist-{part}"]), part, seed), count, f"page-{part}")
        yield f"page-{part}", found.digits
        alone, kinds = outliers.outliers(samples, part, others, seed)
        drawn = np.concatenate([alone, found.others[:others]])
        kinds += ["on pages"] * (len(drawn) - len(kinds))
        yield f"outlier-{part}", DigitSet(drawn, np.full(len(drawn), NO_DIGIT, np.uint8), np.array(kinds))


MAKERS: list[Callable[[Preprocess, int], Sets]] = [mnist_sets, pen_sets, allograph_sets, page_sets]
"""What makes the sets of every kind; a new one joins here and in `kinds`."""


def make_sets(settings: Preprocess, seed: int) -> Sets:
    """Every set, one after the other.

    Args:
        settings: conf/preprocess.
        seed: of everything random.

    Raises:
        DigitsError: raw files or handwriting are missing or broken, or a set would be empty.
    """
    for maker in MAKERS:
        yield from maker(settings, seed)


def summary(digits: DigitSet) -> dict[str, Any]:
    """Counts, class balance and writers of a set."""
    counts = Counter(digits.labels.tolist())
    return {
        "images": len(digits),
        "per_class": {str(digit): counts[digit] for digit in range(10) if counts[digit]},
        "writers": sorted(set(digits.writers.tolist()) - {""}),
    }


def _anonymous(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> DigitSet:
    """A set of whose writers nothing is known."""
    return DigitSet(images, labels, np.zeros(len(labels), "<U1"))


def _written(samples: Sequence[pen.Sample | ImageSample], drawn: NDArray[np.uint8]) -> DigitSet:
    """The set of drawn samples; `drawn` is (samples, variants, 28, 28)."""
    variants = drawn.shape[1]
    return DigitSet(
        drawn.reshape(-1, *drawn.shape[2:]),
        np.repeat(np.array([sample.digit for sample in samples], np.uint8), variants),
        np.repeat(np.array([sample.writer for sample in samples], np.str_), variants),
    )
