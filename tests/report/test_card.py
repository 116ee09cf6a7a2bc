"""The model card: what its two forms say, how a browser shows it, and that the registered version leads to it."""

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import browser
import pytest
from clone import Clone
from omegaconf import OmegaConf

from digits.evaluation.held_out import load_tests, read_tests
from digits.files import sha256
from digits.reading.reader import Reader
from digits.report import card
from digits.report.card.facts import PACKAGES
from digits.report.card.page import code

VERSION = """
import json
from digits.tracking import runs
version = runs.connect().get_model_version_by_alias("digits", "champion")
print(json.dumps({"about": version.description, "card": version.tags["card"]}))
"""

SEEN = """({
  title: document.title,
  titles: [...document.querySelectorAll("h1, h2")].map(each => each.textContent),
  leads: document.querySelectorAll("h2 + p").length,
  images: document.images.length,
  broken: [...document.images].filter(each => !each.naturalWidth).map(each => each.alt),
  wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  missing: [...document.querySelectorAll("nav a")].filter(each => !document.getElementById(each.hash.slice(1))).length,
})"""
"""What the browser makes of the page."""


@pytest.fixture(scope="module")
def reports(clone: Clone) -> Path:
    """The evaluation's folder of the clone's pipeline."""
    return clone.path / "reports"


@pytest.fixture(scope="module")
def text(reports: Path) -> str:
    """The card as Markdown."""
    return (reports / card.TEXT).read_text()


@pytest.fixture(scope="module")
def page(reports: Path) -> str:
    """The card as HTML."""
    return (reports / card.PAGE).read_text()


@pytest.fixture(scope="module")
def rewritten(clone: Clone, model: Path, reports: Path) -> Callable[..., str]:
    """Writes the card once more, elsewhere, from some of the reports and charts; gives its text."""
    reader, data = Reader(model), clone.path / "artifacts" / "data"
    shown = OmegaConf.load(clone.path / "conf" / "evaluate" / "default.yaml").gallery
    tests = read_tests(reader, load_tests(data))

    def write(out: Path, names: Sequence[str], charts: Mapping[str, Path]) -> str:
        found = {name: json.loads((reports / f"{name}.json").read_text()) for name in names}
        card.write(reader, tests, data, found, charts, shown, out)
        return (out / card.TEXT).read_text()

    return write


def test_both_forms_hold_the_same_figures(text: str, page: str) -> None:
    rows = [line for line in text.splitlines() if line.startswith("|") and not re.fullmatch(r"[|-]+", line)]
    said = [re.sub(r"[*`]", "", cell).strip() for row in rows for cell in row.strip("|").split("|")]
    shown = [html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<t[dh]>(.*?)</t[dh]>", page, re.S)]
    assert len(said) > 100
    assert shown == said
    headings = re.findall(r"^##? (.+)$", text, re.MULTILINE)
    assert [html.unescape(title) for title in re.findall(r"<h[12]>(.+)</h[12]>", page)] == headings


def test_its_figures_are_those_of_the_reports_and_of_the_files(
    clone: Clone, model: Path, reports: Path, text: str
) -> None:
    metrics = json.loads((reports / "metrics.json").read_text())
    assert f"**{100 * metrics.pop('made_pages')['accuracy']:.1f} %**" in text
    for values in metrics.values():
        assert f"**{100 * values['accuracy']:.2f} %**" in text
        assert f"{values['errors']} read wrong" in text
    for of in json.loads((reports / "handwriting.json").read_text())["styles"].values():
        assert f"| {100 * of['accuracy']:.1f} % | {of['digits']} |" in text
    assert sha256(model) in text
    named = re.findall(r"^\| (\S+) \| [\d,]+ \| \S+ \| .+ \| `(\w{64})` \|$", text, re.MULTILINE)
    assert {"mnist-train", "pen-train", "mnist-test", "pen-test"} <= {name for name, _ in named}
    for name, digest in named:
        assert digest == sha256(clone.path / "artifacts" / "data" / f"{name}.npz")
    assert all(re.search(rf"\b{name} \d", text) for name in PACKAGES)
    for picture in re.findall(r"!\[.+\]\((.+)\)", text):
        assert (reports / picture).is_file()


def test_it_is_a_function_of_its_inputs(
    clone: Clone, reports: Path, page: str, text: str, tmp_path: Path, rewritten: Callable[..., str]
) -> None:
    charts = {path.stem: path for path in (reports / "charts").glob("*.png")}
    assert rewritten(tmp_path, ["metrics", "handwriting", "made_pages", "depth", "robustness"], charts) == text
    assert (tmp_path / card.PAGE).read_text() == page
    assert str(clone.path.parent) not in page + text


def test_what_was_not_measured_is_said_with_the_command_that_measures_it(
    text: str, tmp_path: Path, rewritten: Callable[..., str]
) -> None:
    poor = rewritten(tmp_path, ["metrics", "handwriting"], {})
    commands = {"dvc repro", "python -m digits.stages.evaluate evaluate=full"}
    assert set(re.findall(r"Not measured here: `(.+)` does", poor)) == commands
    assert "![" not in poor
    assert poor.count("\n## ") == text.count("\n## ")


def test_a_chart_that_no_section_speaks_of_stands_on_it_all_the_same(
    reports: Path, tmp_path: Path, rewritten: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digits.report.card.page.captions", lambda: {"new": "Never seen before"})
    text = rewritten(tmp_path, ["metrics", "handwriting"], {"new": reports / "charts" / "confusion.png"})
    assert text.endswith("## Further pictures\n\n![Never seen before](charts/new.png)\n")
    assert '<figure id="new">' in (tmp_path / card.PAGE).read_text()


def test_names_that_people_chose_are_no_markup() -> None:
    assert code("<b>|`me`\n# you") == r"`<b>\|'me' # you`"


def test_the_page_needs_nothing_beside_it(page: str) -> None:
    assert "default-src 'none'; img-src data:" in page
    assert not re.search(r"""\ssrc=["'](?!data:)|url\(|<script|<link|@import""", page)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_shows_all_of_it(reports: Path, text: str, width: int) -> None:
    # given the page in a browser, on a phone's width and on a desk's
    with browser.page(width, 900) as shown:
        complaints: list[str] = []
        shown.on("console", lambda message: complaints.append(message.text))
        shown.goto((reports / card.PAGE).as_uri())
        seen = shown.evaluate(SEEN)
    # then every section is there, begins with a sentence, and every picture is loaded
    assert seen["title"] == "Model card · Digits"
    assert seen["titles"] == re.findall(r"^##? (.+)$", text, re.MULTILINE)
    assert seen["leads"] == len(seen["titles"]) - 1
    assert seen["images"] >= len(re.findall(r"^!\[", text, re.MULTILINE))
    # and nothing is broken, leads nowhere or reaches over the edge, and the browser complains of nothing
    assert (seen["broken"], seen["missing"], seen["wider"], complaints) == ([], 0, 0, [])


def test_the_registered_version_leads_to_it(clone: Clone, page: str, text: str) -> None:
    version = json.loads(clone.run("python", "-c", VERSION).splitlines()[-1])
    assert version["about"].startswith(card.beginning(text))
    assert re.fullmatch(r"runs:/\w{32}/evaluation/card\.html", version["card"])
    run = version["card"].split("/")[1]
    assert f"/runs/{run}/artifacts/evaluation/card.html" in version["about"]
    for name in ("champion", run[:8]):
        said = re.search(r"^model card: (\S+)$", clone.run("digits", "card", name, "--no-browser"), re.MULTILINE)
        assert said
        assert (clone.path / said[1]).read_text() == page


def test_a_run_that_was_not_evaluated_has_no_card(clone: Clone) -> None:
    made = "from digits.tracking import runs\nimport mlflow\nruns.connect()\nmlflow.start_run(run_name='unscored')"
    clone.run("python", "-c", made)
    assert "has no model card" in clone.run("digits", "card", "unscored", "--no-browser", status=1)
