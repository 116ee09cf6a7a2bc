"""From brightness to ink: what is written, dark on light or light on dark, on paper in uneven light.

The paper is found on a small copy of the picture, and its light taken away. What remains is contrast: 0 on paper, 1 for
black ink on white. Parts of it that stand out from the paper's noise are ink, unless they look like dirt, like shades
or printed lines of the paper, or like a dark rim of the picture.

Sizes are shares of the picture's longer side, so that a scan and a snapshot of one page give the same ink. The numbers
below were found on photographs, scans and screenshots of digits; tests/ink/test_picture.py has their like.
"""

import math
from functools import lru_cache

import numpy as np
from PIL import Image

from digits.ink.parts import Grey, Mask, Parts

# Finding the paper. Brightness is 0 to 1, neighbours are pixels of the small copy.
COARSE_SIDE = 64  # pixels at most along a side of the small copy
_FLAT = 0.02  # a difference in brightness that counts as none: 5 of 255 grey levels
_TRUST = 8.0  # extra weight of corners as paper: of 8,552 MNIST digits cut out to their box, 29 pass for it, else 405
_SURE = 0.25  # of the distance from dark to light: pixels this near the paper's level are surely paper
_GENTLE, _GENTLEST = 6.4, 0.15  # light changes less along the longer side, and between neighbours; ink's edges more
_NOISY = 2.5  # times the lower quartile of the changes between neighbours: as much may be noise
_REGION = 0.25  # of the most paper in one region: another region with that is paper too, as in corners of a tight crop
_BESIDE = 0.2  # of the outline: a region along that much is paper in a hard shadow, unless that takes half the light
_TOO_FEW = 0.05  # of the picture: with less flat paper than that, all pixels that are surely paper count
_CALM, _NORMAL_CALM = 0.3, 0.385  # quantile of the distances from the fitted light that is paper; in sigma, if normal
_BLURS = 0.1, 0.03  # longer sides; sigma of the two blurs that follow shadows and bridge ink
_STIFFNESS = np.diag(np.array([0, 1, 1, 1, 1, 1], np.float32)) * 0.005  # level, where paper is in one corner
_DARK = 0.15  # brightness; darker paper counts as this bright, or its noise would be contrast

# Telling ink from noise, dirt and rims. Contrast is 0 on paper and 1 for black on white; noise is its sigma on paper.
_NORMAL_MEDIAN = 0.6745  # sigma; median of the absolute values of normal noise
_OUTLIER = 3.0  # sigma; ink differs more from paper
FAINTEST = 0.08  # contrast, and share of the strongest; a hard pencil has 0.25, artefacts of compression have less
_CLEAR = 30.0  # sigma; root of the summed squares of a part's contrast; texture of paper seldom reaches 20
_DOT = 4  # pixels of the smallest part
_SMALLEST, _SMALL = 0.008, 0.025  # longer sides; root of a part's least area, and of one that touches the outline
_SPECK = 0.03  # of the largest part's ink: parts with less are dirt; the bar of a 5 has a tenth
_SHADE = 0.3  # of the strongest part's mean contrast: parts with less are shades and lines of the paper
_STRONG = 0.5  # of the strongest contrast: printed lines have less, ink has more
_ALONG = 0.125  # of the outline, half a side of a square: what lies along more may be a rim
_RIM = 0.1  # of the sides: a rim is no wider
_FULL, _FULL_NOISE = 0.95, 1.645  # full ink is this quantile of ink's contrast, less what noise adds to it, in sigma
_FLOOR = 2.0  # sigma; contrast that counts as none


def extract_ink(brightness: Grey) -> Grey:
    """What is written on the paper, dark on light or light on dark, in even light or not.

    Args:
        brightness: (H, W), 0 black, 1 white, as `open_picture` gives it.

    Returns:
        (H, W) float32, 0 paper, 1 ink, with soft edges; all zeros where nothing is written. Parts that do
        not touch each other all stay, unless they are dirt or a dark rim of the picture.
    """
    contrast = _contrast(np.ascontiguousarray(brightness, np.float32))
    step = math.ceil(max(contrast.shape) / COARSE_SIDE)
    sample = contrast[::step, ::step]
    # Only paper is on the far side of zero, so no amount of ink disturbs this.
    noise = quantile(-sample[sample <= 0.0], 0.5) / _NORMAL_MEDIAN
    written = _written(contrast, noise)
    if not written.any():
        return np.zeros_like(contrast)
    full = max(quantile(contrast[written], _FULL) - _FULL_NOISE * noise, _OUTLIER * noise)
    # The soft edge of ink is one pixel wider than what stands out.
    written[1:] |= written[:-1]
    written[:-1] |= written[1:]
    written[:, 1:] |= written[:, :-1]
    written[:, :-1] |= written[:, 1:]
    floor = np.float32(_FLOOR * noise)
    ink: Grey = np.clip((contrast - floor) / (np.float32(full) - floor), 0.0, 1.0) * written
    return ink


def _contrast(brightness: Grey) -> Grey:
    """How far each pixel is from the paper towards ink; about 0, on either side, on the paper itself."""
    height, width = brightness.shape
    factor = math.ceil(max(height, width) / COARSE_SIDE)
    coarse: Grey = np.asarray(Image.fromarray(brightness).reduce(factor)) if factor > 1 else brightness
    paper = _sure_paper(coarse)
    for _ in range(2):  # fits the light to what is surely paper, then to all that agrees with it
        rest = _without_light(coarse, paper)
        off = np.abs(rest)
        paper = off < max(_OUTLIER * quantile(off, _CALM) / _NORMAL_CALM, _FLAT)
    level: Grey = coarse - rest
    if factor > 1:
        box = (0, 0, width / factor, height / factor)
        level = np.asarray(Image.fromarray(level).resize((width, height), Image.Resampling.BILINEAR, box=box))
    # Whether ink is lighter or darker than paper: the inside decides, and the rim only if nothing else differs.
    ink = rest * ~paper
    top, left = (round(_RIM * side) for side in ink.shape)
    light = (ink[top:-top, left:-left].sum() or ink.sum()) > 0
    contrast: Grey = np.divide(brightness - level if light else level - brightness, np.maximum(level, _DARK))
    return contrast


def _sure_paper(coarse: Grey) -> Mask:
    """Where there is paper beyond doubt: flat regions of its brightness, and what they gently pass into."""
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
    sure = np.abs(coarse - paper_level) < _SURE * (light - dark)

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
    noisy = min(_NOISY * quantile(change, 0.25), _SURE * (light - dark))
    regions = Parts(change < max(gentle, noisy))
    trusted = regions.total(trust * sure)
    level = regions.total(coarse) / regions.area
    beside = (regions.outline > _BESIDE) & (level > 0.5 * paper_level) & (level < 2 * paper_level)
    flat = regions.mask(beside | (trusted > _REGION * trusted.max(initial=0.0)))
    return flat if flat.mean() > _TOO_FEW else sure


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
    """What depends on a small copy's shape alone.

    Returns:
        The terms of a quadratic surface (6, H * W); how far each pixel is trusted to be paper (H, W), 1 in all; and
        pairs of matrices (H, H), (W, W) that blur rows and columns.
    """
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
    least = max(_OUTLIER * noise, FAINTEST, FAINTEST * strongest)
    parts, good = _ink_parts(contrast, noise, least)
    if parts.outline[good].any():
        # What runs off the picture may be lines or shades of the paper that join the ink. If strong ink does not reach
        # the outline, it alone is what is written.
        strong, good_strong = _ink_parts(contrast, noise, max(least, _STRONG * strongest))
        if good_strong.any() and not strong.outline.any():
            return strong.mask(good_strong)
    return parts.mask(good)


def _ink_parts(contrast: Grey, noise: float, least: float) -> tuple[Parts, Mask]:
    """The parts with at least this contrast, and which of them are ink."""
    longer = max(contrast.shape)
    parts = Parts(contrast > least)
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


def quantile(values: Grey, share: float) -> float:
    """A value with this share of them below it; NumPy's own function takes five times as long on small arrays."""
    ordered = np.sort(values, axis=None)
    return float(ordered[int(share * (values.size - 1))]) if values.size else 0.0
