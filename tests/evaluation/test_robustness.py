"""Damaged digits, small pictures and digits from elsewhere, read with a really trained model file."""

import json
from pathlib import Path

import numpy as np
import pytest
from clone import Clone

from digits.data.sets import DigitSet
from digits.errors import DigitsError
from digits.evaluation.corruptions import CORRUPTIONS
from digits.evaluation.held_out import evenly, load_tests
from digits.evaluation.outside import picture
from digits.evaluation.robustness import compared, gain, load_right, read_corrupted, save_right, small_picture, summary
from digits.reading.reader import Reader


@pytest.fixture(scope="module")
def tests(clone: Clone, model: Path) -> dict[str, DigitSet]:
    whole = load_tests(clone.path / "artifacts" / "data")
    return {
        name: DigitSet(digits.images[:40], digits.labels[:40], digits.writers[:40]) for name, digits in whole.items()
    }


def test_a_part_of_a_set_is_read_as_it_is_within_the_whole(
    model: Path, tests: dict[str, DigitSet], tmp_path: Path
) -> None:
    reader = Reader(model)
    whole, part = read_corrupted(reader, tests), read_corrupted(reader, tests, 10)
    save_right(tmp_path / "kept.npz", whole)
    kept = load_right(tmp_path / "kept.npz", tests, 10)
    for name, digits in tests.items():
        assert np.array_equal(part[name], whole[name][:, :, evenly(len(digits), 10)])
        assert np.array_equal(part[name], kept.right[name])
    score = summary(whole["mnist"])
    assert score["undamaged"] > score["mean"] > 0.3
    low, high = score["mean_interval"]
    assert low < score["mean"] < high
    assert gain(whole["mnist"], whole["mnist"])["mean"] == 0


def test_what_is_kept_of_other_digits_or_corruptions_is_not_compared_with(
    tests: dict[str, DigitSet], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given outcomes on a set of another size and on one of this size, and a corruption that is new since
    path = tmp_path / "kept.npz"
    right = np.ones((len(CORRUPTIONS), 6, 40), np.bool_)
    save_right(path, {"mnist": right[:, :, 1:], "pen": right})
    monkeypatch.setitem(CORRUPTIONS, "smudge", CORRUPTIONS["blur"])
    # then the rest is compared
    kept = load_right(path, tests)
    assert {*kept.right} == {"pen"}
    found = compared({"pen": np.ones((len(CORRUPTIONS), 6, 40), np.bool_)}, kept)
    assert {*found["corrupted"]["pen"]["by_corruption"]} - {*found["tutorial"]["pen"]["by_corruption"]} == {"smudge"}
    # and where nothing is left, it says so
    with np.load(path) as arrays:
        np.savez(path, **{**arrays, "damage": np.array("{}")})
    with pytest.raises(DigitsError, match="other corruptions"):
        load_right(path, tests)


def test_pictures_are_dark_on_white_with_the_digit_of_the_height_asked_for(tests: dict[str, DigitSet]) -> None:
    image = tests["mnist"].images[0]
    for height in (28, 20, 10, 5):
        rows = np.flatnonzero((small_picture(image, height) < 200).any(axis=1))
        assert rows[-1] + 1 - rows[0] == pytest.approx(height, abs=1)
    block = np.zeros((8, 8))
    block[2:6, 3:5] = 16
    outside = picture(block)
    assert outside.shape == (40, 40)
    assert (outside[0, 0], outside[20, 20]) == (255, 0)


def test_evaluation_reports_it_all(clone: Clone, model: Path) -> None:
    found = json.loads((clone.path / "reports" / "robustness.json").read_text())
    assert {*found} == {"corrupted", "tutorial", "above_tutorial", "small", "outside"}
    assert {*found["corrupted"]["mnist"]["by_corruption"]} == {*CORRUPTIONS}
    assert found["above_tutorial"]["mnist"]["mean"] < 0.2
    assert found["small"]["mnist"]["20"] > found["small"]["mnist"]["5"]
    assert found["outside"]["digits"] == 1797
    for name in ("robustness", "outside"):
        assert (clone.path / "reports" / "charts" / f"{name}.png").stat().st_size > 10_000
