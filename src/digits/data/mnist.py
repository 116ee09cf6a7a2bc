"""MNIST's four IDX files: their names and hashes, read and written.

The download stage writes them, the preprocess stage and the notebooks `load` them. The format is the one of
http://yann.lecun.com/exdb/mnist/: two zero bytes, the element type, the number of axes, each axis as a
big-endian 32-bit count, then the elements.
"""

import math
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digits.errors import DigitsError
from digits.files import written_whole

FILES = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""The unpacked files and their SHA-256."""

_SPLITS = {"train": ("train", 60_000), "test": ("t10k", 10_000)}  # split: (how its files' names begin, digits)
_SIDE = 28  # pixels

_MAGIC = {1: b"\x00\x00\x08\x01", 3: b"\x00\x00\x08\x03"}  # axes: first four bytes; 8 is the type uint8
_AGAIN = "delete the file and run `dvc repro download`"


def load(folder: Path, split: Literal["train", "test"]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """All digits of one split.

    Args:
        folder: holds the unpacked IDX files, such as artifacts/raw.
        split: train is the 60,000 digits, test the 10,000.

    Returns:
        Images (N, 28, 28), 0 paper to 255 ink, and labels (N,), 0 to 9.

    Raises:
        DigitsError: a file is missing, damaged or not MNIST; the message names it.
    """
    prefix, count = _SPLITS[split]
    images_path, labels_path = folder / f"{prefix}-images-idx3-ubyte", folder / f"{prefix}-labels-idx1-ubyte"
    images, labels = read_idx(images_path), read_idx(labels_path)
    for path, array, shape in ((images_path, images, (count, _SIDE, _SIDE)), (labels_path, labels, (count,))):
        if array.shape != shape:
            raise DigitsError(f"{path}: expected {_text(shape)} elements, found {_text(array.shape)}; {_AGAIN}")
    if labels.max() > 9:
        index = int((labels > 9).argmax())
        raise DigitsError(
            f"{labels_path}: expected labels from 0 to 9, found {labels[index]} at index {index}; {_AGAIN}"
        )
    return images, labels


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array in an IDX file of unsigned bytes with one axis (labels) or three (images).

    Raises:
        DigitsError: the file is missing, is no such IDX file, or is shorter or longer than its header says.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            axes = next((axes for axes, known in _MAGIC.items() if known == magic), None)
            if axes is None:
                raise DigitsError(
                    f"{path}: expected an unpacked IDX file of unsigned bytes, beginning with 00000801 or 00000803, "
                    f"found {magic.hex() or 'nothing'}; {_AGAIN}"
                )
            counts = file.read(4 * axes)
            shape = tuple(int.from_bytes(counts[i : i + 4], "big") for i in range(0, 4 * axes, 4))
            expected, found = 4 + 4 * axes + math.prod(shape), path.stat().st_size
            if found != expected:
                raise DigitsError(
                    f"{path}: its header says {_text(shape)} elements, so expected {expected:,} bytes, "
                    f"found {found:,}; {_AGAIN}"
                )
            return np.fromfile(file, np.uint8).reshape(shape)
    except FileNotFoundError:
        raise DigitsError(f"{path}: expected an MNIST file, found none; run `dvc repro download`") from None
    except OSError as error:
        raise DigitsError(f"{path}: cannot be read ({error.strerror}); check its type and permissions") from error


def write_idx(path: Path, array: NDArray[np.uint8]) -> None:
    """Writes labels (N,) or images (N, H, W) as an IDX file, which appears under its name once it is whole.

    Raises:
        ValueError: the array is not of unsigned bytes or has neither one axis nor three.
    """
    if array.dtype != np.uint8 or array.ndim not in _MAGIC:
        raise ValueError(f"expected uint8 with 1 or 3 axes, found {array.dtype} with {array.ndim}")
    header = _MAGIC[array.ndim] + b"".join(count.to_bytes(4, "big") for count in array.shape)
    with written_whole(path) as unfinished:
        unfinished.write_bytes(header + array.tobytes())


def _text(shape: tuple[int, ...]) -> str:
    return " x ".join(f"{count:,}" for count in shape)
