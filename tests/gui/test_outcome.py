"""What people are told when a training has ended."""

import json
from pathlib import Path

from digits.tracking.registry import Version
from digits.tracking.store import SHA_TAG
from gui.work.outcome import accuracies, outcome


def version(number: str, sha: str, champion: bool = False, decision: str = "") -> Version:
    return Version(number, champion, 0.0, "", "", {SHA_TAG: sha, "decision": decision}, {"pen.accuracy": 0.99})


FIRST = version("1", "a", champion=True)


def test_a_new_champion_is_named_with_what_changed() -> None:
    said = outcome(FIRST, [version("2", "b", champion=True), version("1", "a")], "b", {"pen": 0.995, "mnist": 0.9})
    assert "The new model, version 2, reads from now on." in said
    assert "pens 99.00% → 99.50%" in said
    assert "MNIST 90.00%" in said


def test_a_worse_model_is_called_worse() -> None:
    worse = version("2", "b", decision="refused: worse on pen than version 1")
    said = outcome(FIRST, [worse, FIRST], "b", {"pen": 0.98})
    assert "Version 1 goes on reading: the new one, version 2, is worse on pen than version 1." in said
    assert "pens 99.00% → 98.00%" in said


def test_the_same_model_again_is_no_loser() -> None:
    assert "is what this training gives" in outcome(FIRST, [FIRST], "a", {"pen": 0.99})


def test_without_a_champion_that_is_said() -> None:
    assert "no model was chosen" in outcome(None, [], "a", {})


def test_accuracies_come_from_the_report(tmp_path: Path) -> None:
    assert accuracies(tmp_path) == {}
    (tmp_path / "reports").mkdir()
    report = {"mnist": {"accuracy": 0.9966, "errors": 34}, "of another kind": {"errors": 3}}
    (tmp_path / "reports" / "metrics.json").write_text(json.dumps(report))
    assert accuracies(tmp_path) == {"mnist": 0.9966}
