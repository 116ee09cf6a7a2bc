"""Digits cut out of pictures: what is kept of one as a line of data/*.jsonl, and the images the network reads of it.

What a picture showed is kept, not what the network made of it: a better way to its ink needs no new samples.
"""

import base64
import io
import json
import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.errors import DigitsError
from digits.ink import ink_box, normalise, open_picture, slant, waves
from digits.ink.contrast import PAPER, cut_out, local_contrast
from digits.ink.files import MIN_SIDE
from digits.ink.opencv import cv2
from digits.ink.parts import Grey, Parts

if TYPE_CHECKING:
    from digits.config import Preprocess

Box = tuple[int, int, int, int]
"""Left, top, right, bottom, pixels."""

LARGEST = 96
"""Pixels along a side of what is kept: with its margins a digit has 64, three times what the network reads."""

_LONGEST = 16_384  # characters of a PNG in base64: noise of 96 x 96, which does not compress, takes 12,500
_MARGIN = 0.25  # of the digit's longer side: as much of the paper around it is kept, and its light taken from
_HIGH = 48  # pixels of a digit's longer side where its ink is cut out, as of ink that stands alone on a page
_INK = PAPER / 2  # over paper, of the contrast: from there on it belongs to what is written
_SPECK = 0.05  # of the largest part's ink: parts with less are dirt; the bar of a 5 has a tenth
_WIDEST = 1.4  # times as wide as high: wider ink is more than one digit


class Cutting(NamedTuple):
    """A digit as its picture shows it."""

    image: NDArray[np.uint8]
    """Brightness, (H, W), upright, 0 black, 255 white; with the paper around the digit, as far as the picture goes."""
    box: Box
    """Where in it the digit stands."""


@dataclass(frozen=True)
class ImageSample:
    """One digit as it stood on a picture."""

    digit: int
    writer: str
    cutting: Cutting
    key: int
    """A number made from the line's content: what is random about the sample depends on nothing else."""
    place: str
    """Name of its file and number of its line."""


def cut(picture: Image.Image, box: Box, turned: int = 0) -> Cutting:
    """A digit's part of a picture, reduced to at most `LARGEST` pixels in the longer side.

    Args:
        picture: upright, in any mode.
        box: of the digit, pixels of the picture.
        turned: degrees clockwise, by which the picture is turned for the digit to stand upright.

    Raises:
        DigitsError: nothing can be learned of it: no ink stands out there, or it is too small, or as thin as a line.
    """
    if max(box[2] - box[0], box[3] - box[1]) < MIN_SIDE:
        raise DigitsError(f"the digit is smaller than {MIN_SIDE} pixels")
    margin = max(_MARGIN * max(box[2] - box[0], box[3] - box[1]), MIN_SIDE)
    left, top = (max(0, math.floor(side - margin)) for side in box[:2])
    right, bottom = (min(end, math.ceil(side + margin)) for side, end in zip(box[2:], picture.size, strict=True))
    part = open_picture(picture.crop((left, top, right, bottom))).turn(turned)
    own: tuple[int, ...] = box[0] - left, box[1] - top, box[2] - left, box[3] - top
    wide, high = right - left, bottom - top
    for _ in range(turned // 90):
        own, (wide, high) = (high - own[3], own[0], high - own[1], own[2]), (high, wide)

    scale = min(1.0, LARGEST / max(wide, high))
    size = round(wide * scale), round(high * scale)
    if min(size) < MIN_SIDE:
        raise DigitsError(f"the digit's part of the picture, {wide} x {high} pixels, is as thin as a line")
    bright = np.asarray(Image.fromarray(part.brightness).resize(size, Image.Resampling.BOX))
    image = np.rint(np.clip(bright, 0, 1) * 255).astype(np.uint8)
    left, top = (max(0, math.floor(side * scale)) for side in own[:2])
    right, bottom = (min(end, math.ceil(side * scale)) for side, end in zip(own[2:], size, strict=True))
    cutting = Cutting(image, (left, top, right, bottom))
    if not ink(cutting).any():
        raise DigitsError("no ink stands out from the paper there")
    return cutting


def find(picture: Image.Image) -> Box:
    """Where the digit stands on an upright picture that shows one and nothing else.

    Raises:
        DigitsError: it shows nothing, or what it shows is wider than a digit.
    """
    brightness = open_picture(picture).brightness
    height, width = brightness.shape
    scale = min(1.0, LARGEST / max(height, width))
    size = max(MIN_SIDE, round(width * scale)), max(MIN_SIDE, round(height * scale))
    margin = math.ceil(_MARGIN * max(size))
    contrast = local_contrast(_beyond(cv2.resize(brightness, size, interpolation=cv2.INTER_AREA), (margin,) * 4))
    ink = np.maximum(contrast.astype(np.float32) - PAPER, 0)
    parts = Parts(ink > _INK)
    mass = parts.total(ink)
    found = ink_box(ink * parts.mask(mass >= _SPECK * mass.max(initial=0.0)))
    if found is None:
        raise DigitsError("nothing is written on it")
    across, down = picture.width / size[0], picture.height / size[1]
    left, right = (min(max(side - margin, 0), size[0]) * across for side in found[::2])
    top, bottom = (min(max(side - margin, 0), size[1]) * down for side in found[1::2])
    if right - left > _WIDEST * (bottom - top):
        raise DigitsError("what is written on it is wider than a digit: crop it to the digit")
    return int(left), int(top), math.ceil(right), math.ceil(bottom)


def line(digit: int, writer: str, cutting: Cutting) -> str:
    """A digit of a picture as a line of data/*.jsonl, in the format of docs/data.md, without its end."""
    content = io.BytesIO()
    Image.fromarray(cutting.image).save(content, "PNG", optimize=True)
    record = {"digit": digit, "writer": writer, "image": base64.b64encode(content.getvalue()).decode()}
    return json.dumps(record | {"box": cutting.box}, separators=(",", ":"), ensure_ascii=False)


def parse(record: dict[str, Any]) -> Cutting:
    """What a line's "image" and "box" hold; without a box the digit fills the image.

    Raises:
        ValueError: it is not base64 of a grey PNG of the right size, or the box does not lie in it.
    """
    encoded = record["image"]
    if not isinstance(encoded, str) or not 0 < len(encoded) <= _LONGEST:
        raise ValueError(f'"image" must be base64 of a PNG, at most {_LONGEST:,} characters, found {_said(encoded)}')
    try:
        content = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise ValueError(f'"image" is not base64: {error}') from error
    image = _decoded(content)
    height, width = image.shape
    box = record.get("box", [0, 0, width, height])
    if not (isinstance(box, list) and len(box) == 4 and all(type(side) is int for side in box)):
        raise ValueError(f'"box" must be [left, top, right, bottom], whole pixels, found {_said(box)}')
    left, top, right, bottom = box
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise ValueError(f'"box" {box} does not lie in the image of {width} x {height} pixels')
    if max(right - left, bottom - top) < MIN_SIDE:
        raise ValueError(f'"box" {box} is smaller than {MIN_SIDE} pixels')
    return Cutting(image, (left, top, right, bottom))


def _decoded(content: bytes) -> NDArray[np.uint8]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of flaws that Pillow can cope with
            image = Image.open(io.BytesIO(content), formats=["PNG"])
            mode, size = image.mode, image.size
            if mode == "L" and min(size) >= MIN_SIDE and max(size) <= LARGEST:
                return np.array(image)
    except Exception as error:  # Pillow's decoders raise whatever a damaged file makes them stumble over
        raise ValueError(f'"image" is no PNG that can be opened ({error})') from error
    raise ValueError(
        f'"image" must be a PNG in 8-bit grey (L) with sides of {MIN_SIDE} to {LARGEST} pixels, '
        f"found {mode} of {size[0]} x {size[1]}"
    )


def _said(value: Any) -> str:
    return f"{len(value):,} characters" if isinstance(value, str) and value else repr(value)


def ink(cutting: Cutting) -> Grey:
    """The digit's ink, (H, W), 0 paper, 1 ink, cut to its box: what a hand wrote beside it is gone.

    All zeros where none stands out from the paper.
    """
    (height, width), (left, top, right, bottom) = cutting.image.shape, cutting.box
    longer = max(right - left, bottom - top)
    margin = math.ceil(_MARGIN * longer)
    lacking = tuple(max(0, margin - room) for room in (left, top, width - right, height - bottom))
    whole = _beyond(cutting.image.astype(np.float32) / np.float32(255), lacking)
    scale = _HIGH / longer
    size = round(whole.shape[1] * scale), round(whole.shape[0] * scale)
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    contrast = local_contrast(np.clip(cv2.resize(whole, size, interpolation=smooth), 0, 1))
    across, down = size[0] / whole.shape[1], size[1] / whole.shape[0]
    left, right = ((side + lacking[0]) * across for side in (left, right))
    top, bottom = ((side + lacking[1]) * down for side in (top, bottom))
    own = cut_out(contrast, (left, top, right, bottom))
    return own if contrast.max() > PAPER + _INK else np.zeros_like(own)


def _beyond(brightness: Grey, sides: tuple[int, ...]) -> Grey:
    """A picture with paper added on its left, top, right and bottom: as bright as most of its outline."""
    left, top, right, bottom = sides
    outline = np.concatenate([brightness[0], brightness[-1], brightness[:, 0], brightness[:, -1]])
    return np.pad(brightness, ((top, bottom), (left, right)), constant_values=np.median(outline))


def draw_plainly(sample: ImageSample) -> NDArray[np.uint8]:
    """The sample as it stood on its picture: (1, 28, 28).

    Raises:
        DigitsError: the image holds no ink; names file and line.
    """
    return normalise(_ink_of(sample))[None]


def draw_variants(sample: ImageSample, config: "Preprocess", seed: int) -> NDArray[np.uint8]:
    """As many images as are drawn of strokes, (config.pen_variants, 28, 28): the first as it stood on the picture, for
    that is what was misread; the others lean, widen and bend as strokes do. Its pen and its light are its own.

    Raises:
        DigitsError: the image holds no ink; names file and line.
    """
    own, rng = _ink_of(sample), np.random.default_rng([seed, sample.key])
    return np.stack([normalise(own), *(_varied(own, config, rng) for _ in range(config.pen_variants - 1))])


def _ink_of(sample: ImageSample) -> Grey:
    own = ink(sample.cutting)
    if not own.any():
        raise DigitsError(f"{sample.place}: no ink stands out on the image; remove the line")
    return own


def _varied(own: Grey, config: "Preprocess", rng: np.random.Generator) -> NDArray[np.uint8]:
    """Ink as another hand might have written it, as `pen.draw_varied` has strokes: (28, 28)."""
    longer = max(own.shape)
    reach = config.pen_widen + math.tan(math.radians(config.pen_slant)) + 4 * config.pen_warp
    half = math.ceil(longer * reach / 2)
    places = np.stack(np.meshgrid(*[np.arange(-half, half + 1, dtype=np.float64)] * 2), axis=-1).reshape(-1, 2)
    # Where each pixel of the new image comes from: the way back from it, which is as random.
    widen = math.exp(rng.uniform(-1, 1) * math.log(config.pen_widen))
    (places,) = slant([places], rng.uniform(-config.pen_slant, config.pen_slant), widen)
    places = waves(config.pen_warp, longer, rng)(places) + (np.array(own.shape[::-1]) - 1) / 2
    across, down = places.astype(np.float32).T.reshape(2, 2 * half + 1, 2 * half + 1)
    return normalise(cv2.remap(own, across, down, cv2.INTER_LINEAR))
