"""The arrays that stages hand on: their files are functions of what is in them."""

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from digits.data import sets
from digits.data.sets import DigitSet
from digits.errors import DigitsError


def test_a_set_comes_back_and_its_file_says_nothing_of_when_and_by_what_it_was_written(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(256, size=(20, 28, 28), dtype=np.uint8)
    written = DigitSet(images, np.arange(20, dtype=np.uint8) % 10, np.array(["ann", "bob"] * 10))
    sets.save(tmp_path, "some", written)
    read = sets.load(tmp_path, "some")
    for part in ("images", "labels", "writers"):
        assert np.array_equal(getattr(read, part), getattr(written, part))
    with ZipFile(tmp_path / "some.npz") as archive:
        for member in archive.infolist():
            assert member.date_time == (1980, 1, 1, 0, 0, 0)
            # 45 where zipfile was made to stream, which only some versions of Python then write
            assert (member.create_system, member.create_version, member.extract_version) == (3, 20, 20)


def test_a_damaged_set_is_named(tmp_path: Path) -> None:
    sets.save(tmp_path, "some", DigitSet(np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.uint8), np.array(["", ""])))
    file = tmp_path / "some.npz"
    whole = file.read_bytes()
    overwritten = [whole[:place] + bytes(9) + whole[place + 9 :] for place in range(0, len(whole), 97)]
    for content in (*overwritten, whole[:-99], whole[:99], b""):
        file.write_bytes(content)
        try:
            sets.load(tmp_path, "some")  # it may be a pixel
        except DigitsError as error:
            assert str(file) in str(error)  # noqa: PT017
            assert "dvc repro preprocess" in str(error)  # noqa: PT017
    with pytest.raises(DigitsError, match=r"some.npz cannot be read .*: make it with `dvc repro preprocess`"):
        sets.load(tmp_path, "some")
