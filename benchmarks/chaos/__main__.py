"""Tries to break Digits, and says what came of it.

    python -m benchmarks.chaos pictures --count 10000 --model artifacts/train/model.onnx
    python -m benchmarks.chaos pictures --seed 1 --only 123       one fault again, alone
    make chaos                                                    all kinds, as often as the list below says

Each kind ends with one line: how many were tried, what came of them, the slowest attempt's processor time, the most
memory, and how many faults. A fault is anything that people are not told in plain words: a traceback, a crash, more
than 5 s or 1 GB. Exit status: 0 without a fault, 1 with one. The working tree is left as it is.
"""

import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import import_module
from pathlib import Path

from tqdm import tqdm

KINDS = {
    "kills": (100, "kill -9 at random moments of dvc repro; needs artifacts/raw, and PYTHONPATH=tests"),
    "sweeps": (50, "kill -9 at random moments of a sweep with two workers; as kills"),
    "stores": (300, "24 processes on SQLite and a PostgreSQL that is killed, for so many seconds; PYTHONPATH=deploy"),
    "window": (10_000, "random events in each of two windows, beside a training; as kills, and Xvfb"),
    "pictures": (10_000, "malformed and odd pictures through `digits read` and the window's opener"),
    "overrides": (2_000, "broken overrides and files of conf/"),
    "handwriting": (2_000, "broken lines of data/*.jsonl"),
    "models": (500, "broken model files, and readers' caches and registries"),
    "corrections": (1_000, "corrections on a full disk and without permission"),
    "strangers": (1, "code in files from strangers, in every place that loads one"),
}
"""How often `make chaos` tries each, and what it is; those that take longest come first."""

_TOGETHER = 2
"""Kinds that `make chaos` tries at a time."""


def main() -> int:
    """Runs one kind, or all; returns the exit status."""
    listed = "\n".join(f"  {name:12} {count:6,}   {what}" for name, (count, what) in KINDS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.chaos",
        description=__doc__,
        epilog=f"kinds, and how often `make chaos` tries each:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", choices=[*KINDS, "all"], metavar="KIND", help="one of those below, or all")
    parser.add_argument("--count", type=int, help="of attempts (default: as below)")
    parser.add_argument("--seed", type=int, default=1, help="of all that is random (default: %(default)s)")
    parser.add_argument("--only", type=int, help="the number of one attempt, to make a fault again")
    parser.add_argument(
        "--model", type=Path, default=Path("artifacts/train/model.onnx"), help="a model file (default: %(default)s)"
    )
    given = parser.parse_args()
    if given.kind == "all":
        return _all([f"--seed={given.seed}", f"--model={given.model}"])
    count = KINDS[given.kind][0] if given.count is None else given.count
    numbers = range(count) if given.only is None else range(given.only, given.only + 1)
    outcome = import_module(f".{given.kind}", __package__).run(numbers, given.seed, given.model)
    print(outcome)
    return 1 if outcome.faults else 0


def _all(settings: list[str]) -> int:
    """All kinds, two at a time; each one's line when it has ended, after its faults."""

    def tried(kind: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "benchmarks.chaos", kind, *settings]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    failed = []
    with ThreadPoolExecutor(_TOGETHER) as pool, tqdm(total=len(KINDS), desc="chaos", unit="kind") as bar:
        started = {pool.submit(tried, kind): kind for kind in KINDS}
        for ended in as_completed(started):
            done = ended.result()
            bar.write(done.stdout.rstrip())
            sys.stdout.flush()
            bar.update()
            failed += [started[ended]] * bool(done.returncode)
    if failed:
        print(f"error: faults in {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
