"""Broken lines of data/*.jsonl: each file is refused with its name and line, or all of it can be drawn."""

import base64
import json
import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from digits.config import compose
from digits.data import images
from digits.data.making import plain, varied
from digits.data.pen import read_all, read_samples
from digits.errors import DigitsError
from digits.ink import draw
from digits.teaching.collected import Samples

from .attempts import Outcome, attempted, told
from .damage import damaged

_ODD: tuple[Any, ...] = (
    None, True, -1, 10, 0.5, 1e308, -1e308, 1e-320, 5e15, 10**400, float("nan"), float("inf"), "", "7", "\ud800", "\0",
    "x" * 10_000, "AAAA", "A" * 20_000, [], [[]], [[[]]], {}, [[[0, 0]]], [[[1, 2, 3]]], [0, 0, 8, 8], [-1, 0, 9, 99],
)  # fmt: skip
"""What may stand in a record by mistake."""


def record(line: bytes, rng: random.Random) -> bytes:
    """A line whose record has a wrong or odd value somewhere, but is JSON."""
    found = json.loads(line)
    at: Any = found
    kind, beside = ("image", "box") if "image" in found else ("strokes", "strokes")
    key: Any = rng.choice(("digit", "writer", kind, kind, beside, "further"))
    if kind == "image" and rng.random() < 0.3:  # a PNG that is broken, in sound base64
        broken = damaged(base64.b64decode(found["image"]), b"\0" * 300, rng)
        found["image"] = base64.b64encode(broken).decode()
        return json.dumps(found).encode()
    while isinstance(at.get(key) if isinstance(at, dict) else at[key], list) and rng.random() < 0.7:
        at = at[key]
        key = rng.randrange(len(at))
    if rng.random() < 0.1:
        del found["digit" if key == "further" else kind]
    else:
        at[key] = rng.choice(_ODD)
    return json.dumps(found).encode()


def cut_out(count: int) -> list[bytes]:
    """Lines of digits that were cut out of pictures."""
    cut = []
    for sample in read_samples(Path("data"))[:count]:
        ink = np.pad(draw(sample.strokes, pen=30), 40)
        picture = Image.fromarray((255 * (1 - ink)).astype("uint8"))
        cut.append(images.line(sample.digit, sample.writer, images.cut(picture, images.find(picture))).encode())
    return cut


def content(lines: list[bytes], rng: random.Random) -> bytes:
    """A file of three lines, one of which is broken or odd."""
    chosen = rng.choices(lines, k=3)
    kind = rng.random()
    if kind < 0.5:
        chosen[1] = record(chosen[1], rng)
    elif kind < 0.95:
        chosen[1] = damaged(chosen[1], chosen[2], rng)
    else:
        deep = rng.choice((10, 1000, 100_000))
        chosen[1] = rng.choice((b"[" * deep, b'{"digit":' * deep, b'{"digit":1,"writer":"a","strokes":' + b"[" * deep))
    return rng.choice((b"", b"\xef\xbb\xbf")) * (kind > 0.9) + rng.choice((b"\n", b"\n", b"\r\n", b"\n\n")).join(chosen)


def run(numbers: range, seed: int, _model: Path) -> Outcome:
    """Reads, and draws, numbered files of handwriting, and has the window add a line to them."""
    lines = (Path("data") / "uci-pendigits.jsonl").read_bytes().splitlines()[::23]
    lines += cut_out(len(lines) // 2)
    knobs = compose([]).preprocess

    def attempt(rng: random.Random, _number: int) -> str:
        with tempfile.TemporaryDirectory() as name:
            file = Path(name) / "data" / "collected.jsonl"
            file.parent.mkdir()
            file.write_bytes(content(lines, rng))
            before = file.read_bytes()
            try:
                for sample in read_all(file.parent):
                    plain(sample, knobs)
                    varied(sample, knobs, seed=1)
                word = "drawn"
            except DigitsError as error:
                word = told(error, "collected.jsonl:")
            samples = Samples(Path(name))
            samples.waiting()
            try:
                samples.extend([lines[0].decode()])
            except DigitsError as error:
                told(error, file)
                assert file.read_bytes() == before, "a correction that was refused changed the file"
            else:
                kept = file.read_bytes().splitlines()
                assert kept[-1] == lines[0], "a correction is lost"
                assert kept[:-1] == before.splitlines(), "what was there has changed"
            return word

    return attempted("handwriting", attempt, numbers, seed)
