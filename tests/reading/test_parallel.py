"""Many pictures at once: the same readings in the same order, whoever read them."""

import signal
import time
from pathlib import Path

import pytest
from PIL import Image

from digits.data import mnist
from digits.errors import DigitsError
from digits.reading.parallel import ReaderPool
from digits.reading.reader import Reader
from digits.reading.reading import Reading


def test_processes_read_as_one_reader_does(model: Path, mnist_raw: Path, tmp_path: Path) -> None:
    images, _ = mnist.load(mnist_raw, "test")
    paths = [str(tmp_path / f"{index}.png") for index in range(60)]
    for path, image in zip(paths, images, strict=False):
        Image.fromarray(255 - image).save(path)
    Path(paths[30]).write_bytes(b"no picture")
    with ReaderPool(model) as readers:
        together = list(readers.read_all(str, paths))
    alone = list(Reader(model).read_all(paths))
    texts = [reading.text if isinstance(reading, Reading) else str(reading) for reading in together]
    assert texts == [reading.text if isinstance(reading, Reading) else str(reading) for reading in alone]
    assert isinstance(together[30], DigitsError)
    assert paths[30] in texts[30]


def test_a_broken_model_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    with ReaderPool(broken) as readers, pytest.raises(DigitsError, match=r"broken\.onnx"):
        list(readers.read_all(str, ["picture.png"]))


def _read_for_long(model: Path) -> None:
    with ReaderPool(model) as readers:
        readings = readers.read_all(time.sleep, [1.0] * 100)  # type: ignore[arg-type]  # 25 seconds for each process
        signal.alarm(1)
        next(readings)


def test_an_interrupted_reading_ends_at_once(model: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before, began = signal.signal(signal.SIGALRM, interrupt), time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            _read_for_long(model)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - began < 10
