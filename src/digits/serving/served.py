"""The model as MLflow serves it: pictures in base64 in, what is written on each out.

`digits.tracking.logged` keeps this file in each model that a run logs, together with the code that it imports; MLflow
runs it there, far from this repository, to have the model. docs/serving.md says how people ask.
"""

import base64
from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from digits.errors import DigitsError
from digits.ink import PageOf
from digits.ink.files import pages
from digits.reading.reader import Reader
from digits.reading.reading import Reading
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
        sources = [_source(image) for image in model_input["image"].tolist()]
        readings = self._reader.read_all(source for source in sources if isinstance(source, PageOf))
        return [_answer(source, next(readings) if isinstance(source, PageOf) else source) for source in sources]


def _source(image: object) -> PageOf | DigitsError:
    """The picture, or its first page if it has several; what is wrong with its base64."""
    if not isinstance(image, str):
        return DigitsError(f"the picture: expected base64 in a string, found {type(image).__name__}")
    encoded = image.partition(",")[2] if image.startswith("data:") else image
    try:
        return PageOf(Path("the picture"), content=base64.b64decode("".join(encoded.split()), validate=True))
    except ValueError as error:
        return DigitsError(f"the picture: not base64 ({error}); send the bytes of a PNG or JPEG file in base64")


def _answer(source: PageOf | DigitsError, reading: Reading | DigitsError) -> dict[str, Any]:
    if isinstance(reading, DigitsError):
        return {"error": str(reading)}
    several = isinstance(source, PageOf) and pages(source) > 1
    return {**({"page": 1} if several else {}), **as_object(reading)}


set_model(ServedReader())
