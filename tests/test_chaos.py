"""A part of `make chaos`: each program with few attempts, as a person starts it; none may find a fault."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.chaos import attempts

ROOT = Path(__file__).parent.parent


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "count"), [("pictures", 60), ("overrides", 12), ("models", 40), ("strangers", 0), ("corrections", 30)]
)
def test_it_finds_no_fault(model: Path, kind: str, count: int) -> None:
    command = [sys.executable, "-m", "benchmarks.chaos", kind, f"--count={count}", f"--model={model}", "--seed=7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith("; 0 faults")


def test_a_fault_is_told_with_the_numbers_that_make_it_again(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MEMORY_MB", 1e6)  # its processes begin with all that the tests before have loaded

    def attempt(_rng: object, number: int) -> str:
        if number == 1:
            raise ValueError("somebody forgot this")
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return "fine"

    outcome = attempts.attempted("trial", attempt, range(4), seed=3)
    assert [fault.partition(": ")[0] for fault in outcome.faults] == ["--seed 3 --only 1", "--seed 3 --only 2"]
    assert (outcome.words["fine"], outcome.words["fault"]) == (2, 2)
    assert "somebody forgot this" in capfd.readouterr().err
