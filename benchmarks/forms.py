"""How well and how fast scans of a form are read: a made form of twelve fields, filled by the hands of writers kept for
validation, scanned askew.

python benchmarks/forms.py                      1,000 scans, with the champion
python benchmarks/forms.py 100 model.onnx       fewer, another model

A scan is shifted, turned by up to 3 degrees, rescaled, unevenly lit and noisy. Prints how many fields are completely
right, how many of those that nobody is asked to look at, and how many scans the command reads in a second.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import font_manager
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from stdnum import ean, iban, luhn
from tqdm import tqdm

from digits.config import compose
from digits.data import signs
from digits.data.pen import Sample, read_samples
from digits.data.splits import split_writers
from digits.forms.form import Form, checked, save
from digits.ink import Strokes, draw
from digits.ink.opencv import cv2
from digits.paths import HANDWRITING

Random = np.random.Generator
Layer = NDArray[np.uint8]

SIZE = (1240, 1754)
"""Width and height of the form, pixels: A4 at 150 dots an inch."""

HIGH = 34.0
"""Of a digit, pixels: 6 mm."""

_CELL, _ROW = (44, 58), 62
"""Width and height of a printed cell, height of a field."""


def _digits(rng: Random, count: int) -> str:
    return "".join(map(str, rng.integers(0, 10, count)))


def _day(rng: Random) -> str:
    return (date(1950, 1, 1) + timedelta(int(rng.integers(0, 30_000)))).isoformat()


def _amount(rng: Random) -> str:
    return f"{rng.integers(100, 1_000_000) / 100:.2f}"


def _invoice(rng: Random) -> str:
    return f"{_digits(rng, 4)}-{_digits(rng, 2)}"


def _with_luhn(rng: Random) -> str:
    body = _digits(rng, 7)
    return body + luhn.calc_check_digit(body)


def _isbn(rng: Random) -> str:
    body = "978" + _digits(rng, 9)
    return body + ean.calc_check_digit(body)


def _iban(rng: Random) -> str:
    body = _digits(rng, 18)
    return "DE" + iban.calc_check_digits("DE00" + body) + body


FIELDS: dict[str, tuple[str, dict[str, Any], int, Callable[[Random], str]]] = {
    "customer": ("Customer number", {"digits": 8, "check": "luhn"}, 8, _with_luhn),
    "birth": ("Date of birth", {"kind": "date", "earliest": "1950-01-01", "latest": "2035-12-31"}, 0, _day),
    "read_on": ("Read on", {"kind": "date", "earliest": "1950-01-01", "latest": "2035-12-31"}, 8, _day),
    "meter": ("Meter reading", {"digits": 6}, 6, lambda rng: _digits(rng, 6)),
    "before": ("Reading before", {"digits": 6}, 6, lambda rng: _digits(rng, 6)),
    "amount": (
        "Amount",
        {"kind": "amount", "greatest": 9999.99},
        0,
        _amount,
    ),
    "people": ("People", {"least": 1, "greatest": 30}, 0, lambda rng: str(rng.integers(1, 31))),
    "postcode": ("Postcode", {"digits": 5}, 5, lambda rng: _digits(rng, 5)),
    "invoice": (
        "Invoice",
        {"kind": "pattern", "pattern": "####-##"},
        0,
        _invoice,
    ),
    "isbn": ("ISBN", {"digits": 13, "check": "isbn"}, 13, _isbn),
    "iban": ("IBAN", {"digits": 20, "check": "iban", "prefix": "DE"}, 20, _iban),
    "year": ("Year", {"digits": 4, "least": 1950, "greatest": 2035}, 4, lambda rng: str(rng.integers(1950, 2036))),
}
"""Name -> label, what may stand there, printed cells (0: none), and how a value is made."""


def layout() -> dict[str, tuple[int, int, int, int]]:
    """Where each field is."""
    boxes, x, y = {}, 90, 220
    for name, (_, _, cells, _) in FIELDS.items():
        wide = cells * _CELL[0] if cells else 450
        if x + wide > SIZE[0] - 60 or name == "iban":
            x, y = 90, y + 150
        boxes[name] = (x, y, x + wide, y + _ROW)
        x += wide + 70
    return boxes


def draw_form() -> Image.Image:
    """The empty form."""
    picture = Image.new("L", SIZE, 255)
    pen = ImageDraw.Draw(picture)
    font, large = (ImageFont.truetype(font_manager.findfont("DejaVu Sans"), size) for size in (20, 40))
    pen.text((90, 70), "Stadtwerke  ·  Meter card", fill=0, font=large)
    pen.text((90, 140), "Please write clearly and stay inside the boxes.", fill=0, font=font)
    for name, box in layout().items():
        label, _, cells, _ = FIELDS[name]
        left, top, _, bottom = box
        pen.text((left, top - 32), label, fill=0, font=font)
        pen.rectangle(box, outline=90, width=2)
        for cell in range(1, cells):
            x = left + cell * _CELL[0]
            pen.line((x, top, x, bottom), fill=150, width=2)
    pen.line((90, 1560, 700, 1560), fill=0, width=2)
    pen.text((90, 1570), "Signature", fill=0, font=font)
    for place in range(6):
        text = f"{place + 1}.  The reading is taken from the left to the red digits."
        pen.text((90, 1300 + 34 * place), text, fill=0, font=font)
    return picture


def form() -> Form:
    """The form as its file describes it."""
    fields = {name: {"box": list(box), **FIELDS[name][1]} for name, box in layout().items()}
    return checked(Path("form.yaml"), {"picture": "form.png", "fields": fields})


def as_written(name: str, value: str, rng: Random) -> str:
    """A value as people write it in its field."""
    if name in ("birth", "read_on"):
        year, month, day = value.split("-")
        return f"{day}{month}{year}" if FIELDS[name][2] else f"{day}.{month}.{year}"
    if name == "amount":
        return value.replace(".", ",") if rng.random() < 0.5 else value
    return value.removeprefix("DE")


class Writer:
    """One of the writers kept for validation, with a pen.

    Args:
        rng: chooses the writer, the pen, and which of the writer's digits stands where.
    """

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        writers = kept_writers()
        self._samples = writers[sorted(writers)[rng.integers(len(writers))]]
        heights = [_points(sample)[:, 1] for some in self._samples.values() for sample in some]
        self._height = float(np.median([np.ptp(each) for each in heights]))
        self._pen = rng.uniform(0.06, 0.14) * self._height

    def digit(self, value: int) -> Layer:
        """The ink (H, W) of a digit, as high as the writer's digits differ."""
        some = self._samples[value]
        sample = some[self.rng.integers(len(some))]
        wide, high = np.ptp(_points(sample), axis=0)
        return self._drawn(sample.strokes, max(wide, high) / self._height)

    def sign(self, name: str) -> tuple[Layer, float]:
        """The ink of a sign, and how far under the line it ends, pixels."""
        curves = [curve * self._height for curve in signs.sign(name, self.rng)]
        points = np.concatenate(curves)
        side = max(float(np.ptp(points, axis=0).max()), self._pen)
        return self._drawn(curves, side / self._height), float(points[:, 1].max()) / self._height * HIGH

    def _drawn(self, strokes: Strokes, side: float) -> Layer:
        return (draw(strokes, self._pen, max(round(side * HIGH), 2)) * 255).astype(np.uint8)


def _points(sample: Sample) -> NDArray[np.float64]:
    return np.concatenate([np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in sample.strokes])


@cache
def kept_writers() -> dict[str, dict[int, list[Sample]]]:
    """Writer -> digit -> samples, of the writers kept for validation."""
    found: dict[str, dict[int, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    for sample in split_writers(read_samples(HANDWRITING), compose([]).preprocess)["pen-validation"]:
        found[sample.writer][sample.digit].append(sample)
    return found


def put(ink: Layer, writer: Writer, text: str, box: tuple[int, int, int, int], cells: int) -> None:
    """Writes a text into a field."""
    rng, (left, _, _, bottom) = writer.rng, box
    foot, gap = bottom - 12 + rng.normal(0, 2), HIGH * rng.uniform(0.15, 0.35)
    x = left + rng.uniform(10, 30)
    for place, sign in enumerate(text):
        glyph, under = (writer.digit(int(sign)), 0.0) if sign.isdigit() else writer.sign(sign)
        if cells:
            x = left + (place + 0.5) * _CELL[0] - glyph.shape[1] / 2 + rng.normal(0, 2)
        _stamp(ink, glyph, x, foot + under - glyph.shape[0] + rng.normal(0, 1))
        x += glyph.shape[1] + gap * np.exp(rng.normal(0, 0.3))


def _stamp(ink: Layer, glyph: Layer, x: float, y: float) -> None:
    row, column = round(y), round(x)
    place = ink[row : row + glyph.shape[0], column : column + glyph.shape[1]]
    np.maximum(place, glyph[: place.shape[0], : place.shape[1]], out=place)


def scan(index: int) -> tuple[Layer, dict[str, str]]:
    """A filled form as it is scanned, and what stands in it."""
    rng = np.random.default_rng([7, index])
    values = {name: make(rng) for name, (_, _, _, make) in FIELDS.items()}
    ink, writer = np.zeros(SIZE[::-1], np.uint8), Writer(rng)
    for name, box in layout().items():
        put(ink, writer, as_written(name, values[name], rng), box, FIELDS[name][2])
    paper = np.asarray(draw_form(), np.float32) / 255
    page = paper * (1 - ink.astype(np.float32) / 255 * rng.uniform(0.6, 0.95))
    scale, angle = rng.uniform(0.85, 1.2), rng.uniform(-3, 3)
    width, height = round(SIZE[0] * scale), round(SIZE[1] * scale)
    turn = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), angle, scale)
    turn[:, 2] += np.array([width - SIZE[0], height - SIZE[1]]) / 2 + rng.uniform(-25, 25, 2)
    page = cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_AREA, borderValue=0.97)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    page = 0.93 * page * (1 - 0.12 * rng.uniform(0, 1) * (x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1) + 1))
    page += rng.normal(0, rng.uniform(0.01, 0.04), page.shape)
    return np.clip(page * 255, 0, 255).astype(np.uint8), values


def _scan_into(folder: Path, index: int) -> dict[str, str]:
    picture, values = scan(index)
    Image.fromarray(picture).save(folder / f"{index:04}.jpg", quality=85)
    return values


def main() -> None:
    """Makes the scans, has them read, and prints what came of it."""
    count = int(sys.argv[1]) if sys.argv[1:] else 1000
    model = ["--model", sys.argv[2]] if sys.argv[2:] else []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw_form().save(folder / "form.png")
        save(form(), folder / "form.yaml")
        (folder / "scans").mkdir()
        with ProcessPoolExecutor() as pool:
            made = pool.map(partial(_scan_into, folder / "scans"), range(count), chunksize=4)
            truth = list(tqdm(made, "filling and scanning", count, unit="scan"))
        command = ["form", "read", str(folder / "form.yaml"), str(folder / "scans"), "-o", str(folder / "table.jsonl")]
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "digits.cli", *command, *model], check=False)
        seconds = time.perf_counter() - start
        rows = [json.loads(line) for line in (folder / "table.jsonl").read_text().splitlines()]
    report(rows, truth)
    print(f"{count / seconds:.1f} scans a second, the start of the command included")


def report(rows: Sequence[dict[str, Any]], truth: Sequence[dict[str, str]]) -> None:
    """Prints how many fields are right, all and those that nobody is asked to look at, and each field's share."""
    every: dict[str, list[tuple[bool, bool]]] = {name: [] for name in FIELDS}
    for row, values in zip(rows, truth, strict=True):
        doubted = (
            {part.partition(":")[0] for part in row.get("look at", "").split("; ")} if "error" not in row else {*FIELDS}
        )
        for name, value in values.items():
            every[name].append((row.get(name) == value, name not in doubted))
    pairs = [pair for some in every.values() for pair in some]
    sure = [right for right, is_sure in pairs if is_sure]
    print(f"fields completely right: {sum(right for right, _ in pairs) / len(pairs):.2%} of {len(pairs):,}")
    print(f"not flagged: {len(sure) / len(pairs):.1%}, of which right {sum(sure) / max(len(sure), 1):.2%}")
    print("  ".join(f"{name} {sum(right for right, _ in some) / len(some):.1%}" for name, some in every.items()))


if __name__ == "__main__":
    main()
