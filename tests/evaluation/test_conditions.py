"""Digits on the sheet as people place them; styles told apart by their strokes."""

from pathlib import Path

import numpy as np
import pytest

from digits.data.pen import read_samples
from digits.evaluation.conditions import CONDITIONS, NATURAL, SHEET

SAMPLES = read_samples(Path("data"))[:200]


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_digit_lies_on_the_sheet_at_whole_pixels(name: str) -> None:
    condition = CONDITIONS[name]
    for sample in SAMPLES[:20]:
        points = np.concatenate([np.asarray(stroke) for stroke in condition.place(sample)])
        assert (points == np.rint(points)).all()
        assert (points >= 0).all()
        assert (points <= SHEET).all()
        assert np.ptp(points, axis=0).max() == pytest.approx(condition.side, abs=1)
        written = np.argwhere(condition.picture(sample) < 128)[:, ::-1]
        # the picture's ink lies where the strokes are, half a pen around them
        assert np.abs(written.min(axis=0) - (points.min(axis=0) - condition.pen / 2)).max() < 4
        assert np.abs(written.max(axis=0) - (points.max(axis=0) + condition.pen / 2)).max() < 4


@pytest.mark.parametrize("digit", [2, 4, 7, 9])
def test_each_digit_has_exactly_one_of_its_styles(digit: int) -> None:
    own = [sample for sample in SAMPLES if sample.digit == digit]
    for sample in own:
        assert sum(has(sample) for of, has in NATURAL.values() if of == digit) == 1
