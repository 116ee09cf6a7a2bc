"""What is no digit: made of this part's writers and letters alone, the same every time, taught as ten equal chances."""

from pathlib import Path

import numpy as np
import torch

from digits.data.outliers import outliers
from digits.data.pen import read_samples
from digits.data.sets import NO_DIGIT
from digits.training.classifier import targets

SAMPLES = read_samples(Path("data"))[:300]


def test_the_same_arguments_give_the_same_images_and_each_part_its_own() -> None:
    images, kinds = outliers(SAMPLES, "train", 44, seed=3)
    again, _ = outliers(SAMPLES, "train", 44, seed=3)
    other, _ = outliers(SAMPLES, "test", 44, seed=3)
    assert np.array_equal(images, again)
    assert not any(np.array_equal(one, two) for one, two in zip(images, other, strict=True))
    assert len(set(kinds)) == 11
    assert images.any(axis=(1, 2)).all()


def test_what_is_no_digit_is_taught_as_ten_equal_chances() -> None:
    rows = targets(torch.tensor([4, NO_DIGIT]), smoothing=0.1)
    assert torch.isclose(rows[0, 4], torch.tensor(0.91))
    assert torch.allclose(rows[1], torch.full((10,), 0.1))
    assert torch.allclose(rows.sum(dim=1), torch.ones(2))
