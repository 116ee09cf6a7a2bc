"""The pictures of an evaluation: each is one function, and none knows which test sets there are."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from digits.charts import evaluation as charts
from digits.charts.style import save
from digits.data.pages import Page
from digits.data.sets import DigitSet
from digits.evaluation import breakdown, pages
from digits.evaluation.held_out import Tests
from digits.evaluation.outside import Outside
from digits.evaluation.pages import NOTHING, PageReading
from digits.evaluation.results import Results
from digits.reading.reading import Reading

SETS = ("mnist", "pen", "letters")
"""The last one is new: nothing knows it."""


@pytest.fixture(scope="module")
def results() -> Results:
    """An evaluation of noise that reads nine digits in ten right, in three sets, the last two by two people each."""
    rng = np.random.default_rng(0)
    tests: Tests = {}
    for name in SETS:
        labels = np.tile(np.arange(10), 30)
        answer = np.where(rng.random(300) < 0.9, labels, rng.integers(10, size=300))
        logits = rng.normal(size=(300, 10)) + 4 * np.eye(10)[answer]
        probabilities = (np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)).astype(np.float32)
        writers = np.where(np.arange(300) < 100, "ann", "bob") if name != "mnist" else np.full(300, "")
        images = rng.integers(256, size=(300, 28, 28), dtype=np.uint8)
        tests[name] = (DigitSet(images, labels.astype(np.uint8), writers), probabilities)
    doubtful = {"index": 3, "given": 3, "guessed": 8, "for_given": 2, "for_guessed": 3, "neither": 0}
    depth = breakdown.breakdown(tests, 1.5, 0.7, 15)
    depth["mnist"]["doubtful"] = [doubtful | {"read": 8, "confidence": 0.9}]
    curve = {"digits": 300, "undamaged": 0.9, "mean": 0.7, "by_corruption": {"blur": [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]}}
    scored = {"accuracy": 0.9, "digits": 20}
    paper = np.full((60, 90), 255, np.uint8)
    page_readings = [
        PageReading(
            Page(paper, paper, [], written, kind, kind == "plain"), Reading(text="$12", uncertain=kind == "comb")
        )
        for kind, written in (("plain", "$12"), ("plain", "$42"), ("comb", "123\n4"), (NOTHING, ""))
    ]
    suspect = {"given": 1, "suggested": 7, "confidence": 0.9, "writer": "", "index": 5}
    return Results(
        tests=tests,
        bins=15,
        shown=20,
        metrics={},
        handwriting={
            "conditions": {"small": {"strokes": scored}},
            "styles": {"open 4": scored},
            "forms": {"0 slashed": scored | {"share": 0.2}},
            "numbers": {"strokes": {"all": 0.9}},
            "uncertain": {"outlier": {"kinds": {"blot": 0.05}}},
        },
        made_pages=pages.report(page_readings),
        page_readings=page_readings,
        depth=depth,
        robustness={
            "corrupted": dict.fromkeys(SETS, curve),
            "tutorial": {"mnist": curve},
            "small": {name: {"28": 0.9, "5": 0.1} for name in SETS},
        },
        outside=Outside([np.zeros((40, 40), np.uint8)] * 3, [1, 2, 3], ["1", "", "8\n8"]),
        labels={name: {"suspicious": 1, "digits": 300, "most": [suspect]} for name in SETS},
        suspects={name: [np.zeros((28, 28), np.uint8)] for name in SETS},
        history=None,
    )


def test_every_chart_draws_whatever_sets_there_are(results: Results) -> None:
    drawn = dict(charts.draw(results))
    assert {*charts.charts()} - {*drawn} == {"learning"}  # the history of a training that was not given
    for name in ("confusion", "reliability", "confidence"):
        titles = [axes.get_title() + axes.get_title("left") for axes in drawn[name].axes]
        assert all(any(title.startswith(each) for title in titles) for each in SETS)


def test_a_marked_function_is_a_chart_and_nothing_else_names_it(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a function of something that an evaluation has
    drawn: dict[str, charts.Draw] = {}
    monkeypatch.setattr(charts, "_drawn", drawn)
    monkeypatch.setattr(charts, "_captions", {})
    monkeypatch.setattr(charts, "charts", lambda: drawn)

    @charts.chart("How many were read")
    def counts(tests: Tests) -> Figure:
        return Figure(figsize=(len(tests), 1))

    # then it is drawn from that, and stands on the model card
    ((name, figure),) = charts.draw(results)
    assert (name, figure.get_figwidth()) == ("counts", len(SETS))
    assert charts.captions() == {"counts": "How many were read"}


def test_equal_pictures_are_equal_files(results: Results, tmp_path: Path) -> None:
    for name in ("first", "second"):
        save(charts.charts()["outside"](results.outside, results.shown), tmp_path / f"{name}.png")
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()
