"""Reader: a picture in, a Reading out. The one way in which evaluation, the command line and the window read.

It runs the ONNX file that training exported, in ONNX Runtime; torch and mlflow are never imported here.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, groupby, islice
from os import cpu_count
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from digits.errors import DigitsError
from digits.ink import SIDE, InkPieces, Layout, StrokePieces, Strokes, extract_ink, open_picture

_BATCH = 128
"""Pictures, and images of digits, that the network gets together: few enough to show progress and to need little
memory (100 kB an image), enough to make no difference in speed."""


@dataclass(frozen=True)
class Digit:
    """One digit of a reading."""

    digit: int
    confidence: float
    """Probability of `digit`, calibrated on validation digits."""
    probabilities: tuple[float, ...]
    """Of 0 to 9."""
    box: tuple[int, int, int, int]
    """Left, top, right, bottom in pixels of the picture as seen upright; in the strokes' unit for strokes."""
    uncertain: bool
    """Whether the confidence is below the threshold that the model file holds."""
    image: NDArray[np.uint8]
    """(28, 28), as the network got it."""
    strokes: tuple[int, ...] = ()
    """Which of the source's strokes it is made of; none for a picture."""
    line: int = 0
    """Line of the writing it stands in, from 0 at the top."""


@dataclass(frozen=True)
class Reading:
    """What a picture says, or strokes."""

    digits: tuple[Digit, ...]
    """Line by line, from left to right; none for a blank picture."""

    @property
    def text(self) -> str:
        """The digits of each line without a space, lines joined by a line break."""
        written = groupby(self.digits, key=lambda digit: digit.line)
        return "\n".join("".join(str(digit.digit) for digit in line) for _, line in written)


Source = str | Path | Image.Image | NDArray[np.uint8] | Strokes
"""A file, a PIL image, an array (H, W[, 3|4]) uint8, or strokes."""


class Reader:
    """Reads digits with one ONNX file.

    Args:
        model: path of a model.onnx that `digits.training.export` wrote.

    Attributes:
        path: of the model file.
        metadata: what training wrote into the file: recipe, temperature, threshold, examples and more.
        threshold: a digit with less confidence is uncertain.

    Raises:
        DigitsError: the file is missing, broken, or no model of digits; names it.
    """

    def __init__(self, model: str | Path) -> None:
        self.path = Path(model)
        options = onnxruntime.SessionOptions()
        # One thread is fastest for the few digits of a picture; many images are classified side by side.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what is wrong is raised as well, and said below
        try:
            content = self.path.read_bytes()
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
            (inputs,), (outputs,) = self._session.get_inputs(), self._session.get_outputs()
            if (inputs.type, inputs.shape[1:], outputs.shape[1:]) != ("tensor(uint8)", [SIDE, SIDE], [10]):
                raise ValueError(f"it takes {inputs.type} {inputs.shape} and gives {outputs.shape}")
            self.metadata: dict[str, Any] = {
                key: json.loads(value) for key, value in self._session.get_modelmeta().custom_metadata_map.items()
            }
            self.threshold = float(self.metadata["threshold"])
        except FileNotFoundError as error:
            raise DigitsError(f"{model}: there is no such model file; `dvc repro` makes one") from error
        except Exception as error:  # ONNX Runtime's exceptions have no common base of their own
            reason = (str(error) or type(error).__name__).splitlines()[0]
            raise DigitsError(f"{model} is no model that reads digits ({reason}); `dvc repro` makes one") from error
        self._input = inputs.name

    @classmethod
    def champion(cls) -> "Reader":
        """The registered champion; its file is fetched once for each version and kept.

        Raises:
            DigitsError: there is no champion yet, or the registry cannot be reached.
        """
        from digits.tracking import registry

        return cls(registry.fetch(registry.champion()))

    @classmethod
    def load(cls, model: str | None) -> "Reader":
        """The reader of a model.

        Args:
            model: an ONNX file, an MLflow model URI (models:/digits/3, runs:/<id>/model), or None for the champion.

        Raises:
            DigitsError: there is no such model, it is none of digits, or the registry cannot be reached.
        """
        if model is None:
            return cls.champion()
        if ":/" in model:
            from digits.tracking import registry

            return cls(registry.download(model))
        return cls(model)

    def classify(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities (N, 10) of normalised images (N, 28, 28) uint8, 0 paper, 255 ink."""

        def probabilities(part: NDArray[np.uint8]) -> NDArray[np.float32]:
            found: NDArray[np.float32] = self._session.run(None, {self._input: part})[0]
            return found

        parts = np.split(images, range(_BATCH, len(images), _BATCH))
        with ThreadPoolExecutor(cpu_count()) as pool:
            return np.concatenate(list(pool.map(probabilities, parts)))

    def read(self, source: Source) -> Reading:
        """Reads the number, or the lines of numbers, on one picture.

        Raises:
            PictureError: it cannot be read as a picture.
            ValueError: strokes with a coordinate that is not finite.
        """
        return self._readings([_layout(source)])[0]

    def read_all(self, sources: Iterable[Source]) -> Iterator[Reading | DigitsError]:
        """Reads many pictures; in the place of one that cannot be read stands its error."""
        remaining = iter(sources)
        while batch := list(islice(remaining, _BATCH)):
            layouts = [_layout_or_error(source) for source in batch]
            readings = iter(self._readings([one for one in layouts if isinstance(one, Layout)]))
            yield from (next(readings) if isinstance(one, Layout) else one for one in layouts)

    def _readings(self, layouts: Sequence[Layout]) -> list[Reading]:
        first = self._probabilities(layouts)
        # Where the network doubts, or a part is wide, digits may touch: their ink is cut apart and read again.
        finer = [layout.finer(rows) for layout, rows in zip(layouts, first, strict=True)]
        second = iter(self._probabilities([layout for layout in finer if layout]))
        return [
            self._reading(cut, next(second)) if cut else self._reading(layout, rows)
            for layout, rows, cut in zip(layouts, first, finer, strict=True)
        ]

    def _probabilities(self, layouts: Sequence[Layout]) -> list[NDArray[np.float32]]:
        """Of every group of every layout, (groups, 10) each."""
        images = [image for layout in layouts for image in layout.images]
        rows = self.classify(np.array(images, np.uint8).reshape(-1, SIDE, SIDE))
        ends = accumulate(len(layout.images) for layout in layouts)
        return [rows[end - len(layout.images) : end] for layout, end in zip(layouts, ends, strict=True)]

    def _reading(self, layout: Layout, probabilities: NDArray[np.float32]) -> Reading:
        found = []
        for line, indices in enumerate(layout.lines(probabilities)):
            for index in indices:
                row = tuple(map(float, probabilities[index]))
                digit = max(range(10), key=row.__getitem__)
                found.append(
                    Digit(
                        digit=digit,
                        confidence=row[digit],
                        probabilities=row,
                        box=layout.box(index),
                        uncertain=row[digit] < self.threshold,
                        image=layout.images[index],
                        strokes=layout.strokes(index),
                        line=line,
                    )
                )
        return Reading(tuple(found))


def _layout(source: Source) -> Layout:
    """What is written on a picture, or with strokes, before the network has seen it; raises what `read` does."""
    if isinstance(source, str | Path | Image.Image | np.ndarray):
        picture = open_picture(source)
        return Layout(InkPieces(extract_ink(picture.brightness)), picture)
    return Layout(StrokePieces(source))


def _layout_or_error(source: Source) -> Layout | DigitsError:
    try:
        return _layout(source)
    except DigitsError as error:
        return error
