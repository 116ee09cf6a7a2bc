"""Strips to train on: made once, on all processors, and kept in memory."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytorch_lightning as pl
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler
from tqdm import tqdm
from typing_extensions import override

from digits.config.schema import PageTraining
from digits.data.pages import STRIP, Page, Pages
from digits.ink.contrast import PAPER, local_contrast
from digits.ink.marks import ACROSS, CLASSES, DOWN
from digits.training.pages.targets import MOST, NONE, UNASKED, Batch

_CHUNK = 250
"""Strips that a process makes at a time."""

_VALIDATION_BATCH = 100

_WRITTEN = 100
"""Of 255: ink from which on a hand has written in a cell."""


def make(pages: Pages, count: int, title: str) -> Batch:
    """The first `count` strips of a part, with a progress bar of that title."""
    chunks = [range(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]
    with ProcessPoolExecutor(os.cpu_count(), initializer=_take, initargs=(pages,)) as pool:
        made = list(tqdm(pool.map(_make, chunks), title, len(chunks), unit_scale=_CHUNK, unit="strip"))
    return Batch(*(torch.from_numpy(np.concatenate(part)) for part in zip(*made, strict=True)))


_taken: list[Pages] = []  # what a process makes strips of: told once


def _take(pages: Pages) -> None:
    _taken[:] = [pages]


def _make(indices: range) -> tuple[NDArray[np.generic], ...]:
    (pages,) = _taken
    packed = [_packed(pages.strip(index)) for index in indices]
    return tuple(np.stack(part) for part in zip(*packed, strict=True))


def _packed(page: Page) -> tuple[NDArray[np.generic], ...]:
    """One strip as `Batch` holds them, in the middle of paper if it is smaller."""
    height, width = STRIP
    down, across = page.picture.shape
    top, left = (height - down) // 2, (width - across) // 2
    around = ((top, height - down - top), (left, width - across - left))
    contrast = np.pad(local_contrast(page.picture.astype(np.float32) / np.float32(255)), around, constant_values=PAPER)
    cells = np.pad(page.writing, around).reshape(height // DOWN, DOWN, width // ACROSS, ACROSS)
    writing = cells.max(axis=(1, 3)) > _WRITTEN
    boxes, classes = np.zeros((MOST, 4), np.float32), np.full(MOST, NONE, np.int16)
    for place, mark in enumerate(page.marks[:MOST]):
        boxes[place] = np.add(mark.box, (left, top, left, top))
        classes[place] = CLASSES.index(mark.sign) if mark.sign else UNASKED
    return contrast, writing.astype(np.uint8), boxes, classes


class _Table(Dataset[Batch]):
    """Strips, indexed by a whole batch of positions at once."""

    def __init__(self, strips: Batch) -> None:
        self.strips = strips

    def __getitem__(self, indices: Tensor) -> Batch:
        return Batch(*(part[indices] for part in self.strips))


class _EpochBatches(Sampler[Tensor]):
    """The batches of an epoch, a function of seed and epoch alone; each pass over the strips has an order of its own.

    Args:
        config: how many strips, passes, epochs.
        seed: of the orders.
        steps: says, when an epoch begins, how many batches were trained on before.
    """

    def __init__(self, config: PageTraining, seed: int, steps: Callable[[], int]) -> None:
        generator = torch.Generator().manual_seed(seed)
        order = torch.cat([torch.randperm(config.strips, generator=generator) for _ in range(config.passes)])
        self.batches = order[: batches(config) * config.batch_size].split(config.batch_size)
        self.length, self.steps = len(self.batches) // config.epochs, steps

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Tensor]:
        first = self.steps()
        yield from self.batches[first : first + self.length]


def batches(config: PageTraining) -> int:
    """In the whole training; each epoch has equally many."""
    return config.strips * config.passes // config.batch_size // config.epochs * config.epochs


class StripData(pl.LightningDataModule):
    """Training and validation strips.

    Args:
        config: conf/pages.
        seed: of the order in which strips are seen.
        training: strips, made.
        validation: others, of other people.
    """

    def __init__(self, config: PageTraining, seed: int, training: Batch, validation: Batch) -> None:
        super().__init__()
        self.config, self.seed, self.training, self.validation = config, seed, training, validation

    @override
    def train_dataloader(self) -> DataLoader[Batch]:
        order = _EpochBatches(self.config, self.seed, lambda: self.trainer.global_step if self.trainer else 0)
        return DataLoader(_Table(self.training), batch_size=None, sampler=order, generator=torch.Generator())

    @override
    def val_dataloader(self) -> DataLoader[Batch]:
        order = torch.arange(len(self.validation.pictures)).split(_VALIDATION_BATCH)
        return DataLoader(_Table(self.validation), batch_size=None, sampler=order)
