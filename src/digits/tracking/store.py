"""Where MLflow keeps runs and models. Imports nothing heavy: the window and `digits read` ask here."""

import os

from digits.paths import ROOT

EXPERIMENT = "digits"
MODEL = "digits"
ALIAS = "champion"

SHA_TAG = "onnx.sha256"
"""Tag of runs and of model versions: the content of the ONNX file, which joins DVC and MLflow."""

CARD_TAG = "card"
"""Tag of model versions: the MLflow URI of the model card's page."""


def tracking_uri() -> str:
    """MLFLOW_TRACKING_URI, or mlflow.db in the repository's root."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{ROOT / 'mlflow.db'}"


def is_local(uri: str) -> bool:
    """Whether the store is a SQLite file."""
    return uri.startswith("sqlite:")
