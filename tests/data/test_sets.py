"""The arrays that stages hand on: their files are functions of what is in them."""

from pathlib import Path
from zipfile import ZipFile

import numpy as np

from digits.data import sets
from digits.data.sets import DigitSet


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
