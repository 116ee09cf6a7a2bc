"""Registration: where the form's picture lies on a scan of it, however it is shifted, turned, scaled or tilted.

Features of the print (ORB: Rublee et al., 2011) that both have say roughly how the form lies; then, looked for near
where they should be, the projective map that most of them agree on (MAGSAC++: Barath et al., 2020). All by OpenCV.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.errors import DigitsError
from digits.ink.opencv import cv2

Grey = NDArray[np.float32]

_SIDE = 1000  # pixels of the longer side of what is compared
_FEATURES = 900
_NEAREST = 0.8  # of the second nearest feature's distance that the nearest may have (Lowe, 2004)
_FEW = 8  # features that are like no other, at least
_AROUND = 16  # pixels around where a feature is expected
_OFF = 2.5  # pixels that an agreeing feature may lie off
_LEAST = 25  # features that have to agree
_STRETCHED = 2.0  # times that one side of the form may be larger, for its length, than another


class Registration:
    """Fits scans to the picture of a form.

    Args:
        picture: of the form, brightness (H, W), 0 to 1.
        fields: boxes on it (left, top, right, bottom), in which scans differ from each other.

    Raises:
        DigitsError: too little is printed on it to find it again.
    """

    def __init__(self, picture: Grey, fields: Sequence[tuple[int, int, int, int]]) -> None:
        self._shape = picture.shape
        small, self._scale = _reduced(picture)
        printed = np.full(small.shape, 255, np.uint8)
        for box in fields:
            left, top, right, bottom = (round(side * self._scale) for side in box)
            printed[max(top, 0) : bottom, max(left, 0) : right] = 0
        self._points, self._features = _found(small, printed)
        if len(self._points) < _LEAST:
            raise DigitsError(
                f"too little is printed on the form's picture to find it again on a scan ({len(self._points)} places, "
                f"{_LEAST} are needed): take a picture with more of its print"
            )

    def map_onto(self, scan: Grey) -> NDArray[np.float64]:
        """The projective map (3, 3) from the form's picture to a scan's brightness (H, W), pixels.

        Raises:
            DigitsError: the scan does not show the form.
        """
        small, scale = _reduced(scan)
        points, features = _found(small, None)
        agree, found = 0, None
        if len(points) >= _LEAST and (roughly := self._roughly(points, features)) is not None:
            here, there = self._near(points, features, roughly)
            if len(here) >= _LEAST:
                found, inliers = cv2.findHomography(self._points[here], points[there], cv2.USAC_MAGSAC, _OFF)
                agree = 0 if found is None else int(inliers.sum())
        if agree < _LEAST or not _plausible(found, self._scale * np.array(self._shape[::-1])):
            raise DigitsError(f"it does not show this form ({agree} places agree, {_LEAST} are needed)")
        to_small, to_scan = np.diag([self._scale, self._scale, 1.0]), np.diag([1 / scale, 1 / scale, 1.0])
        return np.asarray(to_scan @ found @ to_small, np.float64)

    def _roughly(self, points: NDArray[np.float64], features: Any) -> NDArray[np.float64] | None:
        """Shift, turn and scale (2, 3) that features which are like no other agree on: lines of text repeat others."""
        pairs = [
            (nearest.queryIdx, nearest.trainIdx)
            for nearest, second in cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(self._features, features, 2)
            if nearest.distance < _NEAREST * second.distance
        ]
        if len(pairs) < _FEW:
            return None
        here, there = np.array(pairs).T
        found, _ = cv2.estimateAffinePartial2D(
            self._points[here], points[there], method=cv2.RANSAC, ransacReprojThreshold=_AROUND / 2, maxIters=5000
        )
        return None if found is None else np.asarray(found)

    def _near(
        self, points: NDArray[np.float64], features: Any, roughly: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs of features (N,), (N,) that are alike and lie near each other when the form is laid on the scan."""
        laid = self._points @ roughly[:, :2].T + roughly[:, 2]
        off = laid.astype(np.float32)[:, None] - points.astype(np.float32)
        close = (off**2).sum(axis=2) < _AROUND**2
        matches: Any = cv2.BFMatcher(cv2.NORM_HAMMING).match(self._features, features, close.astype(np.uint8))
        return np.array([each.queryIdx for each in matches], int), np.array([each.trainIdx for each in matches], int)


def cut_out(scan: Grey, onto: NDArray[np.float64], box: tuple[float, float, float, float]) -> Grey:
    """A box of the form as the scan shows it, upright, in about as many pixels as the scan has of it.

    Args:
        scan: brightness (H, W).
        onto: from the form to the scan.
        box: left, top, right, bottom, pixels of the form.
    """
    left, top, right, bottom = box
    corners = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], np.float64)
    there = cv2.perspectiveTransform(corners, onto)[0]
    sides = np.linalg.norm(np.roll(there, -1, axis=0) - there, axis=1)
    width, height = max(int(sides[[0, 2]].mean()), 8), max(int(sides[[1, 3]].mean()), 8)
    to_form = np.array([[(right - left) / width, 0, left], [0, (bottom - top) / height, top], [0, 0, 1]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpPerspective(scan, onto @ to_form, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    )


def _reduced(picture: Grey) -> tuple[NDArray[np.uint8], float]:
    """A picture in 8 bits, its longer side at most _SIDE, and how much smaller it is."""
    scale = min(1.0, _SIDE / max(picture.shape))
    size = (max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1))
    small: Any = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.clip(small * 255, 0, 255).astype(np.uint8), scale


def _found(small: NDArray[np.uint8], where: NDArray[np.uint8] | None) -> tuple[NDArray[np.float64], Any]:
    """Features: points (N, 2) and descriptors."""
    points, features = cv2.ORB.create(_FEATURES, fastThreshold=10).detectAndCompute(small, where)
    return np.array([point.pt for point in points]).reshape(-1, 2), features


def _plausible(onto: Any, size: NDArray[np.float64]) -> bool:
    """Whether a map leaves a form a form: its corners turn the same way round, no side shrinks to nothing."""
    wide, high = size
    corners = cv2.perspectiveTransform(np.array([[[0, 0], [wide, 0], [wide, high], [0, high]]], np.float64), onto)[0]
    sides = np.roll(corners, -1, axis=0) - corners
    turns = sides[:, 0] * np.roll(sides, -1, axis=0)[:, 1] - sides[:, 1] * np.roll(sides, -1, axis=0)[:, 0]
    lengths = np.linalg.norm(sides, axis=1) / np.array([wide, high, wide, high])
    return bool((turns > 0).all() and lengths.max() < _STRETCHED * max(lengths.min(), 1e-9))
