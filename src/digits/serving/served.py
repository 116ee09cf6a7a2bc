"""The model as MLflow serves it: pictures in base64 in, what is written on each out.

`digits.tracking.logged` keeps this file in each model that a run logs, together with the code that it imports; MLflow
runs it there, far from this repository, to have the model. docs/serving.md says how people ask.
"""

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from digits.errors import DigitsError
from digits.ink.picture import PageOf, pages
from digits.reading.reader import Reader
from digits.serving.objects import as_object


class ServedReader(PythonModel):
    """Reads pictures with the ONNX file among the model's artifacts."""

    def load_context(self, context: PythonModelContext) -> None:
        """Loads the ONNX file; raises `DigitsError` if it is broken."""
        self._reader = Reader(context.artifacts["model"])

    def predict(
        self,
        context: PythonModelContext,  # noqa: ARG002  MLflow hands it over
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> list[dict[str, Any]]:
        """What is written on each picture of the column `image`, each the base64 of a file or a data: URL.

        Returns:
            for each picture the object of `digits read --json` without path; where it cannot be read, {"error": why}.
        """
        with TemporaryDirectory(prefix="digits-") as folder:
            return list(self._answers(model_input["image"].tolist(), Path(folder)))

    def _answers(self, images: Sequence[Any], folder: Path) -> Iterator[dict[str, Any]]:
        """Reads them from files, for a moment in this folder: pages and damage are told as `digits read` tells them."""
        sources = [_source(image, folder / str(place)) for place, image in enumerate(images)]
        readings = self._reader.read_all(source for source in sources if not isinstance(source, DigitsError))
        for place, source in enumerate(sources):
            reading = source if isinstance(source, DigitsError) else next(readings)
            if isinstance(reading, DigitsError):
                yield {"error": str(reading).replace(str(folder / str(place)), "the picture")}
            elif isinstance(source, PageOf):
                yield {"page": source.page, **as_object(reading)}
            else:
                yield as_object(reading)


def _source(image: object, path: Path) -> Path | PageOf | DigitsError:
    """The picture in a file, or its first page if it has several; what is wrong with its base64."""
    if not isinstance(image, str):
        return DigitsError(f"the picture: expected base64 in a string, found {type(image).__name__}")
    encoded = image.partition(",")[2] if image.startswith("data:") else image
    try:
        path.write_bytes(base64.b64decode("".join(encoded.split()), validate=True))
    except ValueError as error:
        return DigitsError(f"the picture: not base64 ({error}); send the bytes of a PNG or JPEG file in base64")
    return PageOf(path, 1) if pages(path) > 1 else path


set_model(ServedReader())
