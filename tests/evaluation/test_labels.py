"""The label check on real handwriting: what is planted is found, and nobody's hand is known to who reads it."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import cross_val_predict

from digits.config import compose
from digits.data import mnist, pen, sets
from digits.data.sets import NO_DIGIT, DigitSet
from digits.evaluation.doubtful import DOUBTFUL
from digits.evaluation.labels import RECIPE, suspicious
from digits.training.folds import Digits, folds_of, out_of_fold


def test_planted_label_errors_are_found() -> None:
    # given real digits, 40 of which have got a wrong label
    digits = load_digits()
    rng = np.random.default_rng(0)
    planted = rng.choice(len(digits.target), 40, replace=False)
    labels = digits.target.copy()
    labels[planted] = (labels[planted] + rng.integers(1, 10, 40)) % 10
    # when a simple model reads each of them in a fold it was not trained on
    forest = ExtraTreesClassifier(100, random_state=0)
    probabilities = cross_val_predict(forest, digits.data, labels, cv=3, method="predict_proba")
    found = suspicious(labels, probabilities)
    # then most of them are found, and lead the list
    assert np.isin(planted, found).mean() > 0.7
    assert np.isin(found[:30], planted).mean() > 0.9


@pytest.mark.long
def test_a_digit_is_read_by_networks_that_never_saw_it(mnist_raw: Path, tmp_path: Path) -> None:
    # given a little of both kinds of digits, pens in two drawings each
    images, labels = mnist.load(mnist_raw, "train")
    samples = [sample for sample in pen.read_samples(Path("data")) if sample.digit < 3][:120]
    drawn = np.concatenate([np.repeat(pen.draw_plainly(sample, 0.09), 2, axis=0) for sample in samples])
    written = np.array([sample.digit for sample in samples], np.uint8)
    writers = np.array([sample.writer for sample in samples])
    nobody = np.zeros(1500, "<U1")
    parts = {
        "mnist": DigitSet(images[:1500], labels[:1500], nobody),
        "pen": DigitSet(drawn, np.repeat(written, 2), np.repeat(writers, 2)),
    }
    for name, digits in parts.items():
        sets.save(tmp_path, f"{name}-train", digits)
        few = DigitSet(digits.images[:60], digits.labels[:60], digits.writers[:60])
        sets.save(tmp_path, f"{name}-validation", few)
    for name in ("allograph", "page"):
        sets.save(tmp_path, f"{name}-validation", few)
    blots = DigitSet(255 - images[:64], np.full(64, NO_DIGIT, np.uint8), np.zeros(64, "<U1"))
    sets.save(tmp_path, "outlier-train", blots)
    every = {
        "mnist": Digits(parts["mnist"], labels[:1500], nobody, [], []),
        "pen": Digits(parts["pen"], written, writers, [], []),
    }
    # when two small networks read what the other one learnt
    small = ["mix.outlier=64", "model.width=8", "train.batch_size=32", "train.ema_decay=0.9", "trainer=cpu"]
    logits = out_of_fold(compose([*RECIPE, *small]), tmp_path, every, folds=2)
    # then there is a reading of every digit, and most are right
    assert logits["pen"].shape == (120, 10)
    assert (logits["mnist"].argmax(axis=1) == labels[:1500]).mean() > 0.7


@pytest.mark.parametrize("known", [False, True])
def test_folds_are_equal_parts_of_each_class_and_whole_writers(known: bool) -> None:
    labels = np.tile(np.arange(10), 60).astype(np.uint8)
    writers = np.repeat([f"w{i:02}" if known else "" for i in range(20)], 30)
    fold = folds_of(labels, writers, 3, seed=1)
    counts = np.array([np.bincount(labels[fold == number], minlength=10) for number in range(3)])
    assert (counts > 0).all()
    if known:
        assert all(len({*fold[writers == writer]}) == 1 for writer in np.unique(writers))
    else:
        assert (counts == 20).all()
    assert (fold == folds_of(labels, writers, 3, seed=1)).all()


def test_the_doubtful_images_bear_the_labels_that_people_were_shown(mnist_raw: Path) -> None:
    _, labels = mnist.load(mnist_raw, "test")
    assert all(labels[index] == votes.given for index, votes in DOUBTFUL.items())
    assert len(DOUBTFUL) == 15
    assert all(votes.for_given < 3 for votes in DOUBTFUL.values())
