"""What a training started by hand leaves beside its model when it has ended well: which one it was, and where tracked.

A grid finds by it what it has trained before, and `digits clean` whose run is gone.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from digits.files import sha256, written_whole
from digits.paths import ROOT, RUNS

_NOTE = "trained.json"

_MODEL = "model.onnx"


@dataclass(frozen=True)
class Ended:
    """A training that has ended well."""

    outcome: str
    """What only a training of the same model file has."""
    sha256: str
    """Of the model file."""
    run_id: str
    """MLflow's."""
    experiment: int
    """When the experiment was made that holds the run, in milliseconds since 1970: it tells stores apart, wherever they
    have moved."""


def note(folder: Path, outcome: str, run_id: str, experiment: Any) -> None:
    """Notes that the training of this folder's model has ended well.

    Args:
        folder: holds model.onnx.
        outcome: what only a training of the same model file has.
        run_id: MLflow's.
        experiment: MLflow's, which holds the run.
    """
    ended = Ended(outcome, sha256(folder / _MODEL), run_id, experiment.creation_time)
    with written_whole(folder / _NOTE) as path:
        path.write_text(json.dumps(asdict(ended), indent=2) + "\n")


def read(folder: Path) -> Ended | None:
    """What is noted in a folder; None where nothing is, or nothing that can be read."""
    try:
        return Ended(**json.loads((folder / _NOTE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def find(outcome: str, out: str | None) -> Path | None:
    """The model file of a training of this outcome, as it was when that ended; None where there is none.

    Args:
        outcome: what only a training of the same model file has.
        out: the folder that it was to write to; None for one of its own below artifacts/runs.
    """
    for folder in [Path(out)] if out else sorted(RUNS.glob("*/")):
        ended, model = read(folder), folder / _MODEL
        if ended and ended.outcome == outcome and model.is_file() and sha256(model) == ended.sha256:
            return model
    return None


def folders_of(run_id: str) -> Iterator[Path]:
    """The folders below artifacts/runs that a run has written to."""
    for folder in (ROOT / RUNS).glob(f"*-{run_id[:6]}/"):
        ended = read(folder)
        if ended is None or ended.run_id == run_id:  # a training that broke off has no note
            yield folder
