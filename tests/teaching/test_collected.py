"""data/collected.jsonl: every line arrives, whole, and none is ever lost."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from clone import Clone
from hand import environment

from digits.data.pen import read_samples
from digits.teaching.collected import Samples, sample_line

STROKES = [[(0.04, 1.26), (10.0, 20.0)], [(5.0, 5.0)]]


def test_a_line_is_a_sample_as_training_reads_it(root: Path) -> None:
    Samples(root).extend([sample_line(7, "Émile", STROKES)])
    (sample,) = read_samples(root / "data")
    assert (sample.digit, sample.writer) == (7, "Émile")
    assert sample.strokes == [[[0.0, 1.3], [10.0, 20.0]], [[5.0, 5.0]]]


def test_undo_removes_one_line_and_leaves_the_others_as_they_were(root: Path) -> None:
    samples = Samples(root)
    for line in ("a", "b", "a", "c"):
        samples.extend([line])
    samples.replace(["a"], [])
    assert samples.path.read_text() == "a\nb\nc\n"
    samples.replace(["not there"], [])
    for line in ("a", "b", "c"):
        samples.replace([line], [])
    assert not samples.path.exists()


def test_a_line_takes_another_s_place_and_gives_it_back(root: Path) -> None:
    samples = Samples(root)
    samples.extend(["a", "three", "b"])
    samples.replace(["three"], ["four"])
    assert samples.path.read_text() == "a\nfour\nb\n"
    samples.replace(["four"], ["three"])
    assert samples.path.read_text() == "a\nthree\nb\n"
    samples.replace(["gone already"], ["new"])
    assert samples.path.read_text() == "a\nthree\nb\nnew\n"


def test_a_last_line_without_its_end_is_not_grown_together_with_the_next(root: Path) -> None:
    samples = Samples(root)
    samples.path.write_text("by hand")
    samples.extend(["new"])
    assert samples.path.read_text() == "by hand\nnew\n"


def test_a_name_may_hold_what_unicode_takes_for_the_end_of_a_line(root: Path) -> None:
    samples = Samples(root)
    lines = [sample_line(7, name, STROKES) for name in ("A\u2028B", "A\x85B", "A\x0cB")]
    for line in lines:
        samples.extend([line])
    assert samples.path.read_bytes().decode() == "".join(f"{line}\n" for line in lines)


def test_two_processes_at_once_mix_and_lose_no_line(root: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from digits.teaching.collected import Samples\n"
        "for i in range(40): Samples(Path(sys.argv[1])).extend([sys.argv[2] * 500 + str(i)])"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(root), name], env=environment()) for name in ("x", "y")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    lines = Samples(root).path.read_text().splitlines()
    for name in ("x", "y"):
        assert [line for line in lines if line[0] == name] == [name * 500 + str(i) for i in range(40)]
    assert len(lines) == 80


def test_what_a_killed_process_left_is_swept_before_training_reads_it(root: Path) -> None:
    (root / "data" / ".collected-ab12.jsonl").write_text("half a li")
    Samples(root).extend(["new"])
    assert [file.name for file in (root / "data").iterdir()] == ["collected.jsonl"]


def test_a_disk_that_fails_in_the_middle_loses_nothing_and_adds_nothing(root: Path) -> None:
    samples = Samples(root)
    samples.extend(["kept" * 100])
    # The system itself refuses: no file of this process may grow beyond 1,000 bytes.
    program = (
        "import resource, signal, sys; from pathlib import Path; from digits.teaching.collected import Samples\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "Samples(Path(sys.argv[1])).extend(['short', 'new' * 1000])"
    )
    refused = subprocess.run([sys.executable, "-c", program, str(root)], env=environment(), capture_output=True)
    assert b"could not be saved" in refused.stderr
    assert samples.path.read_text() == "kept" * 100 + "\n"
    assert [file.name for file in (root / "data").iterdir()] == ["collected.jsonl"]
    samples.extend(["a", "b"])
    assert samples.path.read_text() == "kept" * 100 + "\na\nb\n"


def test_counts_what_the_last_training_has_not_seen(clone: Clone, root: Path) -> None:
    shutil.copytree(clone.path / "data", root / "data", dirs_exist_ok=True)
    shutil.copy(clone.path / "dvc.lock", root)
    samples = Samples(root)
    assert samples.waiting() == 0
    for count in (1, 2, 3):
        samples.extend([json.dumps(count)])
        assert samples.waiting() == count
    samples.replace(["2"], [])
    assert samples.waiting() == 2
    cancelled = yaml.safe_load(
        (root / "dvc.lock").read_text()
    )  # a training that was stopped after preprocess had seen them
    for entry in (*cancelled["stages"]["preprocess"]["deps"], *cancelled["stages"]["preprocess"]["outs"]):
        entry["md5"] = "another"
    (root / "dvc.lock").write_text(yaml.safe_dump(cancelled))
    assert samples.waiting() == 2
    (root / "data" / "others.jsonl").write_text("")
    assert samples.waiting() is None
