"""Malformed and odd pictures: `digits read` and the window's opener must read each, or say plainly why not."""

import contextlib
import io
import json
import random
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path
from time import gmtime
from typing import Any
from unittest.mock import patch

import numpy as np
from PIL import Image

from digits import cli
from digits.data.pen import read_samples
from digits.errors import DigitsError
from digits.ink import draw
from digits.reading.reader import Reader
from gui.work.pictures import opened

from .attempts import Outcome, attempted, told
from .damage import damaged

FORMATS: list[tuple[str, str, dict[str, Any]]] = [
    *(("PNG", mode, {}) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
    *(("JPEG", mode, {"quality": 80}) for mode in ("L", "RGB", "CMYK")),
    ("JPEG", "RGB", {"progressive": True}),
    *(("TIFF", "L", {"compression": name}) for name in ("raw", "tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits")),
    *(("TIFF", mode, {"compression": "group4"}) for mode in ("1",)),
    *(("TIFF", mode, {}) for mode in ("F", "I", "I;16", "RGBA", "CMYK", "P")),
    ("GIF", "P", {}), ("WEBP", "RGB", {}), ("WEBP", "RGBA", {"lossless": True}), ("BMP", "RGB", {}), ("BMP", "1", {}),
    ("PPM", "RGB", {}), ("PPM", "1", {}), ("AVIF", "RGB", {}), ("JPEG2000", "RGB", {}), ("ICO", "RGBA", {}),
    ("TGA", "RGB", {"compression": "tga_rle"}),
    *(("PDF", mode, {"creationDate": gmtime(0), "modDate": gmtime(0)}) for mode in ("1", "L", "RGB")),
]  # fmt: skip
"""Format, mode and options of the pictures that are damaged."""

_PAGED = {"TIFF", "GIF", "WEBP", "PDF"}

_FOREIGN = (b"%PDF-1.7\n", b"PK\3\4", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\0")
"""What is no picture, at the beginning of a file."""

_SIDES = (1, 2, 7, 8, 9, 27, 28, 40, 41, 100, 300, 1199, 1201)
"""Pixels, among them those around which the reader decides."""


@cache
def _digits() -> list[Image.Image]:
    """A few hundred digits, black on white."""
    samples = read_samples(Path("data"))[::31]
    return [Image.fromarray(np.uint8(255 * (1 - draw(sample.strokes, 20, 80)))) for sample in samples]


def picture(rng: random.Random) -> Image.Image:
    """A number of one to six digits on white paper."""
    drawn = rng.choices(_digits(), k=rng.choice((1, 1, 2, 3, 6)))
    page = Image.new("L", (sum(each.width + 20 for each in drawn) + 20, 140), 255)
    left = 20
    for each in drawn:
        page.paste(each, (left, rng.randrange(10, 40)))
        left += each.width + 20
    return page if rng.random() < 0.7 else page.resize((max(1, page.width // 4), 35))


def odd(rng: random.Random) -> Image.Image:
    """A whole picture that nobody would send: of any sides, of noise, stripes, one shade, or stretched writing."""
    size = rng.choice(_SIDES), rng.choice(_SIDES)
    kind = rng.randrange(5)
    if kind == 0:
        return Image.new("L", size, rng.randrange(256))
    if kind == 1:
        return Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))
    if kind == 2:
        return Image.fromarray(np.uint8(255 * (np.indices(size[::-1]).sum(0) // rng.choice((1, 2, 5, 20)) % 2)))
    if kind == 3 and rng.random() < 0.1:
        return Image.new("1", rng.choice(((60_000, 9), (9, 60_000), (7000, 7000), (9000, 9000))), 1)
    return picture(rng).resize(size)


def encoded(page: Image.Image, rng: random.Random) -> bytes:
    """The picture in any format, turned by EXIF, of several pages, as it comes."""
    name, mode, options = rng.choice(FORMATS)
    if name == "ICO":
        page = page.resize((min(page.width, 256), min(page.height, 256)))
    huge = page.width * page.height > 4_000_000
    if huge and name in ("AVIF", "JPEG2000"):
        page = page.resize((500, 500))  # their encoders take long
    page = page.convert("I").convert(mode) if mode == "I;16" else page.convert(mode)
    if name in ("JPEG", "WEBP", "PNG") and rng.random() < 0.3:
        exif = Image.Exif()
        exif[0x0112] = rng.randrange(12)
        options = {**options, "exif": exif}
    if name in _PAGED and rng.random() < 0.3 and not huge:
        options = {**options, "save_all": True, "append_images": [page] * rng.choice((1, 1, 2))}
    content = io.BytesIO()
    try:
        page.save(content, name, **options)
    except (OSError, ValueError, SystemError, RuntimeError):  # the format has no pictures of these sides
        page.convert("L").save(content, "PNG")
    return content.getvalue()


def file(rng: random.Random) -> bytes:
    """What a picture's file may hold."""
    kind = rng.random()
    if kind < 0.03:
        return rng.choice(_FOREIGN) + rng.randbytes(rng.choice((0, 10, 5000)))
    if kind < 0.2:
        return encoded(odd(rng), rng)
    return damaged(encoded(picture(rng), rng), encoded(picture(rng), rng), rng)


def _read(path: Path, reader: Reader) -> str:
    """What the command says of a file, checked against what `digits read --help` promises."""
    said, errors = io.StringIO(), io.StringIO()
    with (
        patch.object(Reader, "load", return_value=reader),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(errors),
    ):
        status = cli.main(["read", "--json", str(path), "--model", "the same for all"])
    lines = [json.loads(line) for line in said.getvalue().splitlines()]
    failed = [line["error"] for line in lines if "error" in line]
    assert lines, "nothing was said"
    assert status == bool(failed), f"exit status {status} with {len(failed)} errors"
    assert not errors.getvalue(), errors.getvalue()
    for error in failed:
        assert str(path) in error, f"does not name the picture: {error}"
        assert "please report it" not in error, error
        assert len(error) < 400, error
    return "refused" if failed else "read" if any(line["text"] for line in lines) else "blank"


def run(numbers: range, seed: int, model: Path) -> Outcome:
    """Gives numbered files to the command and to the window's opener."""
    reader = Reader(model)
    for module in ("digits.reading.page", "digits.reading.alone", "digits.cli.read"):
        import_module(module)  # once for all processes
    _digits()

    def attempt(rng: random.Random, _number: int) -> str:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "picture.png"
            path.write_bytes(file(rng))
            word = _read(path, reader)
            try:
                opened(path)
            except DigitsError as error:
                told(error, path)
            return word

    return attempted("pictures", attempt, numbers, seed)
