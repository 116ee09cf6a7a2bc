"""What is no digit: made of this part's writers and letters alone, the same every time, taught as ten equal chances."""

from pathlib import Path

import numpy as np
import torch

from digits.data.outliers import NO_DIGIT, outliers
from digits.data.pen import Sample, read_samples
from digits.data.styles import STYLES
from digits.ink import draw, normalise
from digits.model.classifier import targets

SAMPLES = read_samples(Path("data"))[:300]


def test_the_same_arguments_give_the_same_images_and_each_part_its_own() -> None:
    images, kinds = outliers(SAMPLES, "train", 28, seed=3)
    again, _ = outliers(SAMPLES, "train", 28, seed=3)
    other, _ = outliers(SAMPLES, "test", 28, seed=3)
    assert np.array_equal(images, again)
    assert not any(np.array_equal(one, two) for one, two in zip(images, other, strict=True))
    assert len(set(kinds)) == 7
    assert images.any(axis=(1, 2)).all()


def test_what_is_no_digit_is_taught_as_ten_equal_chances() -> None:
    rows = targets(torch.tensor([4, NO_DIGIT]), smoothing=0.1)
    assert torch.isclose(rows[0, 4], torch.tensor(0.91))
    assert torch.allclose(rows[1], torch.full((10,), 0.1))
    assert torch.allclose(rows.sum(dim=1), torch.ones(2))


def test_a_style_adds_strokes_and_keeps_what_was_written() -> None:
    rng = np.random.default_rng(0)
    for digit, restyle in STYLES.items():
        sample: Sample = next(s for s in SAMPLES if s.digit == digit and len(s.strokes) == 1)
        restyled = restyle(sample.strokes, rng)
        assert len(restyled) > 1
        assert np.array_equal(restyled[0], np.asarray(sample.strokes[0], float))
        assert not np.array_equal(normalise(draw(restyled, pen=20)), normalise(draw(sample.strokes, pen=20)))
