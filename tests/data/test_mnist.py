"""MNIST's files are read as they are, and a damaged one is refused by name."""

from pathlib import Path

import numpy as np
import pytest

from digits.data.mnist import load, read_idx, write_idx
from digits.errors import DigitsError

LABELS = "t10k-labels-idx1-ubyte"
IMAGES = "t10k-images-idx3-ubyte"


@pytest.fixture
def damaged(mnist_raw: Path, tmp_path: Path) -> Path:
    """A copy of the test split for a test to damage."""
    for name in (LABELS, IMAGES):
        (tmp_path / name).write_bytes((mnist_raw / name).read_bytes())
    return tmp_path


def test_both_splits_hold_the_digits_that_mnist_is_known_for(mnist_raw: Path) -> None:
    train_images, train_labels = load(mnist_raw, "train")
    test_images, test_labels = load(mnist_raw, "test")

    assert train_images.shape == (60_000, 28, 28)
    assert test_images.shape == (10_000, 28, 28)
    assert train_labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert test_labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(train_labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert train_images.mean() / 255 == pytest.approx(0.1307, abs=5e-5)  # the constant everyone normalises with


@pytest.mark.parametrize("name", [LABELS, IMAGES])
def test_what_is_written_equals_what_was_read_to_the_byte(name: str, mnist_raw: Path, tmp_path: Path) -> None:
    write_idx(tmp_path / name, read_idx(mnist_raw / name))

    assert (tmp_path / name).read_bytes() == (mnist_raw / name).read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_array_that_idx_cannot_hold_is_refused_before_a_file_exists(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="float64 with 2"):
        write_idx(tmp_path / "x", np.zeros((2, 2)))  # type: ignore[arg-type]

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (b"\x1f\x8b\x08\x00", "1f8b0800"),  # still packed
        (b"\x00\x00\x0d\x01", "00000d01"),  # floats
        (b"\x00\x00\x08\x02", "00000802"),  # two axes
        (b"", "nothing"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_its_first_bytes(start: bytes, found: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(start + bytes(100) * bool(start))

    with pytest.raises(DigitsError, match=f"/x: expected .* found {found}; delete"):
        read_idx(tmp_path / "x")


@pytest.mark.parametrize(("size", "found"), [(-1, "10,007"), (+1, "10,009"), (-10_003, "5")])
def test_a_file_shorter_or_longer_than_its_header_says_is_refused(size: int, found: str, damaged: Path) -> None:
    whole = (damaged / LABELS).read_bytes()
    (damaged / LABELS).write_bytes(whole[:size] if size < 0 else whole + bytes(size))

    with pytest.raises(DigitsError, match=f"{LABELS}: .* found {found};"):
        load(damaged, "test")


def test_a_missing_file_is_named_with_the_command_that_fetches_it(tmp_path: Path) -> None:
    with pytest.raises(DigitsError, match=f"{IMAGES}: .* run `dvc repro download`"):
        load(tmp_path, "test")


def test_a_label_above_nine_is_refused_with_its_place(damaged: Path) -> None:
    labels = read_idx(damaged / LABELS)
    labels[41] = 10
    write_idx(damaged / LABELS, labels)

    with pytest.raises(DigitsError, match=f"{LABELS}: .* found 10 at index 41"):
        load(damaged, "test")


@pytest.mark.parametrize(
    ("name", "shape", "found"),
    [
        (LABELS, (9_999,), "9,999"),
        (LABELS, (10_000, 1, 1), "10,000 x 1 x 1"),
        (IMAGES, (9_999, 28, 28), "9,999 x 28 x 28"),
        (IMAGES, (10_000, 14, 56), "10,000 x 14 x 56"),
        (IMAGES, (0, 28, 28), "0 x 28 x 28"),
    ],
)
def test_other_counts_than_mnist_has_are_refused(name: str, shape: tuple[int, ...], found: str, damaged: Path) -> None:
    write_idx(damaged / name, np.zeros(shape, np.uint8))

    with pytest.raises(DigitsError, match=f"{name}: expected 10,000.* found {found};"):
        load(damaged, "test")
