"""Following a `dvc repro`: where it is, how it ends, and that it can be stopped."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hand import ROOT

from gui.work.repro import STAGES, Progress, Repro, follow

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
    assert Progress("train", 1, 4).text == "step 4 of 6, round 1, 4 %"


def test_the_stages_are_those_of_the_pipeline() -> None:
    assert list(STAGES) == list(yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])


LOCKED = [
    [
        "ERROR: Unable to acquire lock. Most likely another DVC process is running or was terminated abruptly. Check "
        "the page <https://dvc.org/doc/user-guide/troubleshooting#lock-issue> for other possible reasons and to learn "
        "how to resolve this."
    ],
    [
        "ERROR: 'artifacts/data' is busy, it is being blocked by:",
        "  (PID 4242): dvc repro",
        "If there are no processes with such PIDs, you can manually remove '.dvc/tmp/rwlock' and try again.",
    ],
]


@pytest.mark.parametrize("lines", LOCKED)
def test_a_lock_in_use_is_said_to_be_one_and_nobody_is_told_to_delete_it(lines: list[str]) -> None:
    progress = Progress("train")
    for line in lines:
        progress = follow(progress, line)
    assert progress.busy
    assert progress.last == "another training is running in this project"


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


def test_a_training_leaves_the_processor_to_others(tmp_path: Path) -> None:
    program = "import os, time\nwhile True: print(os.nice(0), flush=True); time.sleep(0.01)"
    training = Repro(tmp_path, (sys.executable, "-c", program))
    try:
        until(lambda: training.progress.last == str(min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)))
    finally:
        training.cancel()


def test_a_missing_command_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such-command"):
        Repro(tmp_path, ("no-such-command",))


def test_a_lock_that_a_killed_dvc_cut_short_is_in_nobodys_way(tmp_path: Path) -> None:
    lock = tmp_path / ".dvc" / "tmp" / "rwlock"
    lock.parent.mkdir(parents=True)
    for content, kept in (("", False), ('{"read": {"data": [{"pid"', False), ("{}", True)):
        lock.write_text(content)
        repro = Repro(tmp_path, (sys.executable, "-c", ""))
        assert lock.exists() == kept
        while repro.running:
            time.sleep(0.01)
