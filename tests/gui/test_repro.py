"""Following a `dvc repro`: where it is, how it ends, and that it can be stopped."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gui.work.repro import Progress, Repro, accuracies, follow, outcome

PRINTED = [
    ("'data.dvc' didn't change, skipping", "", 0, 0),
    ("Stage 'download' didn't change, skipping", "download", 0, 100),
    ("Running stage 'preprocess':", "preprocess", 0, 0),
    ("> python -m digits.stages.preprocess out=artifacts/data", "preprocess", 0, 0),
    ("pen-train:  45%|████▌     | 2262/4997 [00:03<00:04, 640.21digit/s]", "preprocess", 0, 45),
    ("Running stage 'train':", "train", 0, 0),
    ("Epoch 0:   4%|▍         | 20/508 [00:01<00:39, 12.32it/s]", "train", 1, 4),
    ("\x1b[32mEpoch 7: 100%|██████████| 508/508 [00:17<00:00, 28.50it/s]\x1b[0m", "train", 8, 100),
    ("Running stage 'evaluate':", "evaluate", 0, 0),
]


def test_output_tells_stage_epoch_and_percent() -> None:
    progress = Progress()
    for line, stage, epoch, percent in PRINTED:
        progress = follow(progress, line)
        assert (progress.stage, progress.epoch, progress.percent) == (stage, epoch, percent), line
    assert Progress("train", 1, 4).text == "3 of 5  train, epoch 1, 4 %"


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_lines_and_bars_of_a_real_process_arrive(tmp_path: Path) -> None:
    program = (
        "import sys; print(\"Running stage 'train':\")\n"
        "sys.stderr.write('Epoch 1:  50%|x\\rEpoch 1:  60%|x'); sys.exit(3)"
    )
    training = Repro(tmp_path, (sys.executable, "-c", program))
    until(lambda: not training.running)
    assert (training.progress.stage, training.progress.epoch, training.progress.percent) == ("train", 2, 60)
    assert training.failed


def test_a_training_that_ends_well_is_complete(tmp_path: Path) -> None:
    training = Repro(tmp_path, (sys.executable, "-c", "print(\"Running stage 'register':\")"))
    until(lambda: not training.running)
    assert not training.failed
    assert (training.progress.stage, training.progress.percent) == ("register", 100)


def test_cancelling_interrupts_as_ctrl_c_does(tmp_path: Path) -> None:
    program = (
        "import time\ntry:\n print('ready', flush=True); time.sleep(60)\n"
        "except KeyboardInterrupt:\n print('saved', flush=True)"
    )
    training = Repro(tmp_path, (sys.executable, "-c", program))
    until(lambda: training.progress.last == "ready")
    training.cancel()
    until(lambda: not training.running)
    assert (training.cancelled, training.progress.last) == (True, "saved")


def test_a_missing_command_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such-command"):
        Repro(tmp_path, ("no-such-command",))


def test_the_outcome_says_what_changed() -> None:
    won = outcome({"pen": 0.99}, {"pen": 0.995}, "1", "2")
    assert "Version 2 is the new champion" in won
    assert "pen 99.00% → 99.50%" in won
    assert "Version 1 stays champion" in outcome({}, {"pen": 0.98}, "1", "1")
    assert "no champion" in outcome({}, {}, None, None)


def test_accuracies_come_from_the_report(tmp_path: Path) -> None:
    assert accuracies(tmp_path) == {}
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "metrics.json").write_text(json.dumps({"mnist": {"accuracy": 0.9966, "errors": 34}}))
    assert accuracies(tmp_path) == {"mnist": 0.9966}
