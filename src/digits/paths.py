"""Where things lie, the code too. Paths are relative to the repository's root, in which DVC starts the stages."""

import os
import subprocess
import sys
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]

ROOT = _CHECKOUT if (_CHECKOUT / "conf").is_dir() else Path.cwd()
"""The repository's root; where the package is installed without its repository, the current folder."""

STORE = ROOT / "mlflow.db"
"""Where MLflow keeps runs and models, unless MLFLOW_TRACKING_URI says otherwise."""

HANDWRITING = Path("data")
"""What people wrote, as JSON lines."""

RAW = Path("artifacts/raw")
"""The files of MNIST, as downloaded."""

SETS = Path("artifacts/data")
"""The sets of images that preprocess makes."""

PAGES = Path("artifacts/pages")
"""What the pipeline's training of the page network makes."""

PAGE_MODEL = PAGES / "pages.onnx"
"""The page network, which a training of a digit network takes into its file."""

TRAINED = Path("artifacts/train")
"""What the pipeline's training makes."""

MODEL = TRAINED / "model.onnx"
"""The file that is evaluated, registered and served."""

REPORTS = Path("reports")
"""What the pipeline's evaluation makes."""

CHECKPOINTS = Path("artifacts/checkpoints")
"""Of trainings that have not ended, or whose stage has not."""

DIARIES = Path("artifacts/diaries")
"""Of MLflow runs: what a training noted and MLflow has not got yet."""

RUNS = Path("artifacts/runs")
"""What trainings started by hand make."""

CARDS = Path("artifacts/cards")
"""Model cards that `digits card` has fetched."""

COMPARISONS = Path("artifacts/compare")
"""The pages of `digits compare`."""

CONF = Path("conf")
"""The configuration."""


def start_in_this_checkout() -> None:
    """Starts anew with the code of the current folder, if that is another checkout than the installed one.

    So does DVC run a queued experiment: in a copy of the repository, below its own. What the copy says is to be run,
    and tracked where all others are.
    """
    here = Path.cwd() / "src"
    if not (here / "digits").is_dir() or (here / "digits").samefile(Path(__file__).parent):
        return
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here), os.environ.get("PYTHONPATH", "")])}
    if here.is_relative_to(ROOT):
        environment.setdefault("MLFLOW_TRACKING_URI", f"sqlite:///{STORE}")
    sys.stdout.flush()
    sys.exit(subprocess.run([sys.executable, *sys.orig_argv[1:]], env=environment, check=False).returncode)
