"""Files from strangers that hold code, in every place that loads a file: none of it may run.

The code leaves a mark, and there must be none, whatever else is said of the file. An attempt is a kind of file in one
place; there are as many as pairs, whatever --count says.
"""

import base64
import io
import json
import os
import pickle
import random
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper

from digits.config import compose
from digits.config.choices import build
from digits.data import sets
from digits.data.pen import read_samples
from digits.errors import DigitsError
from digits.evaluation.robustness import load_right
from digits.reading.reader import Reader
from digits.teaching.collected import Samples
from digits.training.model_file import embedded
from gui.session import settings
from gui.work.pictures import opened

from .attempts import Outcome, attempted, told


class Mark:
    """Unpickled, it leaves a mark."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._path),)


def _plain(mark: Mark) -> bytes:
    return pickle.dumps(mark)


def _torch(mark: Mark) -> bytes:
    content = io.BytesIO()
    torch.save({"state_dict": mark}, content)
    return content.getvalue()


def _array(mark: Mark) -> bytes:
    content = io.BytesIO()
    np.save(content, np.array([mark], object))
    return content.getvalue()


def _arrays(mark: Mark) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("images", "labels", "writers", "damage"):
            archive.writestr(f"{name}.npy", _array(mark))
    return content.getvalue()


def _yaml(mark: Mark) -> bytes:
    make, arguments = mark.__reduce__()
    return f"_target_: !!python/object/apply:{make.__module__}.{make.__name__} {json.dumps(arguments)}\n".encode()


def _target(mark: Mark) -> bytes:
    make, (path,) = mark.__reduce__()
    return f"_target_: {make.__module__}.{make.__name__}\nname: strange\npath: {json.dumps(path)}\n".encode()


FILES: tuple[Callable[[Mark], bytes], ...] = (_plain, _torch, _array, _arrays, _yaml, _target)
"""The kinds of files; each gives the bytes of one that leaves the mark if its code runs."""


def _model(content: bytes, folder: Path) -> None:
    (folder / "model.onnx").write_bytes(content)
    Reader(folder / "model.onnx")


def _pages(content: bytes, folder: Path) -> None:
    (folder / "pages.onnx").write_bytes(content)
    embedded(folder / "pages.onnx")


def _page_network(content: bytes, folder: Path) -> None:
    """In a whole model file, where its page network should be."""
    model = onnx.load_model(_page_network.model)  # type: ignore[attr-defined]
    facts = {each.key: each.value for each in model.metadata_props}
    facts["page_network"] = json.dumps(base64.b64encode(content).decode())
    helper.set_model_props(model, facts)
    onnx.save_model(model, folder / "model.onnx")
    Reader(folder / "model.onnx").read(np.full((90, 90), 255, np.uint8))


def _picture(content: bytes, folder: Path) -> None:
    (folder / "picture.png").write_bytes(content)
    opened(folder / "picture.png")


def _set(content: bytes, folder: Path) -> None:
    (folder / "mnist-test.npz").write_bytes(content)
    sets.load(folder, "mnist-test")


def _compared(content: bytes, folder: Path) -> None:
    (folder / "tutorial.npz").write_bytes(content)
    load_right(folder / "tutorial.npz", {})


def _checkpoint(content: bytes, folder: Path) -> None:
    """As `digits.training.loop` has Lightning go on from one."""
    (folder / "last.ckpt").write_bytes(content)
    import pytorch_lightning as pl
    from pytorch_lightning.demos.boring_classes import BoringModel

    trainer = pl.Trainer(max_epochs=1, logger=False, enable_checkpointing=False, enable_progress_bar=False)
    trainer.fit(BoringModel(), ckpt_path=folder / "last.ckpt", weights_only=True)


def _handwriting(content: bytes, folder: Path) -> None:
    (folder / "strange.jsonl").write_bytes(content)
    read_samples(folder)


def _lock(content: bytes, folder: Path) -> None:
    (folder / "dvc.lock").write_bytes(content)
    Samples(folder).waiting()


def _settings(content: bytes, folder: Path) -> None:
    (folder / "window.json").write_bytes(content)
    settings.load(folder / "window.json")


def _knobs(content: bytes, folder: Path) -> None:
    shutil.copytree("conf", folder / "conf")
    (folder / "conf" / "model" / "strange.yaml").write_bytes(content)
    os.chdir(folder)
    build(compose(["model=strange"]).model)


PLACES: tuple[Callable[[bytes, Path], None], ...] = (
    _model, _pages, _page_network, _picture, _set, _compared, _checkpoint, _handwriting, _lock, _settings, _knobs
)  # fmt: skip
"""What loads a file; each puts the bytes into a folder under the right name, and loads them."""


def run(_numbers: range, seed: int, model: Path) -> Outcome:
    """Gives every kind of file to every place."""
    _page_network.model = model.resolve()  # type: ignore[attr-defined]
    here, pairs = Path.cwd(), [(file, place) for place in PLACES for file in FILES]

    def attempt(_: random.Random, number: int) -> str:
        file, place = pairs[number]
        what = f"{file.__name__} to {place.__name__}"
        with tempfile.TemporaryDirectory() as name:
            folder, ran = Path(name) / "given", Path(name) / "ran"
            folder.mkdir()
            content = file(Mark(ran))
            try:
                place(content, folder)
                word = "left aside"
            except DigitsError as error:
                word = told(error)
            except (pickle.UnpicklingError, RuntimeError, ValueError):
                if place is not _checkpoint:  # nobody sends one: it lies in a folder of the pipeline's own
                    raise
                word = "refused by PyTorch"
            finally:
                os.chdir(here)
            assert not ran.exists(), f"the code of {what} ran"
            return word

    return attempted("strangers", attempt, range(len(pairs)), seed)
