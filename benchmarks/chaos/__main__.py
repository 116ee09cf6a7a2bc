"""Tries to break Digits, and says what came of it.

    python -m benchmarks.chaos pictures --count 10000 --model artifacts/train/model.onnx
    python -m benchmarks.chaos pictures --seed 1 --only 123       one fault again, alone
    make chaos                                                    all kinds

Each kind ends with one line: how many were tried, what came of them, the slowest attempt's processor time, the most
memory, and how many faults. A fault is anything that people are not told in plain words: a traceback, a crash, more
than 5 s or 1 GB. Exit status: 0 without a fault, 1 with one. The working tree is left as it is.
"""

import argparse
import sys
from importlib import import_module
from pathlib import Path

KINDS = {
    "pictures": "malformed and odd pictures through `digits read` and the window's opener",
    "overrides": "broken overrides and files of conf/",
    "handwriting": "broken lines of data/*.jsonl",
    "models": "broken model files, and readers' caches and registries",
    "strangers": "code in files from strangers, in every place that loads one",
    "kills": "kill -9 at random moments of dvc repro; needs artifacts/raw, and PYTHONPATH=tests",
    "sweeps": "kill -9 at random moments of a sweep with two workers; as kills",
    "window": "random events in two windows, --count in each; needs Xvfb, and PYTHONPATH=tests",
    "stores": "24 processes on SQLite and a PostgreSQL that is killed, for --count seconds; needs PYTHONPATH=deploy",
    "corrections": "corrections on a full disk and without permission",
}


def main() -> int:
    """Runs one kind; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.chaos",
        description=__doc__,
        epilog="kinds:\n" + "\n".join(f"  {name:12} {what}" for name, what in KINDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help="one of those below")
    parser.add_argument("--count", type=int, default=100, help="of attempts (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of all that is random (default: %(default)s)")
    parser.add_argument("--only", type=int, help="the number of one attempt, to make a fault again")
    parser.add_argument(
        "--model", type=Path, default=Path("artifacts/train/model.onnx"), help="a model file (default: %(default)s)"
    )
    given = parser.parse_args()
    numbers = range(given.count) if given.only is None else range(given.only, given.only + 1)
    outcome = import_module(f".{given.kind}", __package__).run(numbers, given.seed, given.model)
    print(outcome)
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
