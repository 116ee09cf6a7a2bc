"""Letters and signs of the scripts in Matplotlib's fonts, as a pen might write them: along their middle lines."""

import math
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar

import matplotlib
import numpy as np
from matplotlib.ft2font import FT2Font
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from digits.ink import normalise
from digits.ink.opencv import cv2

Field = NDArray[np.float32]
"""Distances in pixels from the middle of a letter's lines, (H, W); beyond `_FAR` they are all the same."""

_Pixel = TypeVar("_Pixel", bound=np.generic)

_FONTS = {
    "train": ("DejaVuSans-Oblique", "DejaVuSans", "DejaVuSerif-Italic", "DejaVuSerif", "DejaVuSansMono", "cmmi10",
              "STIXGeneral", "cmss10"),
    "validation": ("STIXGeneralItalic", "cmtt10", "DejaVuSerif-BoldItalic"),
    "test": ("cmti10", "DejaVuSansMono-Oblique", "DejaVuSans-BoldOblique"),
}  # fmt: skip
"""Fonts of each part; those of validation and test are never trained on."""

_FAR, _MARGIN = 20.0, 10

HIGH = 40
"""Pixels of a field that a capital is high. Its lower edge lies a third of that below the line."""

LINE = _MARGIN + HIGH
"""Pixels from a field's upper edge to the line that its letter stands on."""

ALONE = "ACEFHJKLMNPRTUVWXYacdefhkmnprtuvwxy"
"""Letters that nobody takes for a digit, so that they may stand alone."""

_SCRIPTS = {
    "letter": ((0x41, 0x7B),),
    "other script": ((0x370, 0x460), (0x531, 0x588), (0x5D0, 0x5EB), (0x621, 0x64B), (0x10A0, 0x10FA),
                     (0xE81, 0xEB0), (0x2D30, 0x2D66)),
    "sign": ((0x21, 0x40), (0x5B, 0x61), (0x7B, 0x7F), (0x20A0, 0x20C0), (0x2190, 0x2300), (0x25A0, 0x2670)),
}  # fmt: skip
"""Where Unicode keeps them: Greek, Cyrillic, Armenian, Hebrew, Arabic, Georgian, Lao and Tifinagh; punctuation,
currencies, arrows, mathematics, boxes and the signs of all trades."""

_LIKE = 0.75  # correlation with a printed digit from which on a person might read one
_WIDTHS = (0.7, 1.0, 1.4)  # of the digits that it is compared with


@cache
def characters(script: str, part: str) -> tuple[str, ...]:
    """Characters that no digit looks like; each belongs to one part alone.

    Args:
        script: letter, other script or sign.
        part: train, validation or test.
    """
    own = {"validation": (1,), "test": (2,), "train": (0, 3, 4, 5, 6)}[part]
    held = frozenset[int]().union(*map(_held, _FONTS[part]))
    return tuple(one for one in _unlike_digits(script) if ord(one) % 7 in own and ord(one) in held)


@cache
def _unlike_digits(script: str) -> list[str]:
    codes = (code for first, end in _SCRIPTS[script] for code in range(first, end))
    some = [chr(code) for code in codes if code in _held("DejaVuSans") and unicodedata.category(chr(code))[0] in "LSP"]
    if script == "letter":
        return [one for one in some if one in ALONE]
    shapes = np.stack([_shape(field("DejaVuSans", one)) for one in some])
    like = (shapes @ _digits().T).max(axis=1)
    return [one for one, most in zip(some, like, strict=True) if most < _LIKE]


@cache
def _digits() -> NDArray[np.float32]:
    fields = [field(name, digit) for fonts in _FONTS.values() for name in fonts for digit in "0123456789"
              if name != "cmmi10"]  # fmt: skip
    return np.stack([_shape(one, width) for one in fields for width in _WIDTHS])


def _shape(of: Field, width: float = 1.0) -> NDArray[np.float32]:
    """What correlates: the blurred image, of mean 0 and norm 1."""
    ink = np.clip(2.2 - of, 0, 1)
    image = normalise(cv2.resize(ink, (round(ink.shape[1] * width), ink.shape[0]))).astype(np.float32)
    blurred = cv2.GaussianBlur(image, (0, 0), 1.5).ravel()
    blurred -= blurred.mean()
    return np.asarray(blurred / max(float(np.linalg.norm(blurred)), 1e-6), np.float32)


def choose(part: str, rng: np.random.Generator, some: Sequence[str]) -> Field:
    """One of some characters in a font of the part that has it."""
    one = some[int(rng.integers(len(some)))]
    fonts = [name for name in _FONTS[part] if ord(one) in _held(name)]
    return field(fonts[int(rng.integers(len(fonts)))], one)


def written(
    of: Field, rng: np.random.Generator, scale: float, lean: float, widen: float, warp: float, pen: float
) -> NDArray[np.uint8]:
    """A letter as ink, (H, W), 0 paper, 255 ink.

    Args:
        of: the letter.
        rng: how it is bent.
        scale: pixels of the ink to one of the field, upright.
        lean: how far it leans to the right, as a part of its height.
        widen: how much wider it is written than printed.
        warp: by how much it is bent at most, pixels of the ink.
        pen: its diameter, pixels of the ink.
    """
    height, width = of.shape
    across = math.ceil((width + abs(lean) * height) * scale) + 2
    size = (math.ceil(across * max(widen, 1)), math.ceil(height * scale) + 2)
    matrix = np.array([[scale * widen, -lean * scale, max(lean, 0) * height * scale], [0, scale, 0]])
    moved: Field = cv2.warpAffine(of, matrix, size, borderValue=_FAR) * np.float32(scale)
    if warp:
        moved = bent(moved, rng, warp, _FAR)
    return np.clip((pen / 2 + 0.5 - moved) * 255, 0, 255).astype(np.uint8)


def bent(image: NDArray[_Pixel], rng: np.random.Generator, amount: float, border: float = 0.0) -> NDArray[_Pixel]:
    """An image whose pixels are moved by a smooth random field of up to `amount` pixels."""
    height, width = image.shape
    push = cv2.resize(rng.uniform(-amount, amount, (4, 4, 2)).astype(np.float32), (width, height))
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    return cv2.remap(image, push[..., 0] + x, push[..., 1] + y, cv2.INTER_LINEAR, borderValue=border)


def font_file(name: str) -> str:
    """Path of one of the fonts that come with Matplotlib."""
    return str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf")


@cache
def _held(font: str) -> frozenset[int]:
    return frozenset(FT2Font(font_file(font)).get_charmap())


@lru_cache(maxsize=4096)
def field(font: str, letter: str) -> Field:
    """A letter of a font, from which a pen of any width draws it."""
    face = ImageFont.truetype(font_file(font), round(HIGH * 1.38))
    picture = Image.new("L", (round(face.getlength(letter)) + 2 * _MARGIN, round(1.33 * HIGH) + _MARGIN))
    ImageDraw.Draw(picture).text((_MARGIN, LINE), letter, fill=255, font=face, anchor="ls")
    middle = _thinned(np.asarray(picture) > 127)
    distance = cv2.distanceTransform((~middle).astype(np.uint8), cv2.DIST_L2, 5)
    return np.minimum(distance, _FAR).astype(np.float32)


def _thinned(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The middle lines of a mask (T. Y. Zhang, C. Y. Suen, *A Fast Parallel Algorithm for Thinning*, 1984)."""
    mask = np.pad(mask, 1)
    while True:
        before = mask.sum()
        for step in (0, 1):
            around = [np.roll(mask, shift, (0, 1)) for shift in
                      ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))]  # fmt: skip
            count = np.sum(around, axis=0)
            changes = sum((~around[i] & around[(i + 1) % 8]).astype(int) for i in range(8))
            north, east, south, west = around[0], around[2], around[4], around[6]
            keep = (north & east & south) | (east & south & west) if step == 0 else (
                (north & east & west) | (north & south & west))  # fmt: skip
            mask &= ~((count >= 2) & (count <= 6) & (changes == 1) & ~keep)
        if mask.sum() == before:
            return mask[1:-1, 1:-1]
