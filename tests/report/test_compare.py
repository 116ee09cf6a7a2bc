"""`digits compare`: which runs it takes, what it says, and what stands on its page."""

import base64
import html
import io
import re
from pathlib import Path

import numpy as np
import pytest
from clone import Clone
from mlflow import MlflowClient
from mlflow.entities import Param, Run, RunData, RunInfo
from PIL import Image

from digits.data.kinds import KINDS
from digits.evaluation import scores
from digits.evaluation.comparison import Contender
from digits.evaluation.held_out import load_tests, read_tests
from digits.reading.reader import Reader
from digits.report.compare import page as pages
from digits.report.compare import words
from digits.report.compare.contenders import differing

UNKNOWN = """
import mlflow, sys
from digits.cli import main
from digits.tracking import runs
runs.connect()
with mlflow.start_run(run_name="<b>interrupted</b>"):
    pass
for names in (["ffffff"], ["models:/digits/99"], ["champion", "<b>interrupted</b>"], ["champion"], ["champion"] * 2):
    assert main(["compare", *names]) == 1
"""


@pytest.fixture(scope="module")
def said(clone: Clone, challenger: Path) -> str:
    """What `digits compare` prints of the champion and the challenger."""
    return clone.run("digits", "compare", "champion", challenger.parent.name[-6:])


@pytest.fixture(scope="module")
def page(clone: Clone, said: str) -> str:
    found = re.search(r"^page\s+(\S+)$", said, re.MULTILINE)
    assert found
    return (clone.path / found[1]).read_text()


def test_without_arguments_the_champion_meets_the_newest_run(clone: Clone, challenger: Path) -> None:
    first, second = re.findall(r"^[AB]   \S.*", clone.run("digits", "compare"), re.MULTILINE)[:2]
    assert "champion" in first
    client = MlflowClient(f"sqlite:///{clone.path}/mlflow.db")
    experiment = client.get_experiment_by_name("digits")
    assert experiment
    runs = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time DESC"])
    ids = [run.info.run_id[:6] for run in runs]
    newest = ids[: ids.index(challenger.parent.name[-6:]) + 1]  # another test may have trained since
    assert any(one in second for one in newest)


def test_whose_the_two_are_and_what_differs_is_said(said: str, challenger: Path) -> None:
    first, second = re.findall(r"^[AB]   \S.*", said, re.MULTILINE)[:2]
    assert "champion" in first
    assert challenger.parent.name[-6:] in second
    assert "not registered" in second
    differing = {line.split()[0] for line in said.split("config  ")[1].split("\n\n")[0].splitlines()[1:]}
    assert {"mix.mnist", "train.epochs", "train.views"} <= differing
    assert "model.width" not in differing


def test_scores_p_and_pictures_are_those_of_the_models_on_the_test_images(
    clone: Clone, model: Path, challenger: Path, said: str, page: str
) -> None:
    champion, other = Reader(model), Reader(challenger)
    shown = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="a written (\d)" title="(\w+) #(\d+)"', page)
    for name, digits in load_tests(clone.path / "artifacts" / "data").items():
        first, second = (reader.classify(digits.images).argmax(axis=1) for reader in (champion, other))
        found = scores.compare(first, second, digits.labels)
        alone = f"wrong alone: A {found.only_first_wrong}, B {found.only_second_wrong}; McNemar's {found.chance}"
        assert alone in said
        assert html.escape(found.chance) in page
        for errors in ((first != digits.labels).sum(), (second != digits.labels).sum()):
            assert re.search(rf">{errors} <small>\[\d+, \d+\]</small>", page)
        # every digit shown is one that exactly one of them reads wrong, as it is in the set
        tiles = [(png, int(label), int(position)) for png, label, test, position in shown if test == name]
        assert 0 < len(tiles) <= found.only_first_wrong + found.only_second_wrong
        for _, label, position in tiles:
            assert label == digits.labels[position]
            assert (first[position] != label) != (second[position] != label)
        png, _, position = tiles[0]
        ink = Image.open(io.BytesIO(base64.b64decode(png))).getchannel("A")
        assert np.array_equal(np.asarray(ink), digits.images[position])


def test_the_page_needs_nothing_beside_it(page: str) -> None:
    assert "default-src 'none'; img-src data:" in page
    assert not re.search(r"""(src|href)=["'](?!data:)|url\(|<script|<link|@import""", page)
    assert page.count("<svg") == len(KINDS) * 3  # of each: errors, and the reliability of both


def test_mlflow_keeps_the_page_with_the_newest_run(clone: Clone, challenger: Path, page: str) -> None:
    (kept,) = clone.path.glob(f"mlartifacts/{challenger.parent.name[-6:]}*/artifacts/compare/*.html")
    assert kept.read_text() == page


def test_what_cannot_be_compared_is_named(clone: Clone, challenger: Path) -> None:
    said = clone.run("python", "-c", UNKNOWN)
    assert "no run is called ffffff" in said
    assert "digits version 99 is not registered" in said
    assert re.search(r"run <b>interrupted</b> \(\w+\) has no model", said)
    assert "that is the champion itself" in said
    assert "champion and champion are the same run" in said


def run(name: str, **params: str) -> Run:
    """A finished run as MLflow tells of it."""
    info = RunInfo(name, "1", "someone", "FINISHED", 0, 0, "active", run_name=name)
    return Run(info, RunData(params=[Param("epochs", "2"), *(Param(key, value) for key, value in params.items())]))


def test_three_runs_are_tabulated_without_pairs(clone: Clone, model: Path) -> None:
    # given three runs whose configs differ in the seed alone
    tests = {"pen": load_tests(clone.path / "artifacts" / "data")["pen"]}
    readings = read_tests(Reader(model), tests)
    contenders = [Contender(letter, run(f"<i>{letter}</i>", seed=letter), "", readings, 15) for letter in "ABC"]
    # then that is said, and their scores, and nobody is called better
    configs = differing(contenders)
    assert configs == {"seed": ["A", "B", "C"]}
    said = words.tables(contenders, configs, None)
    assert len(re.findall(r"^[ABC]  .*%", said, re.MULTILINE)) == 3
    assert "better" not in said
    text = pages.render(contenders, configs, None)
    assert text.count('class="card who') == 3
    assert "<img" not in text
    # and a name is text, whatever it holds
    assert "<i>" not in text
    assert "&lt;i&gt;A&lt;/i&gt;" in text
    assert re.fullmatch(r"[\w.-]+", words.file_name(contenders[:2]))
