"""Seldom styles are made of what people wrote: the digit looks different and is still the same digit."""

from pathlib import Path

import numpy as np
import pytest

from digits.data.pen import draw_plainly, read_samples
from digits.data.styles import STYLES
from digits.ink import draw, normalise
from digits.ink.parts import Parts

SAMPLES = read_samples(Path("data"))[:600]


def holes(image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> int:
    """Parts of the paper that ink encloses."""
    return len(Parts(np.pad(image, 1) < 100).area) - 1


@pytest.mark.parametrize("digit", STYLES)
def test_a_style_changes_how_a_digit_looks(digit: int) -> None:
    style = STYLES[digit]
    rng = np.random.default_rng(0)
    written = [s for s in SAMPLES if s.digit == digit and len(s.strokes) == style.strokes]
    assert len(written) > 5
    for sample in written:
        made = normalise(draw(style.make(sample.strokes, rng), pen=20))
        assert not np.array_equal(made, normalise(draw(sample.strokes, pen=20)))


@pytest.mark.parametrize("digit", [0, 1, 7])
def test_a_slash_a_flag_and_a_bar_are_added_to_what_was_written(digit: int) -> None:
    sample = next(s for s in SAMPLES if s.digit == digit and len(s.strokes) == 1)
    made = STYLES[digit].make(sample.strokes, np.random.default_rng(0))
    assert len(made) > 1
    assert np.array_equal(made[0], np.asarray(sample.strokes[0], float))


def test_a_4_is_closed_at_its_top() -> None:
    rng = np.random.default_rng(0)
    fours = [s for s in SAMPLES if s.digit == 4 and len(s.strokes) == 2]
    opened = [s for s in fours if holes(draw_plainly(s, 0.09)[0]) == 0]
    closed = [normalise(draw(STYLES[4].make(s.strokes, rng), pen=0.09 * 250)) for s in opened]
    assert sum(holes(image) > 0 for image in closed) > 0.8 * len(opened) > 5
