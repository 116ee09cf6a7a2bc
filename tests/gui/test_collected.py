"""data/collected.jsonl: every line arrives, whole, and none is ever lost."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from clone import Clone
from hand import environment

from digits.data.pen import read_samples
from digits.errors import DigitsError
from gui.collected import Collected, sample_line
from gui.sheet import Stroke

STROKES = [Stroke(((0.04, 1.26), (10.0, 20.0)), 8), Stroke(((5.0, 5.0),), 8)]


def test_a_line_is_a_sample_as_training_reads_it(root: Path) -> None:
    Collected(root).append(sample_line(7, "Émile", STROKES))
    (sample,) = read_samples(root / "data")
    assert (sample.digit, sample.writer) == (7, "Émile")
    assert sample.strokes == [[[0.0, 1.3], [10.0, 20.0]], [[5.0, 5.0]]]


def test_undo_removes_one_line_and_leaves_the_others_as_they_were(root: Path) -> None:
    collected = Collected(root)
    for line in ("a", "b", "a", "c"):
        collected.append(line)
    collected.remove("a")
    assert collected.path.read_text() == "a\nb\nc\n"
    collected.remove("not there")
    for line in ("a", "b", "c"):
        collected.remove(line)
    assert not collected.path.exists()


def test_a_last_line_without_its_end_is_not_grown_together_with_the_next(root: Path) -> None:
    collected = Collected(root)
    collected.path.write_text("by hand")
    collected.append("new")
    assert collected.path.read_text() == "by hand\nnew\n"


def test_two_processes_at_once_mix_and_lose_no_line(root: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from gui.collected import Collected\n"
        "for i in range(40): Collected(Path(sys.argv[1])).append(sys.argv[2] * 500 + str(i))"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(root), name], env=environment()) for name in ("x", "y")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    lines = Collected(root).path.read_text().splitlines()
    for name in ("x", "y"):
        assert [line for line in lines if line[0] == name] == [name * 500 + str(i) for i in range(40)]
    assert len(lines) == 80


def test_a_disk_that_fails_in_the_middle_loses_nothing_that_was_there(root: Path) -> None:
    Collected(root).append("kept" * 100)
    # The system itself refuses: no file of this process may grow beyond 1,000 bytes.
    program = (
        "import resource, signal, sys; from pathlib import Path; from gui.collected import Collected\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "Collected(Path(sys.argv[1])).append('new' * 1000)"
    )
    refused = subprocess.run(
        [sys.executable, "-c", program, str(root)], env=environment(), capture_output=True, text=True
    )
    assert "could not be saved" in refused.stderr
    assert Collected(root).path.read_text() == "kept" * 100 + "\n"
    assert [file.name for file in (root / "data").iterdir()] == ["collected.jsonl"]


def test_what_a_killed_process_left_is_swept_before_training_reads_it(root: Path) -> None:
    (root / "data" / ".collected-ab12.jsonl").write_text("half a li")
    Collected(root).append("new")
    assert [file.name for file in (root / "data").iterdir()] == ["collected.jsonl"]


def test_a_folder_that_is_a_file_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(DigitsError, match=r"could not be saved .*make the folder writable"):
        Collected(tmp_path).append("new")


def test_counts_what_the_last_training_has_not_seen(clone: Clone, root: Path) -> None:
    shutil.copytree(clone.path / "data", root / "data", dirs_exist_ok=True)
    shutil.copy(clone.path / "dvc.lock", root)
    collected = Collected(root)
    assert collected.waiting() == 0
    for count in (1, 2, 3):
        collected.append(json.dumps(count))
        assert collected.waiting() == count
    collected.remove("2")
    assert collected.waiting() == 2
    (root / "data" / "others.jsonl").write_text("")
    assert collected.waiting() is None
