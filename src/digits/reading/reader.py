"""Reader: a picture in, a Reading out. The one way in which evaluation, the command line and the window read.

It runs the ONNX file that training exported, in ONNX Runtime; torch and mlflow are never imported here. The page
network, which that file holds too, sees where digits and signs stand; the digit network says with it which they are. A
picture as small as the digit network's own images is one digit and goes there at once.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property, partial
from itertools import islice
from os import cpu_count
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from digits.errors import DigitsError
from digits.ink import SIDE, PageOf, Picture, Strokes, extract_ink, ink_box, normalise, open_picture
from digits.reading.reading import Digit, Reading, Sign
from digits.reading.view import View

if TYPE_CHECKING:
    from digits.reading.calibration import Calibration
    from digits.reading.likely import Rule
    from digits.reading.page import PageEye, Seen

_T = TypeVar("_T")

_BATCH = 128
"""Pictures, and images of digits, that the network gets together: few enough to show progress and to need little
memory (100 kB an image), enough to make no difference in speed."""

_TINY = 40  # pixels of the longer side: a picture so small is one digit, as in MNIST
_REASON = 200  # characters of what is wrong with a model file
_SURER = 2.0  # times as probable: what a picture says when turned, if what it says upright is in doubt
_MOST = 150  # images of a page that is turned: of more, nobody is sure of all
_WIDEST = 1.4  # times as wide as high: the ink of a tiny picture that is wider is a number


Source = str | Path | PageOf | Image.Image | NDArray[np.uint8] | Strokes
"""A file, a page of one or a part of that, a PIL image, an array (H, W[, 3|4]) uint8, or strokes."""


class Reader:
    """Reads digits with one ONNX file.

    Args:
        model: path of a model.onnx that `digits.training.export` wrote.

    Attributes:
        path: of the model file.
        metadata: what training wrote into the file: recipe, temperature, threshold, examples and more.
        threshold: a lone digit with less confidence is uncertain.
        calibration: how far both networks are trusted on pages.

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
            self._session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"], enable_fallback=0
            )
            (inputs,), (outputs,) = self._session.get_inputs(), self._session.get_outputs()
            shapes = inputs.type, inputs.shape[1:], outputs.shape[1:], isinstance(inputs.shape[0], str)
            if shapes != ("tensor(uint8)", [SIDE, SIDE], [10], True):  # of any number of images
                raise ValueError(f"it takes {inputs.type} {inputs.shape} and gives {outputs.shape}")
            self.metadata: dict[str, Any] = {
                key: json.loads(value) for key, value in self._session.get_modelmeta().custom_metadata_map.items()
            }
            self.threshold = float(self.metadata["threshold"])
            self._page_network: str | None = self.metadata.pop("page_network", None)
        except FileNotFoundError as error:
            raise DigitsError(f"{model}: there is no such model file; `dvc repro` makes one") from error
        except Exception as error:  # ONNX Runtime's exceptions have no common base of their own
            raise _no_model(self.path, error, "digits") from error
        self._input = inputs.name
        self._threads = cpu_count() or 1

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

    @cached_property
    def _eye(self) -> "PageEye":
        """Sees pages; made when the first is read."""
        from digits.reading.page import PageEye

        if self._page_network is None:
            raise DigitsError(f"{self.path} reads single digits only, it holds no page network; `dvc repro` makes one")
        try:
            return PageEye(base64.b64decode(self._page_network), self.metadata["page_classes"], self._threads)
        except Exception as error:
            raise _no_model(self.path, error, "pages") from error

    @cached_property
    def calibration(self) -> "Calibration":
        """How far both networks are trusted on pages."""
        from digits.reading.calibration import Calibration

        try:
            return Calibration.of(self.metadata.get("page_calibration", {}))
        except (AttributeError, TypeError, ValueError) as error:
            raise _no_model(self.path, error, "pages") from error

    def read(self, source: Source) -> Reading:
        """Reads the number, or the lines of numbers, on one picture.

        Raises:
            PictureError: it cannot be read as a picture.
            DigitsError: it is larger than one digit, and the model file holds no page network.
            ValueError: strokes with a coordinate that is not finite.
        """
        view = self._view(source)
        return self._reading(view, self._classified([view])[0])

    def read_all(self, sources: Iterable[Source]) -> Iterator[Reading | DigitsError]:
        """Reads many pictures; in the place of one that cannot be read, whatever the reason, stands its error."""
        remaining = iter(sources)
        while batch := list(islice(remaining, _BATCH)):
            views = [_or_error(source, partial(self._view, source)) for source in batch]
            rows = iter(self._classified([one for one in views if isinstance(one, View)]))
            for source, view in zip(batch, views, strict=True):
                if isinstance(view, View):
                    yield _or_error(source, partial(self._reading, view, next(rows)))
                else:
                    yield view

    def read_as(self, source: Image.Image | NDArray[np.uint8], rule: "Rule") -> Reading:
        """Reads a picture of one line, of which is known what may stand there: the likeliest reading that may.

        Where none may, it is what `read` gives, and uncertain. Raises what `read` does.
        """
        from digits.reading.likely import choose

        view = self._view_of_picture(open_picture(source))
        read = self._judged(view, self._classified([view])[0])
        assert view.seen is not None
        confidence = choose(view.seen, self.calibration, rule)
        return replace(read, uncertain=True) if confidence is None else self._described(view, confidence)

    def _view(self, source: Source) -> View:
        """What is seen of a picture or of strokes before the digit network is asked; raises what `read` does."""
        if not isinstance(source, str | Path | PageOf | Image.Image | np.ndarray):
            return self._view_of_strokes(source)
        picture = open_picture(source)
        if max(picture.brightness.shape) <= _TINY:
            ink = extract_ink(picture.brightness)
            left, top, right, bottom = ink_box(ink) or (0, 0, 0, 0)
            if right - left <= _WIDEST * (bottom - top):
                images = [normalise(ink)] if right else []
                return View(images, picture=picture, lone=(left, top, right, bottom))
        return self._view_of_picture(picture)

    def _view_of_picture(self, picture: Picture) -> View:
        seen = self._eye.see(picture.brightness)
        return View.of(seen, picture=picture)

    def _view_of_strokes(self, strokes: Strokes) -> View:
        from digits.reading.drawing import Drawing

        drawing = Drawing(strokes)
        seen = self._eye.see(drawing.page(), drawing.parts(len(self.metadata["page_classes"])))
        return View.of(seen, drawing=drawing)

    def see(self, picture: NDArray[np.uint8]) -> "Seen":
        """What both networks say of a page of any size, before it is judged: what a calibration learns of."""
        view = self._view(picture)
        if view.seen is None:
            raise ValueError(f"a page has more than {_TINY} pixels in its longer side")
        view.take(self._classified([view])[0])
        return view.seen

    def _classified(self, views: Sequence[View]) -> list[list[NDArray[np.float32]]]:
        """What the digit network says of each view's images, which it gets together."""
        images = [image for view in views for image in view.images]
        rows = iter(self.classify(np.array(images, np.uint8).reshape(-1, SIDE, SIDE)))
        return [list(islice(rows, len(view.images))) for view in views]

    def _reading(self, view: View, rows: list[NDArray[np.float32]]) -> Reading:
        if view.seen is None:
            return self._lone(view, rows)
        reading = self._judged(view, rows)
        doubtful = reading.uncertain and len(view.images) <= _MOST
        return self._turned(view.picture, reading) if view.picture and doubtful else reading

    def _turned(self, picture: Picture, upright: Reading) -> Reading:
        """What the picture says when it is turned by quarters, if that is surer by far; its digits are all to be
        doubted, for some numbers can be read either way."""
        best, least = upright, _SURER * upright.confidence if upright.digits else 0.0
        for degrees in (90, 180, 270):
            view = self._view_of_picture(picture.turn(degrees))
            reading = self._judged(view, self._classified([view])[0])
            if reading.digits and not reading.uncertain and reading.confidence > least:
                digits = tuple(replace(digit, uncertain=True) for digit in reading.digits)
                best, least = replace(reading, digits=digits, uncertain=True, turned=degrees), reading.confidence
        return best

    def _judged(self, view: View, rows: list[NDArray[np.float32]]) -> Reading:
        seen = view.seen
        assert seen is not None
        view.take(rows)
        self.calibration.judge(seen)
        if seen.take_clear(self.threshold):
            for line in seen.lines:
                self.calibration.name(line, seen.classes)
        if view.drawing and (redrawn := view.drawing.take_images(seen)):
            for one, row in zip(redrawn, self.classify(np.stack([one.image for one in redrawn])), strict=True):
                one.classified = row
            for line in seen.lines:
                self.calibration.name(line, seen.classes)
        return self._described(view, self.calibration.confidence(seen) if seen.digits else 1.0)

    def _described(self, view: View, confidence: float) -> Reading:
        """What was chosen, as a reading."""
        seen = view.seen
        assert seen is not None
        digits, signs = [], []
        for place, line in enumerate(seen.lines):
            for one in line:
                if one.is_digit:
                    digits.append(
                        Digit(
                            digit=int(one.sign),
                            confidence=one.confidence,
                            probabilities=tuple(map(float, one.probabilities)),
                            box=view.box(one),
                            uncertain=one.confidence < self.calibration.digit_threshold,
                            image=one.image,
                            strokes=one.strokes,
                            line=place,
                        )
                    )
                else:
                    signs.append(Sign(one.sign, one.confidence, view.box(one), place))
        doubted = bool(seen.unread) or confidence < self.calibration.number_threshold
        if doubted and digits and not any(digit.uncertain for digit in digits):
            # Whoever looks at the digits alone is told as well.
            least = min(range(len(digits)), key=lambda index: digits[index].confidence)
            digits[least] = replace(digits[least], uncertain=True)
        return Reading(
            text=seen.text,
            digits=tuple(digits),
            signs=tuple(signs),
            unread=tuple(view.to_source(box) for box in seen.unread),
            confidence=confidence,
            uncertain=doubted or any(digit.uncertain for digit in digits),
        )

    def _lone(self, view: View, rows: list[NDArray[np.float32]]) -> Reading:
        """A tiny picture's one digit, or nothing."""
        if not rows:
            return Reading()
        row = tuple(map(float, rows[0]))
        value = max(range(10), key=row.__getitem__)
        doubted = row[value] < self.threshold
        digit = Digit(value, row[value], row, view.to_source(view.lone), doubted, view.images[0])
        return Reading((digit,), str(value), confidence=row[value], uncertain=doubted)


def _no_model(path: Path, error: Exception, what: str) -> DigitsError:
    reason = shorten(str(error) or type(error).__name__, _REASON)  # ONNX Runtime lists all that it found
    return DigitsError(f"{path} is no model that reads {what} ({reason}); `dvc repro` makes one")


def _or_error(source: Source, work: Callable[[], _T]) -> _T | DigitsError:
    """What some work on a picture gives, or its error: none may end the reading of others."""
    try:
        return work()
    except DigitsError as error:
        return error
    except Exception as error:  # noqa: BLE001  whatever it is, it is this picture's
        path = source.path if isinstance(source, PageOf) else source
        name = path if isinstance(path, str | Path) else "the picture"
        return DigitsError(
            f"{name}: cannot be read ({type(error).__name__}: {error}); please report it with the picture"
        )
