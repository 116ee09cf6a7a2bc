"""Pen handwriting: broken lines are named, writers are never split, drawings depend on nothing but the sample."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from digits.config import Preprocess
from digits.data import pen
from digits.data.splits import split_validation, split_writers
from digits.errors import DigitsError

DATA = Path(__file__).parents[2] / "data"

GOOD = {"digit": 7, "writer": "anna", "strokes": [[[0, 0], [50, 0], [20, 80]]]}


def settings(**changes: object) -> Preprocess:
    plain: dict[str, object] = {
        "mnist_validation": 5000,
        "pen_validation_writers": ["uci-01"],
        "pen_test_writers": ["uci-02", "uci-03"],
        "pen_variants": 3,
        "pen_size": [24, 160],
        "pen_width": [0.03, 0.22],
        "pen_slant": 15,
        "pen_widen": 1.25,
        "pen_warp": 0.06,
        "plain_width": 0.09,
        "allographs": 100,
        "allographs_held_out": 47,
        "page_digits": 100,
        "page_digits_held_out": 20,
        "outliers": 70,
        "outliers_held_out": 14,
    }
    return Preprocess(**(plain | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not a sample"),
        (json.dumps(GOOD | {"digit": 10}), '"digit"'),
        (json.dumps(GOOD | {"digit": True}), '"digit"'),
        (json.dumps(GOOD | {"writer": ""}), '"writer"'),
        (json.dumps(GOOD | {"strokes": []}), '"strokes"'),
        (json.dumps(GOOD | {"strokes": [[[1, 2, 3]]]}), "a point must be"),
        (json.dumps(GOOD | {"strokes": [[[1, float("nan")]]]}), "a point must be"),
        (json.dumps(GOOD | {"strokes": [[[1, 1e308]]]}), "a point must be"),
        (json.dumps(GOOD | {"strokes": [[[1, 10**400]]]}), "a point must be"),
        ("[" * 100_000, "recursion"),
        (json.dumps({"digit": 1}), "writer"),
        (json.dumps(GOOD | {"colour": "blue"}), "unknown key 'colour'"),
        ("\xff\xfe", "not a sample"),
    ],
)
def test_a_broken_line_is_named_by_file_and_number(tmp_path: Path, line: str, reason: str) -> None:
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(GOOD)}\n{line}\n", encoding="latin-1")
    with pytest.raises(DigitsError, match=r"a\.jsonl:2: ") as caught:
        pen.read_samples(tmp_path)
    assert reason in str(caught.value)


def test_the_starting_set_is_read_whole() -> None:
    samples = [sample for sample in pen.read_samples(DATA) if sample.writer.startswith("uci-")]
    assert len(samples) == 7494
    assert len({sample.writer for sample in samples}) == 30


def test_writers_are_kept_apart() -> None:
    samples = pen.read_samples(DATA)
    parts = split_writers(samples, settings())
    assert sum(len(part) for part in parts.values()) == len(samples)
    assert {sample.writer for sample in parts["pen-validation"]} == {"uci-01"}
    assert {sample.writer for sample in parts["pen-test"]} == {"uci-02", "uci-03"}
    with pytest.raises(DigitsError, match="nobody"):
        split_writers(samples, settings(pen_test_writers=["nobody"]))
    with pytest.raises(DigitsError, match="uci-02"):
        split_writers(samples, settings(pen_validation_writers=["uci-02"]))


def test_a_sample_is_drawn_the_same_whatever_stands_around_it() -> None:
    samples = pen.read_samples(DATA)[:40]
    drawing = partial(pen.draw_variants, config=settings(), seed=1)
    together = pen.draw_all(samples, drawing, "drawing")
    assert together.shape == (40, 3, 28, 28)
    assert np.array_equal(pen.draw_all(samples[20:25], drawing, "drawing"), together[20:25])
    assert not np.array_equal(together[0, 0], together[0, 1])


def test_the_validation_split_is_stratified_and_loses_nothing() -> None:
    labels = np.repeat(np.arange(10, dtype=np.uint8), np.arange(600, 1600, 100))
    training, validation = split_validation(labels, 1000, seed=1)
    assert len(validation) == 1000
    assert np.array_equal(np.sort(np.concatenate([training, validation])), np.arange(len(labels)))
    share = np.bincount(labels[validation]) / np.bincount(labels)
    assert np.ptp(share) < 0.003
    assert not np.array_equal(validation, split_validation(labels, 1000, seed=2)[1])
