"""Connected parts of a mask, as runs along its rows.

Small pictures need no more, and importing OpenCV or SciPy costs every start more than labelling them does.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
"""(H, W)."""

Grey = NDArray[np.float32]
"""(H, W): brightness, contrast or ink."""


class Parts:
    """The parts of a mask (H, W) that do not touch, not even diagonally; held as runs along its rows.

    Attributes:
        area: pixels of each part, (N,), from the top row down.
        outline: share of the picture's outline that each part lies along, (N,).
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

    def _sum(self, of_runs: NDArray[Any]) -> NDArray[np.float64]:
        return np.bincount(self._part, of_runs, self._count).astype(np.float64, copy=False)

    def total(self, values: Grey) -> NDArray[np.float64]:
        """Sum of the values (H, W) over each part, (N,)."""
        if not self._count:
            return np.zeros(0)
        offset = self._row * self.shape[1]
        bounds = np.stack([offset + self._start, offset + self._end], axis=1).ravel()
        return self._sum(np.add.reduceat(np.append(values, np.float32(0)), bounds)[::2])

    def mask(self, keep: Mask) -> Mask:
        """The parts to keep (N,), as a mask (H, W)."""
        kept = keep[self._part]
        change = np.zeros((self.shape[0], self.shape[1] + 1), np.int8)
        change[self._row[kept], self._start[kept]] = 1
        change[self._row[kept], self._end[kept]] = -1
        return change.cumsum(axis=1, dtype=np.int8)[:, :-1].astype(np.bool_)
