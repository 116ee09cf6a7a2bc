"""How held-out people's digits are read as they are written in a window: at any size and place, with any pen, in the
styles of several countries; and whether what is no digit is called uncertain."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.data.allographs import ALLOGRAPHS, BY_DIGIT
from digits.data.kinds import OUTLIER
from digits.data.pen import Sample, extent
from digits.evaluation.held_out import Tests, evenly, itself, read_texts
from digits.ink import Strokes, draw
from digits.ink.parts import Parts
from digits.reading.parallel import ReaderPool

SHEET = (900, 600)
"""Width and height of the sheet that is written on, pixels."""


@dataclass(frozen=True)
class Condition:
    """How a digit lies on the sheet, in pixels."""

    side: float
    """Longer side of the digit."""
    pen: float
    corner: bool = False
    """Whether it stands in the sheet's lower right corner, not in its middle."""

    def place(self, sample: Sample) -> Strokes:
        """The sample's strokes on the sheet, at whole pixels as a pointer gives them."""
        written = [np.asarray(stroke, np.float64) for stroke in sample.strokes]
        points = np.concatenate(written)
        low, size, scale = points.min(axis=0), np.ptp(points, axis=0), self.side / extent(sample.strokes)
        room = np.array(SHEET) - size * scale
        start = room - self.pen / 2 - 2 if self.corner else room / 2
        return [np.rint((stroke - low) * scale + start) for stroke in written]

    def picture(self, sample: Sample) -> NDArray[np.uint8]:
        """The sheet (600, 900) as it is saved, black ink on white."""
        strokes = self.place(sample)
        points = np.concatenate([np.asarray(stroke, np.float64) for stroke in strokes])
        ink = draw(strokes, pen=self.pen, side=round(float(np.ptp(points, axis=0).max())) or 1)
        paper = np.full(SHEET[::-1], 255, np.uint8)
        top, left = (
            max(0, round(middle - length / 2))
            for middle, length in zip(((points.min(axis=0) + points.max(axis=0)) / 2)[::-1], ink.shape, strict=True)
        )
        part = paper[top : top + ink.shape[0], left : left + ink.shape[1]]
        part[:] = np.rint(255 * (1 - ink[: part.shape[0], : part.shape[1]]))
        return paper


CONDITIONS = {
    "as usual": Condition(200, 12),
    "small": Condition(32, 4),
    "large": Condition(560, 12),
    "in a corner": Condition(120, 12, corner=True),
    "pen of 4 pixels": Condition(200, 4),
    "pen of 20 pixels": Condition(200, 20),
    "pen of 40 pixels": Condition(200, 40),
}


def accuracy(texts: Sequence[str], labels: Sequence[int]) -> dict[str, Any]:
    """The share that is read as its label and nothing else, and how many were read."""
    right = [text == str(label) for text, label in zip(texts, labels, strict=True)]
    return {"accuracy": round(sum(right) / len(right), 6), "digits": len(right)}


def read_conditions(
    readers: ReaderPool, samples: Sequence[Sample], strokes: int | None, pictures: int
) -> dict[str, Any]:
    """Every condition of `CONDITIONS`: so many samples, None for all, as strokes, and so many as pictures."""
    every, some = ([samples[i] for i in evenly(len(samples), count)] for count in (strokes, pictures))
    return {
        name: {
            "strokes": accuracy(read_texts(readers, condition.place, every, name), [s.digit for s in every]),
            "pictures": accuracy(read_texts(readers, condition.picture, some, name), [s.digit for s in some]),
        }
        for name, condition in CONDITIONS.items()
    }


def _holes(sample: Sample) -> int:
    """Parts of the paper that the digit's line encloses."""
    ink = np.pad(draw(sample.strokes, pen=0.05 * extent(sample.strokes)), 1)
    paper = Parts(ink < 0.5)
    return int((paper.area > 0.002 * ink.size).sum()) - 1


def _hooked(sample: Sample) -> bool:
    """Whether a 9's leg bends back to the left, by more than a quarter of its height."""
    points = np.concatenate([np.asarray(stroke, np.float64) for stroke in sample.strokes])
    top, height = points[:, 1].min(), np.ptp(points[:, 1])
    leg = points[points[:, 1] > top + 0.5 * height]
    return bool(leg[:, 0].max() - points[-1, 0] > 0.25 * height)


NATURAL: Mapping[str, tuple[int, Callable[[Sample], bool]]] = {
    "crossed 7": (7, lambda sample: len(sample.strokes) > 1),
    "plain 7": (7, lambda sample: len(sample.strokes) == 1),
    "open 4": (4, lambda sample: _holes(sample) == 0),
    "closed 4": (4, lambda sample: _holes(sample) > 0),
    "looped 2": (2, lambda sample: _holes(sample) > 0),
    "plain 2": (2, lambda sample: _holes(sample) == 0),
    "9 with a straight leg": (9, lambda sample: not _hooked(sample)),
    "9 with a hooked leg": (9, _hooked),
}
"""Styles as people wrote them, told apart by their strokes."""


def read_styles(readers: ReaderPool, samples: Sequence[Sample], count: int | None) -> dict[str, Any]:
    """Every style of `NATURAL` by itself, as strokes: so many samples of each, None for all."""
    styles = {
        name: (digit, [sample.strokes for sample in samples if sample.digit == digit and has(sample)])
        for name, (digit, has) in NATURAL.items()
    }
    chosen = {
        name: (digit, [written[i] for i in evenly(len(written), count)])
        for name, (digit, written) in styles.items()
        if written
    }
    return {
        name: accuracy(read_texts(readers, itself, written, name), [digit] * len(written))
        for name, (digit, written) in chosen.items()
    }


def forms(readings: Tests) -> dict[str, Any]:
    """Each of `ALLOGRAPHS`: its share of what is trained on of its digit, and how its test images are read."""
    digits, probabilities = readings["allograph"]
    right = probabilities.argmax(axis=1) == digits.labels
    return {
        str(form): {
            "share": round(form.share / sum(one.share for one in BY_DIGIT[form.digit]), 6),
            "accuracy": round(float(right[digits.writers == str(form)].mean()), 6),
            "digits": int((digits.writers == str(form)).sum()),
        }
        for form in ALLOGRAPHS
    }


def uncertain(readings: Tests, threshold: float) -> dict[str, Any]:
    """The share of each set, and of each kind of outlier, whose confidence is below the threshold."""
    found: dict[str, Any] = {}
    for name, (digits, probabilities) in readings.items():
        below = probabilities.max(axis=1) < threshold
        found[name] = {"share": round(float(below.mean()), 6), "images": len(digits)}
        if name == OUTLIER:
            kinds = {str(kind): digits.writers == kind for kind in np.unique(digits.writers)}
            found[name]["kinds"] = {kind: round(float(below[own].mean()), 6) for kind, own in kinds.items()}
    return found
