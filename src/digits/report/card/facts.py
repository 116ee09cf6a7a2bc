"""What the model card tells of: the model file, the data sets it was made from, and the reports of its evaluation."""

import json
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from digits.data.kinds import KINDS, OUTLIER, set_names
from digits.files import sha256
from digits.reading.reader import Reader

REPORTS = ("metrics", "handwriting", "made_pages", "depth", "robustness", "labels")
"""What the card tells of an evaluation, by name."""

PACKAGES = ("torch", "pytorch-lightning", "onnx", "onnxruntime", "numpy", "scipy", "pillow")
"""What decides the bytes of the model and what is read with it; the lock pins them."""

_USES = {"train": "training", "validation": "validation", "test": "test"}
"""What a set is for, by the end of its name."""


def gather(reader: Reader, data: Path, reports: Mapping[str, Any], pictures: Mapping[str, Path]) -> dict[str, Any]:
    """All that card.md speaks of, by the names it has there: a function of the model file, of preprocess's folder, and
    of what an evaluation found and drew, which holds nothing of when or where it was gathered.

    Each of `REPORTS` is None where it was not made, `sets` are those the model was trained on and the test sets,
    `pictures` are PNG files as bytes, `size` is in bytes.
    """
    told = reader.metadata
    found = {name: _about(reports.get(name), told["trained_on"]) for name in REPORTS}
    return {
        **found,
        "metrics": {name: values for name, values in found["metrics"].items() if name in KINDS},  # of test sets alone
        "sets": _sets(told["trained_on"], data),
        "pictures": {name: path.read_bytes() for name, path in pictures.items()},
        "recipe": told["recipe"],
        "computed_on": told.get("computed_on", "an unknown kind of processor"),
        "temperature": float(told["temperature"]),
        "threshold": float(told["threshold"]),
        "sha256": sha256(reader.path),
        "size": reader.path.stat().st_size,
        "versions": {name: metadata.version(name).partition("+")[0] for name in PACKAGES},
    }


def _sets(trained_on: Mapping[str, str], data: Path) -> dict[str, dict[str, Any]]:
    """Name -> how many images by how many people, 0 where they are not known, what for, and the file's SHA-256."""
    summary = json.loads((data / "summary.json").read_text())
    tests = [*set_names("test").values(), f"{OUTLIER}-test"]
    digests = {**trained_on, **{name: sha256(data / f"{name}.npz") for name in tests}}
    written = [name for name, kind in KINDS.items() if kind.people]
    return {
        name: {
            "images": summary[name]["images"],
            "people": len(summary[name]["writers"]) if name.rpartition("-")[0] in written else 0,
            "use": _USES[name.rpartition("-")[2]],
            "sha256": digest,
        }
        for name, digest in digests.items()
    }


def _about(report: Any, trained_on: Mapping[str, str]) -> Any:
    """A report; None where there is none, or where it says itself that it is about other data."""
    about = (report or {}).get("data", {})
    return report if all(trained_on.get(name, digest) == digest for name, digest in about.items()) else None
