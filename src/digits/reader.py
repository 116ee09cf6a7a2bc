"""Reader: a picture in, a Reading out. The one way in which evaluation, the command line and the window read.

It runs the ONNX file that training exported, in ONNX Runtime; torch and mlflow are never imported here.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from os import cpu_count
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from digits.errors import DigitsError
from digits.ink import SIDE, Strokes, draw, extract_ink, ink_box, normalise, open_picture

_PEN = 0.09
"""Strokes come without a pen: it is drawn this wide, as a part of their longer side."""

_BATCH = 128
"""Pictures read together: enough to keep all processors busy, few enough to show progress."""


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


@dataclass(frozen=True)
class Reading:
    """What a picture says."""

    digits: tuple[Digit, ...]
    """Left to right; none for a blank picture."""

    @property
    def text(self) -> str:
        return "".join(str(digit.digit) for digit in self.digits)


Source = str | Path | Image.Image | NDArray[np.uint8] | Strokes
"""A file, a PIL image, an array (H, W[, 3|4]) uint8, or strokes."""


class Reader:
    """Reads digits with one ONNX file.

    Args:
        model: path of a model.onnx that `digits.model.export` wrote.

    Raises:
        DigitsError: the file is missing, broken, or no model of digits; names it.
    """

    def __init__(self, model: str | Path) -> None:
        self.path = Path(model)
        options = onnxruntime.SessionOptions()
        # One thread is fastest for the few digits of a picture; for many, pictures are read side by side.
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
            reason = str(error).splitlines()[0]
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
        """A file, an MLflow model URI (models:/digits/3, runs:/<id>/model), or None for the champion."""
        if model is None:
            return cls.champion()
        if ":/" in model:
            from digits.tracking import registry

            return cls(registry.download(model))
        return cls(model)

    def classify(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities (N, 10) of normalised images (N, 28, 28) uint8, 0 paper, 255 ink."""
        if len(images) == 0:
            return np.zeros((0, 10), np.float32)
        # At once they would need 100 kB each.
        parts = [images[start : start + _BATCH] for start in range(0, len(images), _BATCH)]
        run = partial(self._session.run, None)
        with ThreadPoolExecutor(cpu_count() if len(parts) > 1 else 1) as pool:
            return np.concatenate(list(pool.map(lambda part: run({self._input: np.ascontiguousarray(part)})[0], parts)))

    def read(self, source: Source) -> Reading:
        """Reads one picture.

        Raises:
            PictureError: it cannot be read as a picture.
            ValueError: strokes without a point or with a coordinate that is not finite.
        """
        return self._readings([prepare(source)])[0]

    def read_all(self, sources: Iterable[Source]) -> Iterator[Reading | DigitsError]:
        """Reads many pictures side by side; in the place of one that cannot be read stands its error."""
        remaining = iter(sources)
        # Preparing holds Python's lock and classifying does not: one batch is prepared while the last is classified.
        with ThreadPoolExecutor(1) as pool:
            classified: Future[list[Reading | DigitsError]] | None = None
            while batch := list(islice(remaining, _BATCH)):
                prepared = [_prepare_or_error(source) for source in batch]
                if classified is not None:
                    yield from classified.result()
                classified = pool.submit(self._readings_or_errors, prepared)
            if classified is not None:
                yield from classified.result()

    def _readings_or_errors(self, prepared: list["list[Cut] | DigitsError"]) -> list[Reading | DigitsError]:
        readings = iter(self._readings([cuts for cuts in prepared if not isinstance(cuts, DigitsError)]))
        return [cuts if isinstance(cuts, DigitsError) else next(readings) for cuts in prepared]

    def _readings(self, prepared: Sequence[Sequence["Cut"]]) -> list[Reading]:
        cuts = [cut for picture in prepared for cut in picture]
        rows = iter(self.classify(np.stack([cut.image for cut in cuts])) if cuts else ())
        return [Reading(tuple(self._digit(cut, next(rows)) for cut in picture)) for picture in prepared]

    def _digit(self, cut: "Cut", probabilities: NDArray[np.float32]) -> Digit:
        digit = int(probabilities.argmax())
        confidence = float(probabilities[digit])
        every = tuple(float(probability) for probability in probabilities)
        return Digit(digit, confidence, every, cut.box, confidence < self.threshold, cut.image)


@dataclass(frozen=True)
class Cut:
    """The ink of one digit, ready for the network."""

    image: NDArray[np.uint8]
    box: tuple[int, int, int, int]


def prepare(source: Source) -> list[Cut]:
    """The digits of a picture, normalised, left to right: all its ink is one digit, as yet."""
    if isinstance(source, str | Path | Image.Image | np.ndarray):
        picture = open_picture(source)
        ink = extract_ink(picture.brightness)
        box = ink_box(ink)
        return [] if box is None else [Cut(normalise(ink), picture.to_original(box))]
    points = [point for stroke in source for point in stroke]
    if not points:
        return []
    low, high = np.min(points, axis=0), np.max(points, axis=0)
    ink = draw(source, pen=_PEN * (float((high - low).max()) or 1.0))
    (left, top), (right, bottom) = np.floor(low).astype(int).tolist(), np.ceil(high).astype(int).tolist()
    return [Cut(normalise(ink), (left, top, right, bottom))]


def _prepare_or_error(source: Source) -> list[Cut] | DigitsError:
    try:
        return prepare(source)
    except DigitsError as error:
        return error
