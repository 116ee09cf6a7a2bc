"""Digits that come from elsewhere: the optical recognition set of E. Alpaydin and C. Kaynak (1998), of which
scikit-learn brings the test part, 1,797 digits of 13 people.

They were scanned from forms, brought to 32x32 pixels and kept as 8x8. Their authors' institute gathered the pen
handwriting in data/ as well, but from other people, on a tablet. None of these digits trains or chooses anything.
"""

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.evaluation import scores
from digits.evaluation.held_out import itself, read_texts
from digits.reading.parallel import ReaderPool

_FULL = 16  # a pixel counts the ink in a block of 4x4 pixels of the scan
_BLOCK = 4  # side of such a block: a picture has the size of the scan
_MARGIN = 4  # pixels of paper around it, for the digits are cut out to their ink


class Outside(NamedTuple):
    """What was read of the digits, in their order."""

    pictures: list[NDArray[np.uint8]]
    """(40, 40) each, black on white."""
    labels: list[int]
    texts: list[str]
    """Read of each picture; "" for nothing."""

    @property
    def wrong(self) -> list[int]:
        """Places of what was not read as its label and nothing else."""
        pairs = zip(self.labels, self.texts, strict=True)
        return [place for place, (label, text) in enumerate(pairs) if text != str(label)]

    def summary(self) -> dict[str, Any]:
        """For reports/: accuracy, its 95 % bootstrap interval, and how often what was read as what, commonest first."""
        right = np.ones(len(self.labels))
        right[self.wrong] = 0
        confused = Counter(f"{self.labels[place]} as {self.texts[place] or 'nothing'}" for place in self.wrong)
        return {
            "digits": len(right),
            "errors": len(self.wrong),
            "accuracy": round(float(right.mean()), 6),
            "accuracy_interval": [round(share, 6) for share in scores.interval(scores.bootstrap_mean(right))],
            "confused": dict(sorted(confused.items(), key=lambda pair: (-pair[1], pair[0]))),
        }


def picture(image: NDArray[np.floating]) -> NDArray[np.uint8]:
    """A digit (8, 8), 0 paper to 16 ink, as a picture that can be handed to a reader, black on white."""
    paper = Image.fromarray(np.rint(255 * (1 - image / _FULL)).astype(np.uint8))
    scan = paper.resize((paper.width * _BLOCK, paper.height * _BLOCK))
    return np.pad(np.asarray(scan), _MARGIN, constant_values=255)


def read_outside(readers: ReaderPool) -> Outside:
    """Every digit of the set, read from a picture."""
    from sklearn.datasets import load_digits  # takes a second

    bundled = load_digits()
    pictures = [picture(image) for image in bundled.images]
    texts = read_texts(readers, itself, pictures, "optical digits")
    return Outside(pictures, bundled.target.tolist(), texts)
