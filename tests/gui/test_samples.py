"""data/collected.jsonl: every line arrives, whole, and none is ever lost."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from clone import Clone
from hand import ONE, SEVEN, Hand, environment
from PIL import Image

from digits.data.images import ImageSample, draw_plainly
from digits.data.pen import read_all, read_samples
from digits.ink import draw, normalise
from gui.work.samples import Samples, sample_line

STROKES = [[(0.04, 1.26), (10.0, 20.0)], [(5.0, 5.0)]]


def test_a_line_is_a_sample_as_training_reads_it(root: Path) -> None:
    Samples(root).append(sample_line(7, "Émile", STROKES))
    (sample,) = read_samples(root / "data")
    assert (sample.digit, sample.writer) == (7, "Émile")
    assert sample.strokes == [[[0.0, 1.3], [10.0, 20.0]], [[5.0, 5.0]]]


def test_undo_removes_one_line_and_leaves_the_others_as_they_were(root: Path) -> None:
    samples = Samples(root)
    for line in ("a", "b", "a", "c"):
        samples.append(line)
    samples.remove("a")
    assert samples.path.read_text() == "a\nb\nc\n"
    samples.remove("not there")
    for line in ("a", "b", "c"):
        samples.remove(line)
    assert not samples.path.exists()


def test_a_last_line_without_its_end_is_not_grown_together_with_the_next(root: Path) -> None:
    samples = Samples(root)
    samples.path.write_text("by hand")
    samples.append("new")
    assert samples.path.read_text() == "by hand\nnew\n"


def test_a_name_may_hold_what_unicode_takes_for_the_end_of_a_line(root: Path) -> None:
    samples = Samples(root)
    lines = [sample_line(7, name, STROKES) for name in ("A\u2028B", "A\x85B", "A\x0cB")]
    for line in lines:
        samples.append(line)
    assert samples.path.read_bytes().decode() == "".join(f"{line}\n" for line in lines)


def test_two_processes_at_once_mix_and_lose_no_line(root: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from gui.work.samples import Samples\n"
        "for i in range(40): Samples(Path(sys.argv[1])).append(sys.argv[2] * 500 + str(i))"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(root), name], env=environment()) for name in ("x", "y")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    lines = Samples(root).path.read_text().splitlines()
    for name in ("x", "y"):
        assert [line for line in lines if line[0] == name] == [name * 500 + str(i) for i in range(40)]
    assert len(lines) == 80


def test_a_disk_that_fails_in_the_middle_loses_nothing_that_was_there(root: Path) -> None:
    Samples(root).append("kept" * 100)
    # The system itself refuses: no file of this process may grow beyond 1,000 bytes.
    program = (
        "import resource, signal, sys; from pathlib import Path; from gui.work.samples import Samples\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "Samples(Path(sys.argv[1])).append('new' * 1000)"
    )
    refused = subprocess.run(
        [sys.executable, "-c", program, str(root)], env=environment(), capture_output=True, text=True
    )
    assert "could not be saved" in refused.stderr
    assert Samples(root).path.read_text() == "kept" * 100 + "\n"
    assert [file.name for file in (root / "data").iterdir()] == ["collected.jsonl"]


def test_what_a_killed_process_left_is_swept_before_training_reads_it(root: Path) -> None:
    (root / "data" / ".collected-ab12.jsonl").write_text("half a li")
    Samples(root).append("new")
    assert [file.name for file in (root / "data").iterdir()] == ["collected.jsonl"]


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """A picture with a 1 and a 7, far apart."""
    paper = Image.new("L", (600, 300), 235)
    for points, left in ((ONE, 80), (SEVEN, 380)):
        ink = draw([points], pen=18)
        paper.paste(Image.fromarray((235 * (1 - ink)).astype("uint8")), (left, 40))
    paper.save(tmp_path / "form.png")
    return tmp_path / "form.png"


def lines(hand: Hand) -> list[dict[str, object]]:
    """What was collected so far."""
    path = hand.session.lessons.samples.path
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def middle(hand: Hand, index: int) -> tuple[float, float]:
    """Of a digit that was read, on the sheet."""
    left, top, right, bottom = hand.window.sheet.to_view(hand.readout.digits[index].box, 0)
    return (left + right) / 2, (top + bottom) / 2


def test_a_digit_of_a_picture_is_taught_and_taken_back_as_one_of_strokes_is(
    window: Callable[..., Hand], model: Path, form: Path
) -> None:
    hand = window(model, form)
    hand.wait(lambda: len(hand.readout.digits) == 2)
    read = hand.readout.text
    right = hand.readout.digits[1].digit % 9 + 1  # not 0, which shows all of a picture where no digit is chosen
    hand.key(str(right))
    hand.says("Which one?")
    hand.click(middle(hand, 1))
    hand.key(str(right))
    hand.wait(lambda: len(lines(hand)) == 1)
    (sample,) = read_all(hand.session.root / "data")
    assert isinstance(sample, ImageSample)
    assert (sample.digit, sample.writer) == (right, "tester")
    left, top, end, bottom = sample.cutting.box
    assert 0.4 < (end - left) / (bottom - top) < 0.8
    assert difference(draw_plainly(sample), normalise(draw([SEVEN], pen=18))) < 20
    hand.wait(lambda: [shown.taught for shown in hand.readout.digits] == [False, True])
    hand.wait(lambda: hand.session.lessons.waiting == 1)

    hand.key(str(right))  # said before: nothing new
    hand.key("ctrl+z")
    hand.wait(lambda: not lines(hand))
    hand.reads(" ".join(read.split("\n")))
    hand.key("ctrl+y")
    hand.wait(lambda: len(lines(hand)) == 1)
    hand.key("ctrl+l")  # what was said stays said when the picture goes, and is known when it comes back
    hand.reads("")
    hand.key("alt+Left")
    hand.wait(lambda: [shown.taught for shown in hand.readout.digits] == [False, True])
    assert len(lines(hand)) == 1


def test_what_was_taught_is_known_in_a_part_of_the_picture(
    window: Callable[..., Hand], model: Path, form: Path
) -> None:
    hand = window(model, form)
    hand.wait(lambda: len(hand.readout.digits) == 2)
    hand.click(middle(hand, 1))
    hand.key("5")
    hand.wait(lambda: hand.readout.digits[1].taught)
    hand.session.sheet.select((300, 0, 600, 300))
    hand.session.changed()
    hand.wait(lambda: [(shown.digit, shown.taught) for shown in hand.readout.digits] == [(5, True)])


def test_the_first_digit_of_a_picture_gets_the_name_that_is_answered(
    window: Callable[..., Hand], model: Path, form: Path
) -> None:
    hand = window(model, form)
    hand.session.settings.writer = ""
    hand.wait(lambda: len(hand.readout.digits) == 2)
    hand.key("Right", "3")
    hand.says("Under which name?")
    hand.wait(lambda: len(lines(hand)) == 1)
    hand.key("ctrl+a", "A", "n", "n", "a", "Return")
    hand.wait(lambda: [line["writer"] for line in lines(hand)] == ["Anna"])
    assert [sample.writer for sample in read_all(hand.session.root / "data")] == ["Anna"]


def test_a_digit_of_a_picture_that_cannot_be_saved_is_not_shown_as_learned(
    window: Callable[..., Hand], model: Path, form: Path, root: Path
) -> None:
    shutil.rmtree(root / "data")
    (root / "data").write_text("in the way")
    hand = window(model, form)
    hand.wait(lambda: len(hand.readout.digits) == 2)
    hand.key("Right", "3")
    hand.says("could not be saved", "make the folder writable")
    hand.wait(lambda: not any(shown.taught for shown in hand.readout.digits))
    assert not hand.drawing.lessons


def difference(one: Any, other: Any) -> float:
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


def test_several_lines_are_added_whole_or_not_at_all(root: Path) -> None:
    samples = Samples(root)
    samples.append("kept" * 100)
    program = (
        "import resource, signal, sys; from pathlib import Path; from gui.work.samples import Samples\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "Samples(Path(sys.argv[1])).extend(['short', 'new' * 1000])"
    )
    refused = subprocess.run([sys.executable, "-c", program, str(root)], env=environment(), capture_output=True)
    assert b"could not be saved" in refused.stderr
    assert samples.path.read_text() == "kept" * 100 + "\n"
    samples.extend(["a", "b"])
    assert samples.path.read_text() == "kept" * 100 + "\na\nb\n"


def test_counts_what_the_last_training_has_not_seen(clone: Clone, root: Path) -> None:
    shutil.copytree(clone.path / "data", root / "data", dirs_exist_ok=True)
    shutil.copy(clone.path / "dvc.lock", root)
    samples = Samples(root)
    assert samples.waiting() == 0
    for count in (1, 2, 3):
        samples.append(json.dumps(count))
        assert samples.waiting() == count
    samples.remove("2")
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
