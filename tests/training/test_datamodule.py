"""What an epoch draws: a function of seed and epoch, each image at most once, shared out among ranks."""

import pytest
import torch

from digits.config.schema import Augmentation
from digits.errors import DigitsError
from digits.training.augmentation import augment, damage, strength_at
from digits.training.datamodule import EpochBatches


def epoch(number: int, rank: int = 0, ranks: int = 1) -> list[torch.Tensor]:
    batches = EpochBatches([1000, 300], [None, 120], 32, 5, lambda: number * 35, rank, ranks)  # 35 batches an epoch
    return list(batches)


def test_an_epoch_repeats_itself_and_no_other() -> None:
    assert torch.equal(torch.cat(epoch(3)), torch.cat(epoch(3)))
    assert not torch.equal(torch.cat(epoch(3)), torch.cat(epoch(4)))


def test_each_image_is_drawn_at_most_once_and_each_part_as_often_as_asked() -> None:
    drawn = torch.cat(epoch(0))
    assert len(drawn) == (1000 + 120) // 32 * 32
    assert len(drawn.unique()) == len(drawn)
    assert (drawn >= 1000).sum() <= 120


def test_ranks_share_every_batch() -> None:
    whole, first, second = epoch(2), epoch(2, 0, 2), epoch(2, 1, 2)
    for batch, one, other in zip(whole, first, second, strict=True):
        assert torch.equal(torch.cat([one, other]).sort().values, batch.sort().values)


def test_a_batch_that_ranks_cannot_share_equally_is_an_error() -> None:
    with pytest.raises(DigitsError, match="batch_size=32 cannot be shared equally by 3"):
        EpochBatches([1000], [None], 32, 1, lambda: 0, 2, 3)


def test_too_few_images_for_one_batch_is_an_error() -> None:
    with pytest.raises(DigitsError, match="batch_size=32"):
        EpochBatches([10], [None], 32, 1, lambda: 0)


def test_augmentation_moves_each_image_by_its_own_amount_and_no_further_than_asked() -> None:
    torch.manual_seed(0)
    dots = torch.zeros(64, 1, 29, 29)
    dots[:, :, 14, 14] = 1.0
    amounts = {"damage": 0, "fade": 0, "faded": 1}
    still = Augmentation(rotation=0, scale=0, shear=0, shift=0, elastic=0, **amounts)
    assert augment(dots, still) is dots
    # a dot in the middle only follows the shift: 0.2 of the half side is 2.9 pixels
    moved = augment(dots, Augmentation(rotation=30, scale=0.2, shear=0.3, shift=0.2, elastic=0, **amounts))
    weights = moved.flatten(1) / moved.flatten(1).sum(1, keepdim=True)
    rows = (weights * torch.arange(29.0).repeat_interleave(29)).sum(1) - 14
    assert rows.abs().max() < 2.9 * 1.2 * 1.35
    assert rows.std() > 0.8


def test_elastic_augmentation_bends_a_line_smoothly_and_no_further_than_asked() -> None:
    torch.manual_seed(0)
    lines = torch.zeros(64, 1, 28, 28)
    lines[:, :, 14] = 1.0
    still = {"rotation": 0, "scale": 0, "shear": 0, "shift": 0, "damage": 0, "fade": 0, "faded": 1}
    bent = augment(lines, Augmentation(elastic=2, **still))[:, 0]
    height = ((bent * torch.arange(28.0)[:, None]).sum(1) / bent.sum(1))[:, 3:-3]  # of the line, but for its ends
    assert (height - 14).abs().max() < 2 * 1.3
    assert height.std(1).mean() > 0.3
    assert height.diff(dim=1).abs().max() < 1.5


def test_augmentation_fades_towards_the_end_of_the_training() -> None:
    config = Augmentation(rotation=15, scale=0.1, shear=0.1, shift=0.1, elastic=0, damage=0, fade=0.4, faded=0.5)
    assert [strength_at(config, progress) for progress in (0.0, 0.6, 0.8, 1.0)] == pytest.approx([1, 1, 0.75, 0.5])


def test_a_share_of_a_batch_is_damaged_each_image_in_its_own_way_and_stays_a_picture() -> None:
    torch.manual_seed(0)
    images = torch.zeros(96, 1, 28, 28)
    images[:, :, 6:22, 13:16] = 1.0
    damaged = torch.cat([damage(images, 0.5) for _ in range(20)])
    hit = (damaged != images[:1]).flatten(1).any(1)
    assert hit.float().mean() == pytest.approx(0.5, abs=0.04)
    assert len(damaged[hit].flatten(1).unique(dim=0)) > 0.8 * hit.sum()
    assert damaged.min() >= 0
    assert damaged.max() <= 1
    # every kind leaves ink darker than paper, or most of it as it was
    ink, paper = damaged[hit][:, :, 6:22, 13:16].mean((1, 2, 3)), damaged[hit][:, :, :, :8].mean((1, 2, 3))
    assert (ink > paper).float().mean() > 0.9
