"""From any picture to ink: files of many kinds, photographs in uneven light, either polarity.

`open_picture` decodes and checks, `extract_ink` finds what is written; `normalise` takes it from there.
Whatever reads a picture (`Reader`, the window, the tests) goes this way.

In here, "coarse" is a copy of at most 64 pixels a side, on which the paper is found. "The longer side" is the
picture's, and sizes are shares of it, so that a scan and a snapshot of it give the same ink.
"""

import math
import warnings
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from digits.errors import DigitsError

Grey = NDArray[np.float32]
Mask = NDArray[np.bool_]

# Opening a picture.
MIN_SIDE = 8  # pixels; a smaller digit is not legible
MAX_PIXELS = 8192 * 6144  # the most that cameras sold as 50 megapixels give; in colour 200 MB
WORKING_SIDE = 1200  # pixels; a picture is reduced by a whole factor until its longer side has at most these
_STRIP = 64  # rows reduced at a time, so that there is never a second picture of full size in memory
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "PPM", "TIFF", "WEBP", "AVIF", "JPEG2000", "ICO", "TGA")
"""What people keep pictures in. Pillow knows more, some of which start other programs (EPS)."""
_FULL_SCALES = (1.0, 255.0, 4095.0, 65535.0)  # white of floats, and of 8, 12 and 16 bits in wider numbers
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as in Pillow
_MORE_CONTRAST = 1.5  # one colour channel replaces luminance if it shows so much more: red on green

# Finding the paper, on the coarse copy.
_COARSE_SIDE = 64
_FLAT = 0.02  # brightness; what differs less, 5 of 255 grey levels, is the same
_TRUST = 8.0  # extra vote of a corner: 29 of 8,552 MNIST digits cut out to their box lose to their own ink, else 405
_SEED = 0.25  # paper is sought where brightness is so near to its own, in distances between light and dark
_GENTLE, _GENTLEST = 6.4, 0.15  # light changes less over a longer side, and between neighbours; ink's edge more
_NOISY = 2.5  # times the lower quartile of the changes between neighbours is noise
_REGION = 0.25  # of the largest region's seeds make another one paper: corners around a tight crop
_BESIDE = 0.2  # of the picture's outline makes a region paper, in a hard shadow that takes less than half the light
_TOO_FEW = 0.05  # of the picture; with less flat paper, single pixels of its brightness have to do
_CALM, _NORMAL_CALM = 0.3, 0.385  # quantile of the distance from the fitted light that is paper; for normal noise
_BLURS = (0.1, 0.03)  # longer sides; sigma of the blurs that follow shadows and bridge ink
_STIFFNESS = np.diag(np.array([0, 1, 1, 1, 1, 1], np.float32)) * 0.005  # ridge, for paper in one corner only
_DARK = 0.15  # contrast is relative to the paper's brightness, as light is, or to this where it is darker

# Telling ink from noise, dirt and rims. Contrast is 1 from white paper to black ink.
_NORMAL_MEDIAN = 0.6745  # sigma; median of the size of normal noise
_OUTLIER = 3.0  # sigma of the paper's noise; ink differs more
_FAINTEST = 0.08  # contrast, and share of the strongest; a hard pencil has 0.25, artefacts of compression less
_CLEAR = 30.0  # root of the summed squares of a part's contrast, in sigma; texture seldom reaches 20
_DOT, _SMALLEST, _SMALL = 4, 0.008, 0.025  # pixels, longer sides, these at the outline: root of a part's least area
_SPECK = 0.03  # of the largest part's ink; parts with less are dirt, while the bar of a 5 has a tenth
_SHADE = 0.3  # of the strongest part's mean contrast; parts with less are shades and lines of the paper
_STRONG = 0.5  # of the strongest contrast; printed lines of paper have less, ink has more
_ALONG = 0.125  # of the outline, half a side of a square; what lies along more may be a rim
_RIM = 0.1  # of the sides; a rim is not wider
_FULL, _FULL_NOISE = 0.95, 1.645  # quantile of the contrast of ink that is full ink; its share of noise, in sigma
_FLOOR = 2.0  # sigma; contrast that becomes 0


class PictureError(DigitsError):
    """A picture cannot be read; the message names it, the reason and what to do."""


def open_picture(source: str | Path | Image.Image | NDArray[np.uint8]) -> Grey:
    """Brightness of a picture, upright, reduced to at most `WORKING_SIDE` pixels in the longer side.

    Args:
        source: path of an image file (of several frames or pages, the first is read), a PIL image, or an
            array (H, W), (H, W, 3) or (H, W, 4) of uint8.

    Returns:
        (H, W) float32, 0 black, 1 white. Transparent parts are paper. Where one colour channel shows far
        more than luminance does, it is that channel.

    Raises:
        PictureError: no such file, not a picture, damaged, a side below 8 pixels, above 50 megapixels.
    """
    if isinstance(source, Image.Image):
        name = str(getattr(source, "filename", "") or "the image")
        _check_size(name, *source.size)
        return _brightness(source, name)
    if isinstance(source, np.ndarray):
        if source.dtype != np.uint8 or source.ndim < 2 or source.shape[2:] not in ((), (3,), (4,)):
            found = f"{source.dtype} {source.shape}"
            raise PictureError(f"the array: expected uint8 (H, W), (H, W, 3) or (H, W, 4), found {found}; convert it")
        _check_size("the array", source.shape[1], source.shape[0])
        return _brightness(Image.fromarray(source), "the array")
    path = Path(source)
    if not path.is_file():
        found = "is a folder" if path.is_dir() else "does not exist"
        raise PictureError(f"{path}: {found}; give the path of a picture")
    try:
        # Opened here, since Pillow maps an uncompressed TIFF it opens itself, and skews it where EXIF turns it.
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="PIL")  # of 89 megapixels, and of flaws it can cope with
            image = Image.open(file, formats=_FORMATS)
            _check_size(str(path), *image.size)
            image.draft(None, (WORKING_SIDE, WORKING_SIDE))
            return _brightness(image, str(path))
    except UnidentifiedImageError as error:
        found = "not a picture that can be read" if path.stat().st_size else "an empty file"
        raise PictureError(f"{path}: {found}; save it as PNG or JPEG") from error
    except Image.DecompressionBombError as error:
        raise PictureError(f"{path}: far above 50 megapixels; reduce it and try again") from error
    except PermissionError as error:
        raise PictureError(f"{path}: no permission to read it; change its permissions") from error
    except PictureError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever a damaged file makes them stumble over
        raise _damaged(str(path), error) from error


def extract_ink(brightness: Grey) -> Grey:
    """What is written on the paper, dark on light or light on dark, in even light or not.

    Args:
        brightness: (H, W), 0 black, 1 white, as `open_picture` gives it.

    Returns:
        (H, W) float32, 0 paper, 1 ink, with soft edges; all zeros where nothing is written. Parts that do
        not touch each other all stay, unless they are dirt or a dark rim of the picture.
    """
    contrast = _contrast(np.ascontiguousarray(brightness, np.float32))
    step = math.ceil(max(contrast.shape) / _COARSE_SIDE)
    sample = contrast[::step, ::step]
    # Only paper is on the far side of zero, so no amount of ink disturbs this.
    noise = _quantile(-sample[sample <= 0.0], 0.5) / _NORMAL_MEDIAN
    written = _written(contrast, noise)
    if not written.any():
        return np.zeros_like(contrast)
    full = max(_quantile(contrast[written], _FULL) - _FULL_NOISE * noise, _OUTLIER * noise)
    # The soft edge of ink is one pixel wider than what stands out.
    written[1:] |= written[:-1]
    written[:-1] |= written[1:]
    written[:, 1:] |= written[:, :-1]
    written[:, :-1] |= written[:, 1:]
    floor = np.float32(_FLOOR * noise)
    ink: Grey = np.clip((contrast - floor) / (np.float32(full) - floor), 0.0, 1.0) * written
    return ink


def _damaged(name: str, error: Exception) -> PictureError:
    return PictureError(f"{name}: damaged or cut short ({error}); save or copy it again")


def _check_size(name: str, width: int, height: int) -> None:
    if min(width, height) < MIN_SIDE:
        raise PictureError(f"{name}: {width} x {height} pixels; scan or crop it to {MIN_SIDE} x {MIN_SIDE} or more")
    if width * height > MAX_PIXELS:
        raise PictureError(f"{name}: {width} x {height} pixels, above 50 megapixels; reduce it and try again")


def _brightness(image: Image.Image, name: str) -> Grey:
    """`open_picture` for a picture that Pillow has opened but perhaps not decoded."""
    try:
        pixels = _reduced(image)
    except Exception as error:
        raise _damaged(name, error) from error
    turn = 1
    with suppress(Exception):  # damaged EXIF data are no reason not to read the picture
        turn = image.getexif().get(ExifTags.Base.Orientation, 1)
    # The eight orientations of EXIF 2.32, 4.6.4.
    if turn in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if turn in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if turn in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]

    if pixels.ndim == 3:
        return _grey(np.multiply(pixels, 1 / 255, dtype=np.float32))
    values = np.nan_to_num(pixels.astype(np.float32), posinf=0.0, neginf=0.0)
    values -= min(float(values.min()), 0.0)
    brightest = float(values.max())
    white = 255.0 if pixels.dtype == np.uint8 else next((s for s in _FULL_SCALES if brightest <= s), brightest)
    return values / np.float32(white)


def _reduced(image: Image.Image) -> NDArray[np.uint8] | Grey:
    """Pixels (H, W) or (H, W, 3 or 4) uint8, or (H, W) float32 of unknown scale, WORKING_SIDE or less."""
    if image.mode == "F" or image.mode.startswith("I"):
        mode = "F"
    elif image.has_transparency_data:
        mode = "RGBA"
    else:
        mode = "L" if image.mode in ("1", "L") else "RGB"
    image.load()
    width, height = image.size
    factor = math.ceil(max(width, height) / WORKING_SIDE)
    if factor == 1:
        return np.asarray(image.convert(mode))
    rows = _STRIP * factor
    strips = (image.crop((0, top, width, min(top + rows, height))) for top in range(0, height, rows))
    return np.concatenate([np.asarray(strip.convert(mode).reduce(factor)) for strip in strips])


def _grey(colours: Grey) -> Grey:
    """(H, W, 3) or (H, W, 4), 0 to 1, as one brightness that shows the ink."""
    if colours.shape[2] == 4:
        colours, alpha = colours[..., :3], colours[..., 3:]
        visible = (colours @ _LUMA)[alpha[..., 0] > 0.5]
        if visible.size > 0.5 * alpha.size and visible.std() > _FAINTEST:
            backdrop = _quantile(visible, 0.5)  # the paper is among what is visible
        else:
            backdrop = 0.0 if visible.size and visible.mean() > 0.5 else 1.0
        colours = colours * alpha + np.float32(backdrop) * (1 - alpha)
    grey = colours @ _LUMA
    step = math.ceil(max(grey.shape) / _COARSE_SIDE)
    spreads = colours[::step, ::step].reshape(-1, 3).std(axis=0)
    best = int(spreads.argmax())
    return colours[..., best] if spreads[best] > _MORE_CONTRAST * grey[::step, ::step].std() else grey


def _contrast(brightness: Grey) -> Grey:
    """How far each pixel is from the paper towards ink; about 0, on either side, on the paper itself."""
    height, width = brightness.shape
    factor = math.ceil(max(height, width) / _COARSE_SIDE)
    coarse: Grey = np.asarray(Image.fromarray(brightness).reduce(factor)) if factor > 1 else brightness
    paper = _sure_paper(coarse)
    for _ in range(2):  # the light on what is surely paper, then on all that agrees with it
        rest = _without_light(coarse, paper)
        off = np.abs(rest)
        paper = off < max(_OUTLIER * _quantile(off, _CALM) / _NORMAL_CALM, _FLAT)
    level: Grey = coarse - rest
    if factor > 1:
        box = (0, 0, width / factor, height / factor)
        level = np.asarray(Image.fromarray(level).resize((width, height), Image.Resampling.BILINEAR, box=box))
    # Whether ink is lighter or darker than paper, a rim of the picture has no say if there is anything else.
    ink = rest * ~paper
    top, left = (round(_RIM * side) for side in ink.shape)
    light = (ink[top:-top, left:-left].sum() or ink.sum()) > 0
    contrast: Grey = np.divide(brightness - level if light else level - brightness, np.maximum(level, _DARK))
    return contrast


def _sure_paper(coarse: Grey) -> Mask:
    """Where there is paper beyond doubt: flat regions of its brightness and what they gently go over into."""
    if np.ptp(coarse) < _FLAT:
        return np.ones_like(coarse, np.bool_)
    # Light and dark: the two classes with the least variance within them (N. Otsu, 1979).
    ordered = np.sort(coarse, axis=None)
    count, moment = np.arange(1, ordered.size), ordered.cumsum(dtype=np.float64)
    between = (moment[:-1] * ordered.size - moment[-1] * count) ** 2 / (count * (ordered.size - count))
    split = int(between.argmax()) + 1
    dark, light = float(ordered[split // 2]), float(ordered[(split + ordered.size) // 2])
    _, trust, _ = _field(*coarse.shape)
    paper_level = light if (trust * (coarse >= ordered[split])).sum() > 0.5 else dark
    seeds = np.abs(coarse - paper_level) < _SEED * (light - dark)

    low = high = coarse
    for _ in range(2):  # least and greatest of three rows; turned, of three columns
        least, greatest = low.copy(), high.copy()
        np.minimum(least[1:], low[:-1], out=least[1:])
        np.minimum(least[:-1], low[1:], out=least[:-1])
        np.maximum(greatest[1:], high[:-1], out=greatest[1:])
        np.maximum(greatest[:-1], high[1:], out=greatest[:-1])
        low, high = least.T, greatest.T
    change = high - low
    gentle = min(_GENTLE / max(coarse.shape), _GENTLEST)
    noisy = min(_NOISY * _quantile(change, 0.25), _SEED * (light - dark))
    regions = _Parts(change < max(gentle, noisy))
    seeded = regions.total(trust * seeds)
    level = regions.total(coarse) / regions.area
    beside = (regions.outline > _BESIDE) & (level > 0.5 * paper_level) & (level < 2 * paper_level)
    flat = regions.mask(beside | (seeded > _REGION * seeded.max(initial=0.0)))
    return flat if flat.mean() > _TOO_FEW else seeds


def _without_light(coarse: Grey, paper: Mask) -> Grey:
    """What remains when the light, a quadratic surface and shadows on it, is fitted to the paper and taken away."""
    terms, _, blurs = _field(*coarse.shape)
    weight = paper.astype(np.float32)
    weighted = terms * weight.ravel()
    factors = np.linalg.solve(weighted @ terms.T + _STIFFNESS * weight.sum(), weighted @ coarse.ravel())
    rest: Grey = coarse - (factors @ terms).reshape(coarse.shape)
    for rows, columns in blurs:
        rest = rest - np.divide(rows @ (rest * weight) @ columns, rows @ weight @ columns + _FLAT)
    return rest


@lru_cache(maxsize=8)
def _field(height: int, width: int) -> tuple[Grey, Grey, list[tuple[Grey, Grey]]]:
    """Terms (6, H * W) of a quadratic surface; votes (H, W); matrices (H, H), (W, W) that blur rows and columns."""
    axes = [(np.arange(side, dtype=np.float32) - (side - 1) / 2) / max(height, width) for side in (height, width)]
    y, x = np.meshgrid(*axes, indexing="ij")
    terms: Grey = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y]).reshape(6, -1)
    corner = max(float((x * y).max()), _FLAT)
    trust: Grey = 1 + np.multiply(_TRUST, np.square(x * y / corner))
    trust /= trust.sum()
    blurs: list[tuple[Grey, Grey]] = []
    for sigma in _BLURS:
        rows, columns = (np.exp(-(((axis[:, None] - axis) / np.float32(sigma)) ** 2) / 2) for axis in axes)
        blurs.append((np.divide(rows, rows.sum(axis=0).max()), np.divide(columns, columns.sum(axis=0).max())))
    return terms, trust, blurs


def _written(contrast: Grey, noise: float) -> Mask:
    """Pixels of ink, without its soft edge: parts that stand out and are neither dirt nor the picture's rim."""
    strongest = float(contrast.max())
    least = max(_OUTLIER * noise, _FAINTEST, _FAINTEST * strongest)
    parts, good = _ink_parts(contrast, noise, least)
    if parts.outline[good].any():
        # What runs off the picture may be lines or shades of the paper that meet the ink: is the strong ink inside?
        strong, good_strong = _ink_parts(contrast, noise, max(least, _STRONG * strongest))
        if good_strong.any() and not strong.outline.any():
            return strong.mask(good_strong)
    return parts.mask(good)


def _ink_parts(contrast: Grey, noise: float, least: float) -> tuple["_Parts", Mask]:
    """The parts with at least this contrast, and which of them are ink."""
    longer = max(contrast.shape)
    parts = _Parts(contrast > least)
    at_outline = parts.outline > 0
    side = np.where(at_outline, _SMALL, _SMALLEST) * longer
    good = (parts.area >= np.maximum(side**2, _DOT)) & (parts.total(contrast * contrast) > (_CLEAR * noise) ** 2)
    # A rim lies along the outline; it goes if something is written apart from it, or if there are only rims.
    apart = good & ~at_outline & (parts.area >= (_SMALL * longer) ** 2)
    if apart.any() or not parts.reach_inside(_RIM)[good].any():
        good &= ~(parts.corner | (parts.outline > _ALONG))
    mass = parts.total(contrast) * good
    strength = mass / parts.area
    good &= (mass >= _SPECK * mass.max(initial=0.0)) & (strength >= _SHADE * strength.max(initial=0.0))
    return parts, good


class _Parts:
    """The parts of a mask (H, W) that do not touch, not even diagonally; held as runs along its rows.

    Attributes:
        area: pixels of each part, (N,).
        outline: share of the picture's outline that each part lies along, (N,).
        corner: whether a part holds a corner of the picture, (N,).
    """

    def __init__(self, mask: Mask) -> None:
        height, width = self.shape = mask.shape
        pitch = width + 2
        padded = np.zeros((height, pitch), np.bool_)
        padded[:, 1:-1] = mask
        flat = padded.ravel()
        bounds = np.flatnonzero(flat[1:] != flat[:-1])
        first, last = bounds[::2], bounds[1::2]
        self._row, self._start, self._end = first // pitch, first % pitch, last % pitch

        # Each run meets some of the next row's; union-find (B. Galler, M. Fischer, 1964) makes parts of them.
        meets = np.searchsorted(last, first + pitch).tolist()
        beyond = np.searchsorted(first, last + pitch, side="right").tolist()
        root = list(range(len(meets)))
        for run, (low, high) in enumerate(zip(meets, beyond, strict=True)):
            for other in range(low, high):
                a, b = run, other
                while root[a] != a:
                    root[a] = a = root[root[a]]
                while root[b] != b:
                    root[b] = b = root[root[b]]
                root[max(a, b)] = min(a, b)
        for run, above in enumerate(root):
            root[run] = root[above]
        is_root = np.array(root, np.intp) == np.arange(len(root))
        self._count = int(is_root.sum())
        self._part = (is_root.cumsum() - 1)[root] if root else np.zeros(0, np.intp)

        length = self._end - self._start
        ends = (self._row == 0) | (self._row == height - 1)
        sides = (self._start == 0) * 1 + (self._end == width)
        self.area = self._sum(length)
        self.outline = self._sum(length * ends + sides) / (2 * (height + width))
        self.corner = self._sum(ends * sides) > 0

    def _sum(self, of_runs: NDArray[Any]) -> NDArray[np.float64]:
        return np.bincount(self._part, of_runs, self._count).astype(np.float64, copy=False)

    def total(self, values: Grey) -> NDArray[np.float64]:
        """Sum of the values (H, W) over each part."""
        if not self._count:
            return np.zeros(0)
        offset = self._row * self.shape[1]
        bounds = np.stack([offset + self._start, offset + self._end], axis=1).ravel()
        return self._sum(np.add.reduceat(np.append(values, np.float32(0)), bounds)[::2])

    def reach_inside(self, margin: float) -> Mask:
        """Whether a part reaches further in than this share of the picture's sides."""
        height, width = self.shape
        inner_row = np.abs(self._row + 0.5 - height / 2) < (0.5 - margin) * height
        inside: Mask = self._sum(inner_row & (self._start < (1 - margin) * width) & (self._end > margin * width)) > 0
        return inside

    def mask(self, keep: Mask) -> Mask:
        """The parts to keep, as a mask (H, W)."""
        kept = keep[self._part]
        change = np.zeros((self.shape[0], self.shape[1] + 1), np.int8)
        change[self._row[kept], self._start[kept]] = 1
        change[self._row[kept], self._end[kept]] = -1
        return change.cumsum(axis=1, dtype=np.int8)[:, :-1].astype(np.bool_)


def _quantile(values: Grey, share: float) -> float:
    """A value with this share of them below it; NumPy's own function takes five times as long on small arrays."""
    ordered = np.sort(values, axis=None)
    return float(ordered[int(share * (values.size - 1))]) if values.size else 0.0
