"""Letters and signs of fonts: none that looks like a digit, other ones in each part, drawn with any pen."""

import numpy as np
import pytest

from digits.data import letters

PARTS = ("train", "validation", "test")
SCRIPTS = ("letter", "other script", "sign")


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_part_has_characters_of_its_own(script: str) -> None:
    own = [set(letters.characters(script, part)) for part in PARTS]
    assert all(len(some) > 2 for some in own)
    assert len(set.union(*own)) == sum(map(len, own))


def test_none_looks_like_a_digit() -> None:
    every = {one for script in SCRIPTS for part in PARTS for one in letters.characters(script, part)}
    assert not every & {*"0123456789OoQDIlSZzBbgq|/()[]", "\u0417", "\u0431", "\u03b8", "\u05e1", "\u0648"}
    assert {*"AKMW", "\u0429", "\u042e", "\u2192"} <= every  # and a shcha, a yu and an arrow are told apart


def test_a_thicker_pen_leaves_more_ink_of_the_same_letter() -> None:
    rng = np.random.default_rng(0)
    of = letters.choose("train", rng, "K")
    thin, thick = (letters.written(of, rng, 2.0, 0.2, 1.1, 0.0, pen) for pen in (3, 9))
    assert thin.shape == thick.shape
    assert thin.max() == 255
    assert 2 * (thin > 127).sum() < (thick > 127).sum()
