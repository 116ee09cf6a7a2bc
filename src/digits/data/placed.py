"""Single digits as they stand on made pages, among neighbours, print and rules.

The digit network learns from them to read the one in the middle, and to be unsure where none is.
"""

import itertools
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from digits.data.pages import Page, Pages
from digits.data.paper import Random
from digits.data.sets import DigitSet
from digits.ink.contrast import in_place, local_contrast

_CHUNK = 100  # pages that a process makes at a time
_OFF = 0.05  # sigma of each edge of a box, in heights: as far as the page network is off
_BETWEEN = 0.15  # of neighbouring digits, between whose middles a place is shown where no digit stands
_DIGITS_A_PAGE = 4.0  # at the least, on average


@dataclass
class Placed:
    """Images of pages."""

    digits: DigitSet
    """Its writers are kinds of paper: who wrote is not told."""
    others: NDArray[np.uint8]
    """(N, 28, 28), of places where no digit stands."""


def placed(pages: Pages, count: int, title: str) -> Placed:
    """Images of `count` digits as they stand on pages, and of places where none does, with a progress bar."""
    wanted = round(count / _DIGITS_A_PAGE) + 1
    chunks = [range(start, min(start + _CHUNK, wanted)) for start in range(0, wanted, _CHUNK)]
    with ProcessPoolExecutor(os.cpu_count(), initializer=_take, initargs=(pages,)) as pool:
        made = [one for some in tqdm(pool.map(_make, chunks), title, len(chunks)) for one in some]
    digits = [(image, label, kind) for image, label, kind in made if label >= 0][:count]
    images, labels, kinds = zip(*digits, strict=True)
    others = [image for image, label, _ in made if label < 0]
    return Placed(DigitSet(np.stack(images), np.array(labels, np.uint8), np.array(kinds)), np.stack(others))


_taken: list[Pages] = []  # what a process takes digits of: told once


def _take(pages: Pages) -> None:
    _taken[:] = [pages]


_Image = tuple[NDArray[np.uint8], int, str]


def _make(indices: range) -> list[_Image]:
    """Image, digit or -1, and kind of paper."""
    (pages,) = _taken
    return [one for index in indices for one in _placed(pages.strip(index), np.random.default_rng([7, index]))]


def _placed(page: Page, rng: Random) -> list[_Image]:
    contrast = local_contrast(page.picture.astype(np.float32) / np.float32(255))
    found: list[_Image] = []

    def show(box: tuple[float, ...], label: int) -> None:
        _left, top, _right, bottom = box
        edges = np.array(box) + rng.normal(0, _OFF, 4) * (bottom - top)
        found.append((in_place(contrast, tuple(edges.tolist())), label, page.kind))

    digits = [mark for mark in page.marks if mark.sign.isdigit()]
    for mark in digits:
        show(mark.box, int(mark.sign))
    for mark, after in itertools.pairwise(digits):
        high = mark.box[3] - mark.box[1]
        beside = 0 < after.box[0] + after.box[2] - mark.box[0] - mark.box[2] < 3 * high
        if beside and rng.random() < _BETWEEN:
            show(tuple((one + other) / 2 for one, other in zip(mark.box, after.box, strict=True)), -1)
    for mark in page.marks:
        if mark.sign and mark.sign in "=+$€£:":
            show(mark.box, -1)
    for box in page.others:
        show(box, -1)
    return found
