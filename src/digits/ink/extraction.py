"""From a small picture of one digit to its ink, dark on light or light on dark, on paper in uneven light.

Pages go to the page network instead. Here the paper's light is found and taken away; what remains is contrast: 0 on
paper, 1 for black ink on white. Parts of it that stand out from the paper's noise are ink, unless they are specks.
"""

from functools import lru_cache

import numpy as np

from digits.ink.parts import Grey, Mask, Parts

# Finding the paper. Brightness is 0 to 1.
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

# Telling ink from noise and specks. Contrast is 0 on paper and 1 for black on white; noise is its sigma on paper.
_NORMAL_MEDIAN = 0.6745  # sigma; median of the absolute values of normal noise
_OUTLIER = 3.0  # sigma; ink differs more from paper
_FAINTEST = 0.08  # contrast, and share of the strongest; a hard pencil has 0.25, artefacts of compression have less
_CLEAR = 30.0  # sigma; root of the summed squares of a part's contrast; texture of paper seldom reaches 20
_DOT = 4  # pixels of the smallest part
_SPECK = 0.03  # of the largest part's ink: parts with less are dirt; the bar of a 5 has a tenth
_FULL, _FULL_NOISE = 0.95, 1.645  # full ink is this quantile of ink's contrast, less what noise adds to it, in sigma
_FLOOR = 2.0  # sigma; contrast that counts as none


def extract_ink(brightness: Grey) -> Grey:
    """What is written on the paper, dark on light or light on dark, in even light or not.

    Args:
        brightness: (H, W), 0 black, 1 white, as `open_picture` gives it.

    Returns:
        (H, W) float32, 0 paper, 1 ink, with soft edges; all zeros where nothing is written. Parts that do
        not touch each other all stay, unless they are specks.
    """
    contrast = _contrast(np.ascontiguousarray(brightness, np.float32))
    # Only paper is on the far side of zero, so no amount of ink disturbs this.
    noise = quantile(-contrast[contrast <= 0.0], 0.5) / _NORMAL_MEDIAN
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
    paper = _sure_paper(brightness)
    for _ in range(2):  # fits the light to what is surely paper, then to all that agrees with it
        rest = _without_light(brightness, paper)
        off = np.abs(rest)
        paper = off < max(_OUTLIER * quantile(off, _CALM) / _NORMAL_CALM, _FLAT)
    level: Grey = brightness - rest
    is_light = (rest * ~paper).sum() > 0  # the ink is lighter than the paper
    contrast: Grey = np.divide(brightness - level if is_light else level - brightness, np.maximum(level, _DARK))
    return contrast


def _sure_paper(brightness: Grey) -> Mask:
    """Where there is paper beyond doubt: flat regions of its brightness, and what they gently pass into."""
    if np.ptp(brightness) < _FLAT:
        return np.ones_like(brightness, np.bool_)
    # Light and dark: the two classes with the least variance within them (N. Otsu, 1979).
    ordered = np.sort(brightness, axis=None)
    count, moment = np.arange(1, ordered.size), ordered.cumsum(dtype=np.float64)
    between = (moment[:-1] * ordered.size - moment[-1] * count) ** 2 / (count * (ordered.size - count))
    split = int(between.argmax()) + 1
    dark, light = float(ordered[split // 2]), float(ordered[(split + ordered.size) // 2])
    _, trust, _ = _field(*brightness.shape)
    paper_level = light if (trust * (brightness >= ordered[split])).sum() > 0.5 else dark
    sure = np.abs(brightness - paper_level) < _SURE * (light - dark)

    low = high = brightness
    for _ in range(2):  # least and greatest of three rows; turned, of three columns
        least, greatest = low.copy(), high.copy()
        np.minimum(least[1:], low[:-1], out=least[1:])
        np.minimum(least[:-1], low[1:], out=least[:-1])
        np.maximum(greatest[1:], high[:-1], out=greatest[1:])
        np.maximum(greatest[:-1], high[1:], out=greatest[:-1])
        low, high = least.T, greatest.T
    change = high - low
    gentle = min(_GENTLE / max(brightness.shape), _GENTLEST)
    noisy = min(_NOISY * quantile(change, 0.25), _SURE * (light - dark))
    regions = Parts(change < max(gentle, noisy))
    trusted = regions.total(trust * sure)
    level = regions.total(brightness) / regions.area
    beside = (regions.outline > _BESIDE) & (level > 0.5 * paper_level) & (level < 2 * paper_level)
    flat = regions.mask(beside | (trusted > _REGION * trusted.max(initial=0.0)))
    return flat if flat.mean() > _TOO_FEW else sure


def _without_light(brightness: Grey, paper: Mask) -> Grey:
    """What remains when the light, a quadratic surface and shadows on it, is fitted to the paper and taken away."""
    terms, _, blurs = _field(*brightness.shape)
    weight = paper.astype(np.float32)
    weighted = terms * weight.ravel()
    solved = np.linalg.solve(weighted @ terms.T + _STIFFNESS * weight.sum(), weighted @ brightness.ravel())
    rest: Grey = brightness - (np.asarray(solved, np.float32) @ terms).reshape(brightness.shape)
    for rows, columns in blurs:
        rest = rest - np.divide(rows @ (rest * weight) @ columns, rows @ weight @ columns + _FLAT)
    return rest


@lru_cache(maxsize=8)
def _field(height: int, width: int) -> tuple[Grey, Grey, list[tuple[Grey, Grey]]]:
    """What depends on a picture's shape alone.

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
    """Pixels of ink, without its soft edge: parts that stand out and are no specks."""
    parts = Parts(contrast > max(_OUTLIER * noise, _FAINTEST, _FAINTEST * float(contrast.max())))
    good = (parts.area >= _DOT) & (parts.total(contrast * contrast) > (_CLEAR * noise) ** 2)
    mass = parts.total(contrast) * good
    return parts.mask(good & (mass >= _SPECK * mass.max(initial=0.0)))


def quantile(values: Grey, share: float) -> float:
    """A value with this share of them below it; NumPy's own function takes five times as long on small arrays."""
    ordered = np.sort(values, axis=None)
    return float(ordered[int(share * (values.size - 1))]) if values.size else 0.0
