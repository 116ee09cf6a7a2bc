"""Whole readings of made pages, against answers worked out by hand; and a champion that is guarded by them."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from clone import Clone

from digits.data import paper
from digits.data.pages import Page
from digits.data.sets import DigitSet
from digits.evaluation import pages
from digits.evaluation.challenge import NUMBERS, challenge
from digits.evaluation.held_out import load_tests, load_written
from digits.evaluation.pages import NOTHING, PageReading
from digits.reading.parallel import ReaderPool
from digits.reading.reader import Reader
from digits.reading.reading import Digit, Reading

BLANK = np.zeros((1, 1), np.uint8)


def read(written: str, text: str, sure: float = 1.0, kind: str = "plain", touching: bool = False) -> PageReading:
    """A page and its reading, uncertain below a confidence of a half."""
    digits = tuple(Digit(int(sign), sure, (), (0, 0, 1, 1), False, BLANK) for sign in text if sign.isdigit())
    page = Page(BLANK, BLANK, [], written, kind, touching)
    return PageReading(page, Reading(digits, text, confidence=sure, uncertain=sure < 0.5))


@pytest.fixture(scope="module")
def tests(clone: Clone) -> dict[str, DigitSet]:
    return load_tests(clone.path / "artifacts" / "data")


@pytest.fixture(scope="module")
def made(tests: dict[str, DigitSet]) -> list[Page]:
    return pages.make_pages(load_written(tests), tests["mnist"], 4)


def test_each_kind_of_paper_has_as_many_pages_and_more_begin_with_the_same(
    tests: dict[str, DigitSet], made: list[Page]
) -> None:
    kinds = [page.kind for page in made]
    assert {kind: kinds.count(kind) for kind in kinds} == dict.fromkeys((*paper.KINDS, NOTHING), 4)
    assert all(bool(page.text) == (page.kind != NOTHING) for page in made)
    assert 10 <= sum(page.touching for page in made) <= 14
    fewer = pages.make_pages(load_written(tests), tests["mnist"], 1)
    assert all(np.array_equal(one.picture, other.picture) for one, other in zip(fewer, made, strict=False))


def test_digits_make_a_reading_right_and_signs_make_it_as_written() -> None:
    # given readings that are right, lack a sign, lack a digit surely and unsurely, and see one in nothing
    readings = [
        read("3,50", "3,50"),
        read("3,50", "350"),
        read("12", "1", 0.9, kind="ruled"),
        read("34", "3", 0.4, kind="ruled"),
        read("", "7", kind=NOTHING),
        read("", "", kind=NOTHING),
    ]
    # then each counts where it belongs
    found = pages.report(readings)
    values = {name: [of[key]["value"] for key in ("right", "as_written", "silently_wrong")] for name, of in (
        ("all", found["all"]), *found["kinds"].items(), *found["ways"].items(), ("nothing", found["nothing"]),
    )}  # fmt: skip
    assert values == {
        "all": [0.5, 0.25, 0.25],
        "plain": [1, 0.5, 0],
        "ruled": [0, 0, 0.5],
        "digits alone": [0, 0, 0.5],
        "with signs": [1, 0.5, 0],
        "nothing": [0.5, 0.5, 0.5],
    }
    summary = pages.summary(found)
    assert (summary["accuracy"], summary["errors"], summary["seen_in_nothing"]) == (0.5, 2, 0.5)
    assert summary["accuracy_with_signs"] == 1
    # and the worst come first: what it is sure of
    assert [one.reading.text for one in pages.worst(readings)] == ["7", "1", "3"]


def test_only_paper_without_cells_tells_touching_digits_from_those_apart() -> None:
    readings = [
        read("12", "12", touching=True),
        read("12", "12"),
        read("1", "1"),
        read("12", "12", kind="comb"),
        read("", "", kind=NOTHING),
    ]
    ways = pages.report(readings)["ways"]
    assert (ways["digits touching"]["pages"], ways["digits apart"]["pages"]) == (1, 1)


def test_whoever_looks_at_the_uncertain_is_left_with_the_risk_of_the_others() -> None:
    # given a page of which nothing was read, however sure that is
    readings = [read("5", "5", sure) for sure in (0.9, 0.8, 0.7)] + [read("6", "8", 0.6), read("7", "9", 0.1)]
    readings += [read("44", "", 1.0), read("", "", kind=NOTHING)]
    found = pages.report(readings)["selective"]["right"]
    # then it answers last
    assert found["coverage_at_zero_errors"]["value"] == 0.5
    assert found["at_threshold"]["coverage"]["value"] == pytest.approx(5 / 6)
    assert found["at_threshold"]["risk"]["value"] == pytest.approx(2 / 5)


def test_a_model_without_a_page_network_reads_no_number_and_never_silently(
    model: Path, made: list[Page], tmp_path: Path
) -> None:
    older, stripped = tmp_path / "older.onnx", onnx.load(model)
    kept = [entry for entry in stripped.metadata_props if entry.key != "page_network"]
    del stripped.metadata_props[:]
    stripped.metadata_props.extend(kept)
    onnx.save(stripped, older)
    with ReaderPool(older) as readers:
        found = pages.report(pages.read_pages(readers, made))
    assert (found["all"]["right"]["value"], found["all"]["silently_wrong"]["value"]) == (0, 0)


def test_a_challenger_that_is_worse_on_whole_numbers_alone_is_worse(
    model: Path, challenger: Path, tests: dict[str, DigitSet]
) -> None:
    # given a worse reader of digits, and numbers, if short ones, of which the champion reads all
    worse, champion, digits = Reader(challenger), Reader(model), tests["mnist"].images[:1000]
    texts = [champion.read(255 - digit).text for digit in digits]
    numbers = [Page(255 - digit, digit, [], text, "plain", False) for digit, text in zip(digits, texts, strict=True)]
    # when both read these, and test digits too few to tell
    few = {name: DigitSet(of.images[:5], of.labels[:5], of.writers[:5]) for name, of in tests.items() if name != "page"}
    found = challenge(worse, champion, few, numbers, 0.05)
    # then the numbers decide, and only against the challenger
    assert {name for name, of in found.items() if of.worse} == {NUMBERS}
    assert found[NUMBERS].champion == 0
    assert not challenge(champion, worse, few, numbers, 0.05)[NUMBERS].worse
