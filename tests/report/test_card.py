"""The model card: what its two forms say, how a browser shows it, and that the registered version leads to it."""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from clone import Clone

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

FRAME = """<!doctype html><iframe src="card.html" style="width: %dpx; height: 900px; border: 0"></iframe>
<pre></pre><script>
onload = () => {
  const page = document.querySelector("iframe").contentDocument, root = page.documentElement
  document.querySelector("pre").textContent = JSON.stringify({
    title: page.title,
    titles: [...page.querySelectorAll("h1, h2")].map(each => each.textContent),
    leads: [...page.querySelectorAll("h2 + p")].map(each => each.textContent),
    images: page.images.length,
    broken: [...page.images].filter(each => !each.complete || !each.naturalWidth).map(each => each.alt),
    wider: root.scrollWidth - root.clientWidth,
    missing: [...page.querySelectorAll("nav a")].filter(each => !page.getElementById(each.hash.slice(1))).length,
  })
}
</script>"""
"""A page around the card, which itself may run nothing, that says what the browser makes of it."""


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
def rewritten(clone: Clone, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """Writes the card once more, from the reports and charts in another folder."""
    reader, data = Reader(model), clone.path / "artifacts" / "data"
    tests = read_tests(reader, load_tests(data))

    def write(folder: Path) -> None:
        reports = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
        charts = {path.stem: path for path in (folder / "charts").glob("*.png")}
        card.write(reader, tests, data, reports, charts, 60, folder)

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
    for values in json.loads((reports / "metrics.json").read_text()).values():
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
    clone: Clone, reports: Path, page: str, text: str, tmp_path: Path, rewritten: Callable[[Path], None]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(reports, elsewhere)
    for name in (card.PAGE, card.TEXT):
        (elsewhere / name).unlink()
    rewritten(elsewhere)
    assert (elsewhere / card.TEXT).read_text() == text
    assert (elsewhere / card.PAGE).read_text() == page
    assert str(clone.path.parent) not in page + text


def test_what_was_not_measured_is_said_with_the_command_that_measures_it(
    reports: Path, tmp_path: Path, rewritten: Callable[[Path], None]
) -> None:
    for name in ("metrics.json", "handwriting.json"):
        shutil.copy(reports / name, tmp_path)
    rewritten(tmp_path)
    text = (tmp_path / card.TEXT).read_text()
    for name in ("depth", "robustness", "labels"):
        assert f"![{name}]" not in text
    assert set(re.findall(r"Not measured here: `(.+)` does", text)) == {
        "dvc repro",
        "python -m digits.stages.evaluate evaluate=full",
    }
    assert "![" not in text
    assert text.count("\n## ") == (reports / card.TEXT).read_text().count("\n## ")


def test_names_that_people_chose_are_no_markup() -> None:
    assert code("<b>|`me`\n# you") == r"`<b>\|'me' # you`"


def test_the_page_needs_nothing_beside_it(page: str) -> None:
    assert "default-src 'none'; img-src data:" in page
    assert not re.search(r"""\ssrc=["'](?!data:)|url\(|<script|<link|@import""", page)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_shows_all_of_it(page: str, text: str, tmp_path: Path, width: int) -> None:
    # given the page in a browser, on a phone's width and on a desk's
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert browser, "Chromium is missing: `make test` installs it or says how"
    (tmp_path / "card.html").write_text(page)
    (tmp_path / "frame.html").write_text(FRAME % width)
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        options += [f"--user-data-dir={tmp_path / 'browser'}", "--window-size=1400,900", "--virtual-time-budget=20000"]
        address = f"http://127.0.0.1:{server.server_port}/frame.html"
        command = [browser, *options, "--enable-logging=stderr", "--dump-dom", address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=180)
        server.shutdown()
    said = re.search(r"<pre>(.+)</pre>", done.stdout)
    assert said, done.stderr
    seen = json.loads(html.unescape(said[1]))
    # then every section is there, begins with a sentence, and every picture is loaded
    assert seen["title"] == "Model card · Digits"
    assert seen["titles"] == re.findall(r"^##? (.+)$", text, re.MULTILINE)
    assert len(seen["leads"]) == len(seen["titles"]) - 1
    assert seen["images"] >= len(re.findall(r"^!\[", text, re.MULTILINE))
    assert seen["broken"] == []
    assert seen["missing"] == 0
    # and nothing reaches over the edge, and the browser complains of nothing
    assert seen["wider"] == 0
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line and "favicon" not in line] == []


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
