"""From brightness to ink: what is written, on paper in uneven light, of either polarity.

In here, "coarse" is a copy of at most 64 pixels a side, on which the paper is found. "The longer side" is the
picture's, and sizes are shares of it, so that a scan and a snapshot of it give the same ink.
"""

import math
from functools import lru_cache

import numpy as np
from PIL import Image

from digits.ink.parts import Grey, Mask, Parts

# Finding the paper, on the coarse copy.
COARSE_SIDE = 64
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
FAINTEST = 0.08  # contrast, and share of the strongest; a hard pencil has 0.25, artefacts of compression less
_CLEAR = 30.0  # root of the summed squares of a part's contrast, in sigma; texture seldom reaches 20
_DOT, _SMALLEST, _SMALL = 4, 0.008, 0.025  # pixels, longer sides, these at the outline: root of a part's least area
_SPECK = 0.03  # of the largest part's ink; parts with less are dirt, while the bar of a 5 has a tenth
_SHADE = 0.3  # of the strongest part's mean contrast; parts with less are shades and lines of the paper
_STRONG = 0.5  # of the strongest contrast; printed lines of paper have less, ink has more
_ALONG = 0.125  # of the outline, half a side of a square; what lies along more may be a rim
_RIM = 0.1  # of the sides; a rim is not wider
_FULL, _FULL_NOISE = 0.95, 1.645  # quantile of the contrast of ink that is full ink; its share of noise, in sigma
_FLOOR = 2.0  # sigma; contrast that becomes 0


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
    for _ in range(2):  # the light on what is surely paper, then on all that agrees with it
        rest = _without_light(coarse, paper)
        off = np.abs(rest)
        paper = off < max(_OUTLIER * quantile(off, _CALM) / _NORMAL_CALM, _FLAT)
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
    noisy = min(_NOISY * quantile(change, 0.25), _SEED * (light - dark))
    regions = Parts(change < max(gentle, noisy))
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
    least = max(_OUTLIER * noise, FAINTEST, FAINTEST * strongest)
    parts, good = _ink_parts(contrast, noise, least)
    if parts.outline[good].any():
        # What runs off the picture may be lines or shades of the paper that meet the ink: is the strong ink inside?
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
