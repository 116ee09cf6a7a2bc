"""The arrays between preprocess and everything after it: named sets of labelled 28x28 images."""

import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.errors import DigitsError
from digits.files import written_whole
from digits.ink import SIDE

NO_DIGIT = 10
"""The label of what is no digit."""


@dataclass(frozen=True)
class DigitSet:
    """Labelled images."""

    images: NDArray[np.uint8]
    """(N, 28, 28), 0 paper, 255 ink."""
    labels: NDArray[np.uint8]
    """(N,), 0 to 9; `NO_DIGIT` for what is none."""
    writers: NDArray[np.str_]
    """(N,), who wrote each; empty strings where that is not known, as in MNIST."""

    def __len__(self) -> int:
        return len(self.labels)


def save(folder: Path, name: str, digits: DigitSet) -> None:
    """Writes `digits` as <folder>/<name>.npz, whole or not at all; equal sets are equal files.

    np.savez would do, but has zipfile stream, and what it then says of itself differs from Python 3.11.2 to 3.11.7.
    """
    with written_whole(folder / f"{name}.npz") as path, ZipFile(path, "w") as archive:
        for part, array in (("images", digits.images), ("labels", digits.labels), ("writers", digits.writers)):
            member, content = ZipInfo(f"{part}.npy"), io.BytesIO()
            member.create_system = 3  # whatever the system
            np.lib.format.write_array(content, array, allow_pickle=False)
            archive.writestr(member, content.getvalue())


def load(folder: Path, name: str) -> DigitSet:
    """The set that `save` wrote.

    Raises:
        DigitsError: there is no such file, or it is broken; names it.
    """
    path = folder / f"{name}.npz"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return DigitSet(arrays["images"], arrays["labels"], arrays["writers"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:
        raise DigitsError(f"{path} cannot be read ({error}): make it with `dvc repro preprocess`") from error


def contact_sheet(digits: DigitSet, columns: int = 24) -> Image.Image:
    """A row for each label, with `columns` examples spread evenly over the set; dark ink on white."""
    rows = [np.flatnonzero(digits.labels == label) for label in np.unique(digits.labels)]
    if len(rows) == 1:  # what is no digit: rows by kind
        rows = [np.flatnonzero(digits.writers == kind) for kind in np.unique(digits.writers)]
    gap = 2
    cell = SIDE + gap
    sheet = Image.new("L", (columns * cell + gap, len(rows) * cell + gap), 255)
    for row, members in enumerate(rows):
        for column, position in enumerate(np.linspace(0, len(members) - 1, min(columns, len(members))).astype(int)):
            picture = Image.fromarray(255 - digits.images[members[position]])
            sheet.paste(picture, (gap + column * cell, gap + row * cell))
    return sheet.resize((sheet.width * 2, sheet.height * 2), Image.Resampling.NEAREST)
