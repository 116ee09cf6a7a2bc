"""How reading holds up when pictures get worse: the test digits under every corruption at every strength, beside a
reader to compare with, and the test digits in ever smaller pictures."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from digits.data.sets import DigitSet
from digits.errors import DigitsError
from digits.evaluation import scores
from digits.evaluation.corruptions import CORRUPTIONS, STRENGTHS, corrupt
from digits.evaluation.held_out import evenly, read_texts
from digits.files import written_whole
from digits.ink import SIDE
from digits.ink.normalise import BOX
from digits.reading.parallel import ReaderPool
from digits.reading.reader import Reader

Right = NDArray[np.bool_]
"""(corruptions, 6, N): whether each digit is read right under each of `CORRUPTIONS`, at strength 0, undamaged, to 5."""

PLAIN = 3
"""The strength that a person reads without trouble."""

_STEP = 1024  # digits damaged and read at a time


def read_corrupted(reader: Reader, tests: Mapping[str, DigitSet], count: int | None = None) -> dict[str, Right]:
    """What is read right of `count` digits of each set, None for all, under every corruption at every strength."""
    chosen = {name: evenly(len(digits), count) for name, digits in tests.items()}
    total = sum(len(places) for places in chosen.values()) * (1 + len(CORRUPTIONS) * len(STRENGTHS))
    found = {}
    with tqdm(total=total, desc="corruptions", unit="read", leave=False) as bar:
        for name, places in chosen.items():
            images, labels = tests[name].images[places], tests[name].labels[places]
            found[name] = np.empty((len(CORRUPTIONS), 1 + len(STRENGTHS), len(places)), np.bool_)
            for start in range(0, len(places), _STEP):
                part = slice(start, start + _STEP)

                def right(damaged: NDArray[np.uint8], actual: NDArray[np.uint8] = labels[part]) -> Right:
                    read = reader.classify(damaged).argmax(axis=1)
                    bar.update(len(actual))
                    return read == actual

                found[name][:, 0, part] = right(images[part])
                for row, corruption in zip(found[name], CORRUPTIONS, strict=True):
                    for strength in STRENGTHS:
                        row[strength, part] = right(corrupt(images[part], corruption, strength))
    return found


def summary(right: Right, corruptions: Iterable[str] = CORRUPTIONS) -> dict[str, Any]:
    """Accuracy undamaged, its mean over all corruptions and strengths, and by corruption from undamaged to 5."""
    damaged = right[:, 1:].mean(axis=(0, 1))
    low, high = scores.interval(scores.bootstrap_mean(damaged))
    return {
        "digits": right.shape[2],
        "undamaged": _share(right[0, 0].mean()),
        "mean": _share(damaged.mean()),
        "mean_interval": [_share(low), _share(high)],
        "by_corruption": {
            name: [_share(share) for share in row.mean(axis=1)] for name, row in zip(corruptions, right, strict=True)
        },
    }


def gain(right: Right, other: Right, corruptions: Iterable[str] = CORRUPTIONS) -> dict[str, Any]:
    """By how much accuracy is above another reader's on the same digits: on the mean, and at `PLAIN` strength."""
    better = (right.astype(int) - other)[:, 1:].mean(axis=(0, 1))
    low, high = scores.interval(scores.bootstrap_mean(better))
    plain = right[:, PLAIN].mean(axis=1) - other[:, PLAIN].mean(axis=1)
    return {
        "mean": _share(better.mean()),
        "mean_interval": [_share(low), _share(high)],
        f"at_strength_{PLAIN}": {name: _share(value) for name, value in zip(corruptions, plain, strict=True)},
    }


def _share(value: float | np.floating) -> float:
    return round(float(value), 6)


class Kept(NamedTuple):
    """What another reader read right."""

    corruptions: list[str]
    """The rows, of those that there are today."""
    right: dict[str, Right]


def _damage() -> dict[str, list[float]]:
    return {name: list(corruption.amounts) for name, corruption in CORRUPTIONS.items()}


def save_right(path: Path, found: Mapping[str, Right]) -> None:
    """Keeps what was read right of whole sets, a bit each, for comparisons with whatever part of them."""
    arrays: dict[str, Any] = {"damage": np.array(json.dumps(_damage()))}
    for name, right in found.items():
        arrays |= {name: np.packbits(right, axis=2), f"{name}_digits": np.array(right.shape[2])}
    with written_whole(path) as file:
        np.savez_compressed(file, **arrays)


def load_right(path: Path, tests: Mapping[str, DigitSet], count: int | None = None) -> Kept:
    """What `save_right` kept of the same digits as `read_corrupted` reads.

    Sets of another size are left out, and so are corruptions that have come or changed since.

    Raises:
        DigitsError: there is no such file, or nothing in it can be compared with.
    """
    advice = "make it anew as benchmarks/robustness.py says"
    try:
        with np.load(path, allow_pickle=False) as kept:
            then, today = json.loads(str(kept["damage"])), _damage()
            rows = {name: row for row, name in enumerate(then) if then[name] == today.get(name)}
            if not rows:
                raise DigitsError(f"{path} is about other corruptions than today's: {advice}")
            right = {
                name: np.unpackbits(kept[name], axis=2, count=len(digits)).astype(bool)
                for name, digits in tests.items()
                if kept.get(f"{name}_digits") == len(digits)
            }
            return Kept(
                list(rows),
                {name: of[list(rows.values())][:, :, evenly(of.shape[2], count)] for name, of in right.items()},
            )
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise DigitsError(f"{path} cannot be read ({error}): {advice}") from error


def compared(found: Mapping[str, Right], tutorial: Kept) -> dict[str, Any]:
    """For reports/: every set's `summary`, the tutorial's, and what is gained over it where it read the same."""
    names = tutorial.corruptions
    same = [list(CORRUPTIONS).index(name) for name in names]
    return {
        "corrupted": {name: summary(right) for name, right in found.items()},
        "tutorial": {name: summary(right, names) for name, right in tutorial.right.items()},
        "above_tutorial": {name: gain(found[name][same], right, names) for name, right in tutorial.right.items()},
    }


HEIGHTS = (28, 20, 16, 14, 12, 10, 9, 8, 7, 6, 5)
"""Of digits in small pictures, pixels."""

_MARGIN = 2  # pixels of paper around a small picture


def small_picture(image: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    """A normalised image (28, 28) as a picture, black on white, in which its digit is so many pixels high or wide."""
    side = round(SIDE * height / BOX)
    small = Image.fromarray(255 - image).resize((side, side), Image.Resampling.BOX if side < SIDE else None)
    return np.pad(np.asarray(small), _MARGIN, constant_values=255)


def read_small(readers: ReaderPool, tests: Mapping[str, DigitSet], count: int | None) -> dict[str, dict[str, float]]:
    """The share of `count` digits of each set that are read right, and as nothing else, in pictures of every height."""
    found: dict[str, dict[str, float]] = {}
    for name, digits in tests.items():
        places = evenly(len(digits), count)
        images, labels = list(digits.images[places]), digits.labels[places].tolist()
        found[name] = {
            str(height): _right(
                read_texts(readers, partial(small_picture, height=height), images, f"{height} pixels"), labels
            )
            for height in HEIGHTS
        }
    return found


def _right(texts: Sequence[str], labels: Sequence[int]) -> float:
    return _share(np.mean([text == str(label) for text, label in zip(texts, labels, strict=True)]))
