"""Lightning's view of the sets: everything in memory, a batch is one indexing operation."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler
from typing_extensions import override

from digits.config import Config
from digits.config.schema import Mix
from digits.data import sets
from digits.data.kinds import KINDS, OUTLIER, set_names
from digits.data.sets import DigitSet
from digits.errors import DigitsError

VALIDATION = tuple(set_names("validation"))
"""The validation sets, in the order of the validation loaders."""

_EVALUATION_BATCH = 500
"""Images in a validation batch: more than in training, for no gradients are kept."""


class BatchTable(Dataset[tuple[Tensor, Tensor]]):
    """Images (N, 1, 28, 28) uint8 and labels (N,) int64, indexed by a whole batch of positions at once."""

    def __init__(self, *parts: DigitSet) -> None:
        self.images = torch.cat([torch.from_numpy(part.images) for part in parts]).unsqueeze(1)
        self.labels = torch.cat([torch.from_numpy(part.labels) for part in parts]).long()

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, indices: Tensor) -> tuple[Tensor, Tensor]:
        return self.images[indices], self.labels[indices]


class EpochBatches(Sampler[Tensor]):
    """The shuffled batches of an epoch, a function of seed and epoch alone; each rank gets its share of every batch.

    Args:
        sizes: images in each part of the table.
        draws: how many of each part an epoch takes, each image at most once; None takes all.
        batch_size: images a batch over all ranks, to each of them equally many. The last, smaller one is left out.
        steps: says, when an epoch begins, how many batches were trained on before. (Lightning's own way,
            set_epoch, comes too late for the first epoch of a resumed training.)
    """

    def __init__(
        self,
        sizes: list[int],
        draws: list[int | None],
        batch_size: int,
        seed: int,
        steps: Callable[[], int],
        rank: int = 0,
        ranks: int = 1,
    ) -> None:
        self.sizes, self.batch_size, self.seed, self.rank, self.ranks = sizes, batch_size, seed, rank, ranks
        self.draws = [size if draw is None else min(draw, size) for size, draw in zip(sizes, draws, strict=True)]
        self.steps = steps
        if batch_size % ranks:
            raise DigitsError(f"train.batch_size={batch_size} cannot be shared equally by {ranks} processes")
        if len(self) == 0:
            raise DigitsError(f"mix draws {sum(self.draws)} images an epoch, fewer than train.batch_size={batch_size}")

    def __len__(self) -> int:
        return sum(self.draws) // self.batch_size

    def __iter__(self) -> Iterator[Tensor]:
        generator = torch.Generator().manual_seed(epoch_seed(self.seed, self.steps() // len(self)))
        offset, drawn = 0, []
        for size, draw in zip(self.sizes, self.draws, strict=True):
            drawn.append(offset + torch.randperm(size, generator=generator)[:draw])
            offset += size
        order = torch.cat(drawn)
        order = order[torch.randperm(len(order), generator=generator)]
        for batch in order[: len(self) * self.batch_size].split(self.batch_size):
            yield batch[self.rank :: self.ranks]


def epoch_seed(seed: int, epoch: int, rank: int = 0) -> int:
    """The seed of everything random in an epoch, so that a resumed training repeats it."""
    return (seed * 10_007 + epoch) * 1_009 + rank


class DigitsDataModule(pl.LightningDataModule):
    """Training batches mixed as config.mix says; validation on MNIST and on pen digits apart."""

    def __init__(self, config: Config, folder: Path) -> None:
        super().__init__()
        self.config = config
        self.training = [sets.load(folder, f"{name}-train") for name in trained_parts(config.mix)]
        self.validation = [sets.load(folder, f"{name}-validation") for name in VALIDATION]

    @override
    def train_dataloader(self) -> DataLoader[tuple[Tensor, Tensor]]:
        batches = EpochBatches(
            [len(part) for part in self.training],
            [getattr(self.config.mix, name) for name in trained_parts(self.config.mix)],
            self.config.train.batch_size,
            self.config.seed,
            lambda: self.trainer.global_step if self.trainer else 0,
            self.trainer.global_rank if self.trainer else 0,
            self.trainer.world_size if self.trainer else 1,
        )
        # A generator of its own: else every new epoch's loader draws from the global one that augmentation uses.
        return DataLoader(BatchTable(*self.training), batch_size=None, sampler=batches, generator=torch.Generator())

    @override
    def val_dataloader(self) -> list[DataLoader[tuple[Tensor, Tensor]]]:
        tables = [BatchTable(part) for part in self.validation]
        return [
            DataLoader(table, batch_size=None, sampler=torch.arange(len(table)).split(_EVALUATION_BATCH))
            for table in tables
        ]


def parts(mix: Mix) -> list[str]:
    """Names of the sets of digits that a mix draws from."""
    return [name for name in KINDS if getattr(mix, name) != 0]


def calibrated_parts(mix: Mix) -> list[str]:
    """Names of those that temperature and threshold of a lone digit's reading are chosen on."""
    return [name for name in parts(mix) if KINDS[name].calibrated]


def trained_parts(mix: Mix) -> list[str]:
    """Names of all the sets that a mix draws from, what is no digit among them."""
    return [*parts(mix), *([OUTLIER] if mix.outlier != 0 else [])]
