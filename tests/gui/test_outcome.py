"""What people are told when a training has ended."""

import json
from pathlib import Path

from hand import SEVEN

from digits.reading.reader import Reader
from digits.teaching.collected import Samples, sample_line
from digits.tracking.registry import Version
from digits.tracking.store import SHA_TAG
from gui.work.outcome import learned, outcome, wrong


def version(number: str, sha: str, champion: bool = False, decision: str = "") -> Version:
    return Version(number, champion, 0.0, "", "", {SHA_TAG: sha, "decision": decision}, {"pen.errors": 8.0})


FIRST = version("1", "a", champion=True)


def test_a_new_champion_is_named_with_what_changed() -> None:
    said = outcome(FIRST, [version("2", "b", champion=True), version("1", "a")], "b", {"pen": 7, "mnist": 30})
    assert "The new model, version 2, reads from now on." in said
    assert "pens 8 → 7" in said
    assert "MNIST 30" in said


def test_a_worse_model_is_called_worse() -> None:
    worse = version("2", "b", decision="refused: worse on pen than version 1")
    said = outcome(FIRST, [worse, FIRST], "b", {"pen": 9})
    assert "Version 1 goes on reading: the new one, version 2, is worse on pen than version 1." in said
    assert "pens 8 → 9" in said


def test_the_same_model_again_is_no_loser() -> None:
    assert "is what this training gives" in outcome(FIRST, [FIRST], "a", {"pen": 8})


def test_without_a_champion_that_is_said() -> None:
    assert "no model was chosen" in outcome(None, [], "a", {})


def test_what_is_read_wrongly_comes_from_the_report(tmp_path: Path) -> None:
    assert wrong(tmp_path) == {}
    (tmp_path / "reports").mkdir()
    report = {"mnist": {"accuracy": 0.9966, "errors": 34}, "of another kind": {"errors": 3}}
    (tmp_path / "reports" / "metrics.json").write_text(json.dumps(report))
    assert wrong(tmp_path) == {"mnist": 34}


def test_it_is_said_whether_what_was_taught_is_read_now(root: Path, model: Path) -> None:
    assert learned(root, model) == ""
    samples, read = Samples(root), int(Reader(model).read([SEVEN]).text)
    samples.extend([sample_line(read, "me", [SEVEN])])
    assert learned(root, model) == "What you taught is read correctly now."
    samples.extend([sample_line((read + 1) % 10, "me", [SEVEN])])
    assert learned(root, model) == "Of 2 digits that you taught, 1 is read correctly now."
    samples.path.write_text("no lesson")
    assert learned(root, model) == ""
