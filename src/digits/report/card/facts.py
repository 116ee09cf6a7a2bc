"""What the model card tells of: the model file, the data sets it was made from, and the reports of its evaluation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from digits.data.kinds import OUTLIER, set_names
from digits.files import sha256
from digits.reading.reader import Reader

REPORTS = ("metrics", "handwriting", "depth", "robustness", "labels")
"""What the card tells of an evaluation, by name."""

PACKAGES = ("torch", "pytorch-lightning", "onnx", "onnxruntime", "numpy", "scipy", "pillow")
"""What decides the bytes of the model and what is read with it; the lock pins them."""

_USES = {"train": "training", "validation": "validation", "test": "test"}
"""What a set is for, by the end of its name."""


@dataclass(frozen=True)
class DataSet:
    """A file of digits that training, validation or a test read."""

    name: str
    images: int
    people: int
    """0 where they are not known."""
    use: str
    sha256: str


@dataclass(frozen=True)
class Facts:
    """All of it: a function of the files, which holds nothing of when or where it was gathered."""

    sha256: str
    """Of the model file, as `size`."""
    size: int
    """Bytes."""
    metadata: Mapping[str, Any]
    """Of the model file, as `digits.training.export` writes it."""
    sets: list[DataSet]
    reports: Mapping[str, Any]
    """Each of `REPORTS`; None where it was not made."""
    pictures: Mapping[str, bytes]
    """Name -> PNG file."""
    versions: Mapping[str, str]


def gather(reader: Reader, data: Path, reports: Mapping[str, Any], pictures: Mapping[str, Path]) -> Facts:
    """The facts of a model file, of preprocess's folder, and of what an evaluation found and drew."""
    trained_on = reader.metadata["trained_on"]
    return Facts(
        sha256=sha256(reader.path),
        size=reader.path.stat().st_size,
        metadata=reader.metadata,
        sets=_sets(trained_on, data),
        reports={name: _about(reports.get(name), trained_on) for name in REPORTS},
        pictures={name: path.read_bytes() for name, path in pictures.items()},
        versions={name: metadata.version(name).partition("+")[0] for name in PACKAGES},
    )


def _sets(trained_on: Mapping[str, str], data: Path) -> list[DataSet]:
    """What the model says it was trained on, then the test sets."""
    summary = json.loads((data / "summary.json").read_text())
    tests = [*set_names("test").values(), f"{OUTLIER}-test"]
    digests = {**trained_on, **{name: sha256(data / f"{name}.npz") for name in tests}}
    return [
        DataSet(
            name,
            summary[name]["images"],
            0 if name.startswith(OUTLIER) else len(summary[name]["writers"]),  # whose "writers" are kinds
            _USES[name.rpartition("-")[2]],
            digest,
        )
        for name, digest in digests.items()
    ]


def _about(report: Any, trained_on: Mapping[str, str]) -> Any:
    """A report; None where there is none, or where it says itself that it is about other data."""
    about = (report or {}).get("data", {})
    return report if all(trained_on.get(name, digest) == digest for name, digest in about.items()) else None
