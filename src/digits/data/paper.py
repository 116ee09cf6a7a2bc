"""Paper, print and light for made pages: what a camera sees of ink that lies on a form, a ledger or a cheque."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from digits.data.letters import font_file
from digits.ink.opencv import cv2

Grey = NDArray[np.float32]
Layer = NDArray[np.uint8]
Random = np.random.Generator

KINDS = ("plain", "ruled", "squared", "joined", "boxes", "comb", "frame", "cheque", "shadow", "pencil")
"""What numbers are written on; joined and boxes are printed cells side by side and apart."""

_WORDS = (
    "Amount", "Betrag", "Date", "Datum", "Name", "Account", "Total", "Pay", "to the order of", "Dollars", "Rupees",
    "Euro", "Page", "Nr.", "No.", "Telephone", "Signature", "Bank", "Street", "City", "Sum", "IBAN", "Rs.", "Birth",
    "Number of items", "Please print in block letters", "Customer", "Ort", "Unterschrift", "Verwendungszweck",
    "VALID FOR", "Ref", "Month", "Year", "Class", "Score", "Points", "Room", "Invoice", "Tax", "net", "per", "kg", "cm",
)  # fmt: skip
_PRINT_FONTS = {
    "train": ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSansMono", "cmr10",
              "STIXGeneral", "DejaVuSerif-Italic"),
    "validation": ("STIXGeneralBol", "cmss10"),
    "test": ("cmb10", "DejaVuSansMono-Bold"),
}  # fmt: skip
_PRINTED = 24  # pixels, the height that printed words are drawn at


class Sheet:
    """What is printed on the paper under a line of writing.

    Args:
        size: height and width, pixels.
        rng: everything random.
        part: train, validation or test: whose fonts its words use.
        scale: pixels of this sheet to one of a strip; lines grow with it.
    """

    def __init__(self, size: tuple[int, int], rng: Random, part: str, scale: float) -> None:
        self.size, self.rng, self.part, self.scale = size, rng, part, scale
        self.print: Layer = np.zeros(size, np.uint8)
        self.lean = rng.normal(0, 0.012)

    def level(self, y: float, left: float = -9, right: float = 1e4, strength: float = 255, thick: int = 1) -> None:
        """A printed line across, of the given height at the left edge."""
        right = min(right, self.size[1] + 9)
        self._line((left, y + self.lean * left), (right, y + self.lean * right), strength, thick)

    def upright(self, x: float, top: float = -9, bottom: float = 1e4, strength: float = 255, thick: int = 1) -> None:
        """A printed line down."""
        bottom = min(bottom, self.size[0] + 9)
        tilt = self.lean * x
        self._line((x - self.lean * top, top + tilt), (x - self.lean * bottom, bottom + tilt), strength, thick)

    def _line(self, start: tuple[float, float], end: tuple[float, float], strength: float, thick: int) -> None:
        ends = [(round(x * 16), round(y * 16)) for x, y in (start, end)]
        cv2.line(self.print, ends[0], ends[1], float(strength), thick, cv2.LINE_AA, 4)

    def thickness(self, most: float = 2.2) -> int:
        """Of a printed line, pixels."""
        return max(1, round(self.rng.uniform(0.4, most) * self.scale))

    def word(self, x: float, y: float, height: float, strength: float) -> float:
        """A printed word, its lower left corner at (x, y); returns its width."""
        rng = self.rng
        fonts = _PRINT_FONTS[self.part]
        sprite = _printed(fonts[int(rng.integers(len(fonts)))], _WORDS[int(rng.integers(len(_WORDS)))])
        k = height / _PRINTED
        sprite = cv2.resize(sprite, None, fx=k, fy=k, interpolation=cv2.INTER_AREA if k < 1 else cv2.INTER_LINEAR)
        paste(self.print, (sprite * (strength / 255)).astype(np.uint8), round(x), round(y) - sprite.shape[0])
        return float(sprite.shape[1])


def paste(layer: Layer, patch: Layer, left: int, top: int) -> bool:
    """Puts ink on a layer, cut at its edges; whether any of it lay on the layer."""
    height, width = patch.shape
    x, y = max(left, 0), max(top, 0)
    right, bottom = min(left + width, layer.shape[1]), min(top + height, layer.shape[0])
    if x >= right or y >= bottom:
        return False
    place = layer[y:bottom, x:right]
    np.maximum(place, patch[y - top : bottom - top, x - left : right - left], out=place)
    return True


@lru_cache(maxsize=1024)
def _printed(font_name: str, text: str) -> Layer:
    font = ImageFont.truetype(font_file(font_name), _PRINTED)
    width = math.ceil(font.getlength(text)) + 2
    picture = Image.new("L", (width, _PRINTED + 8))
    ImageDraw.Draw(picture).text((1, _PRINTED), text, fill=255, font=font, anchor="ls")
    return np.asarray(picture)


def rules(sheet: Sheet, height: float, line: float, squared: bool) -> None:
    """Ruled or squared paper; one of its lines is often the one that is written on."""
    rng = sheet.rng
    spacing = height * (rng.uniform(0.55, 1.4) if squared else rng.uniform(1.0, 2.4))
    strength, thick = rng.uniform(60, 180 if squared else 255), sheet.thickness(1.4 if squared else 2.2)
    start = line + rng.uniform(-0.05, 0.15) * height if rng.random() < 0.6 else rng.uniform(0, spacing)
    for y in np.arange(start % spacing - spacing, sheet.size[0] + spacing, spacing):
        sheet.level(float(y), strength=strength, thick=thick)
    if squared:
        for x in np.arange(rng.uniform(0, spacing) - spacing, sheet.size[1] + spacing, spacing):
            sheet.upright(float(x), strength=strength, thick=thick)
    elif rng.random() < 0.15:  # a margin
        sheet.upright(rng.uniform(0, sheet.size[1]), strength=strength, thick=thick)


def cells(sheet: Sheet, edges: NDArray[np.float64], top: float, bottom: float, kind: str) -> None:
    """Printed cells, one for a digit: `edges` are where they begin and end across."""
    rng = sheet.rng
    strength, thick = rng.uniform(80, 255), sheet.thickness(3.2)
    if kind == "comb":
        tick = (bottom - top) * rng.uniform(0.12, 0.6)
        sheet.level(bottom, edges[0], edges[-1], strength, thick)
        for x in edges:
            sheet.upright(float(x), bottom - tick, bottom, strength, thick)
        return
    apart = (edges[1] - edges[0]) * rng.uniform(0.06, 0.2) if kind == "boxes" else 0.0
    for left, right in zip(edges[:-1] + apart / 2, edges[1:] - apart / 2, strict=True):
        for y in (top, bottom):
            sheet.level(y, float(left), float(right), strength, thick)
        for x in (left, right):
            sheet.upright(float(x), top, bottom, strength, thick)


def frame(sheet: Sheet, box: tuple[float, float, float, float], height: float) -> None:
    """The frame of a field of a form around (left, top, right, bottom), with its printed name at times."""
    rng = sheet.rng
    left, top, right, bottom = box
    left, right = left - rng.uniform(0.1, 0.8) * height, right + rng.uniform(0.1, 0.8) * height
    top, bottom = top - rng.uniform(0.02, 0.5) * height, bottom + rng.uniform(0.02, 0.5) * height
    strength, thick = rng.uniform(90, 255), sheet.thickness(3)
    sides = rng.random(4) < 0.85
    for drawn, y in zip(sides, (top, bottom), strict=False):
        if drawn:
            sheet.level(y, left, right, strength, thick)
    for drawn, x in zip(sides[2:], (left, right), strict=True):
        if drawn:
            sheet.upright(x, top, bottom, strength, thick)
    if rng.random() < 0.5:
        sheet.word(left, top - 2, height * rng.uniform(0.3, 0.6), strength)


def words(sheet: Sheet, box: tuple[float, float, float, float], height: float) -> None:
    """Printed words above, below, left or right of what is written in (left, top, right, bottom)."""
    rng = sheet.rng
    left, top, right, bottom = box
    for _ in range(int(rng.integers(1, 4))):
        size, strength = height * math.exp(rng.uniform(math.log(0.3), math.log(0.9))), rng.uniform(80, 255)
        side = rng.integers(4)
        if side < 2:
            x = rng.uniform(-0.2, 0.8) * sheet.size[1]
            y = top - rng.uniform(0.1, 0.5) * height if side else bottom + size + rng.uniform(0.1, 0.6) * height
        else:
            y = bottom - rng.uniform(0, 0.3) * height
            x = right + rng.uniform(0.3, 1) * height if side == 2 else left - rng.uniform(2, 5) * height
        width = sheet.word(x, y, size, strength)
        if side == 3 and x + width > left - 0.2 * height:  # it was longer than that: wipe what lies under the writing
            sheet.print[:, max(int(left - 0.2 * height), 0) : max(int(x + width + 1), 0)] = 0


def security(sheet: Sheet, height: float) -> Grey:
    """Security print of a cheque, (H, W), 0 to 1: waves, straight lines, dots or clouds."""
    rng = sheet.rng
    rows, columns = sheet.size
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    total = np.zeros(sheet.size, np.float32)
    for _ in range(int(rng.integers(1, 4))):
        kind = rng.integers(4)
        if kind == 3:
            total += smooth_field(sheet.size, rng, height * rng.uniform(0.3, 1.2)) * rng.uniform(0.3, 1)
            continue
        period = height * math.exp(rng.uniform(math.log(0.1), math.log(0.5)))
        angle = rng.uniform(0, math.pi)
        along, across = (x * math.cos(angle) + y * math.sin(angle)), (y * math.cos(angle) - x * math.sin(angle))
        if kind == 2:
            value = np.cos(along * (2 * math.pi / period)) * np.cos(across * (2 * math.pi / period))
        else:
            bend = kind * period * rng.uniform(0.3, 2.5)
            wave = 2 * math.pi / (period * rng.uniform(2, 8))
            value = np.cos((across + bend * np.sin(along * wave)) * (2 * math.pi / period))
        share = rng.uniform(0, 0.8)  # how thin its lines are
        total += np.clip((value - share) / (1 - share) * rng.uniform(1, 3), 0, 1) * rng.uniform(0.3, 1)
    return np.minimum(total, 1.0)


def smooth_field(size: tuple[int, int], rng: Random, length: float) -> Grey:
    """Random values from 0 to 1 that change over about `length` pixels, (H, W)."""
    knots = (max(2, round(size[1] / length) + 2), max(2, round(size[0] / length) + 2))
    field = cv2.resize(rng.random(knots[::-1], np.float32), size[::-1], interpolation=cv2.INTER_CUBIC)
    return np.clip(field, 0, 1)


def photograph(ink: Layer, sheet: Sheet, pattern: Grey | None, kind: str, height: float) -> Layer:
    """The sheet with its ink, as scanned or photographed: brightness (H, W) uint8, dark on light or light on dark."""
    rng, size = sheet.rng, sheet.size
    strength = rng.uniform(0.2, 0.5) if kind == "pencil" else rng.uniform(0.5, 1.0)
    written = ink.astype(np.float32) * np.float32(strength / 255)
    if rng.random() < (0.8 if kind == "pencil" else 0.15):  # grain, and a pen that skips
        grain = rng.random(size, np.float32)
        if rng.random() < 0.5:
            grain = cv2.GaussianBlur(grain, (3, 3), 0.8) * 1.6 - 0.3
        written *= 1 - np.clip(grain, 0, 1) * np.float32(rng.uniform(0.15, 0.55))
    brightness = np.full(size, rng.uniform(0.55, 1.0), np.float32)
    if pattern is not None:
        brightness *= 1 - pattern * np.float32(rng.uniform(0.04, 0.35))
    if rng.random() < 0.15:
        brightness *= 1 - _shown_through(ink, rng) * np.float32(rng.uniform(0.04, 0.2))
    if sheet.print.any():
        brightness *= 1 - sheet.print.astype(np.float32) * np.float32(rng.uniform(0.15, 0.95) / 255)
    brightness *= 1 - written
    if kind == "shadow" or rng.random() < 0.25:
        brightness *= light(size, rng, kind == "shadow")
    if kind == "plain" and rng.random() < 0.5:  # a clean scan
        return np.clip(brightness * 255, 0, 255).astype(np.uint8)
    return _seen(brightness, rng, height, strength)


def _shown_through(ink: Layer, rng: Random) -> Grey:
    """The writing of the other side of the paper."""
    other = np.roll(ink[:, ::-1], (int(rng.integers(-20, 20)), int(rng.integers(ink.shape[1]))), (0, 1))
    return cv2.GaussianBlur(other, (0, 0), rng.uniform(0.8, 2)).astype(np.float32) / 255


def light(size: tuple[int, int], rng: Random, hard: bool) -> Grey:
    """Uneven light, (H, W), at most 1; with the edge of a shadow if it is to be hard."""
    rows, columns = size
    field = 1 - smooth_field(size, rng, max(size) / rng.uniform(1, 3)) * np.float32(rng.uniform(0.1, 0.5))
    if hard or rng.random() < 0.2:
        angle, soft = rng.uniform(0, 2 * math.pi), rng.uniform(1, 14)
        y, x = np.arange(rows, dtype=np.float32)[:, None], np.arange(columns, dtype=np.float32)
        far = (x - rng.uniform(0.1, 0.9) * columns) * math.cos(angle) + (y - rng.uniform(0.1, 0.9) * rows) * math.sin(
            angle
        )
        field *= 1 - np.float32(rng.uniform(0.15, 0.6)) * np.clip(far / np.float32(soft) + 0.5, 0, 1)
    return field


def _seen(brightness: Grey, rng: Random, height: float, strength: float) -> Layer:
    """What a camera makes of it: blur, noise, the marks of JPEG, turned into its negative at times; weak enough for
    digits so many pixels high and ink so dark that a person can still read them."""
    if rng.random() < 0.6:
        brightness = cv2.GaussianBlur(brightness, (0, 0), height * rng.uniform(0.012, 0.04))
    if rng.random() < 0.7:
        noise = rng.standard_normal(brightness.shape, np.float32)
        if rng.random() < 0.4:
            noise = cv2.GaussianBlur(noise, (3, 3), 0.7) * 2
        most = strength * height / 20 * 0.1
        brightness = brightness + noise * np.float32(math.exp(rng.uniform(math.log(0.003), math.log(min(most, 0.08)))))
    if rng.random() < 0.12:
        brightness = 1 - brightness
    seen: Layer = np.clip(brightness * 255, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        least = 40 if strength > 0.4 else 65
        _, coded = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(least, 95))])
        return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return seen
