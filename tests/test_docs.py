"""What the pages say is so: figures are the reports', links lead somewhere, commands exist."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from digits.cli import parser
from digits.cli.status import computed_on

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "deploy/README.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))

ELSEWHERE = {("experiment", "quick_sweep"), ("hydra/launcher", "joblib"), ("model", "perceptron")}
"""Options that `digits sweep --best` writes, that Hydra's plugin brings, that CONTRIBUTING adds."""

each_page = pytest.mark.parametrize("page", [page for page in PAGES if page.exists()], ids=lambda page: page.name)


def code(text: str) -> str:
    """What a page shows as code: indented and fenced blocks, and what stands between backticks."""
    blocks = re.findall(r"^```.*?^```|^ {4}.*?$", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", text)])


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_figures_are_those_of_the_reports() -> None:
    here, committed = computed_on()
    if here != committed:
        pytest.skip(f"the reports here were computed on {here}, the pages tell of those of {committed}")
    done = subprocess.run(
        [sys.executable, "docs/figures.py", "--check"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["README.md", "docs/results.md", "docs/robustness.md"])
def test_a_share_comes_from_the_reports_or_stands_beside_its_command(name: str) -> None:
    for section in re.split(r"^## ", (ROOT / name).read_text(), flags=re.MULTILINE):
        by_hand = re.sub(r"<!-- \w[^>]*-->[^<]*<!-- -->", "", section)
        if re.search(r"python (-m|benchmarks/)", by_hand):
            continue
        said = re.sub(r"^ {4}.*$|95%\sintervals", "", by_hand, flags=re.MULTILINE)
        assert not re.findall(r"[\d.]+ ?%", said), section.splitlines()[0]


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().split()) < 900


@each_page
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if link.startswith("http"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@each_page
def test_commands_exist(page: Path) -> None:
    shown = code(page.read_text())
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"\bmake ([a-z]+)", shown):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"
    for script in re.findall(r"\bpython ([\w/]+\.py)", shown):
        assert (ROOT / script).is_file(), script
    for module in re.findall(r"\bpython -m (digits[\w.]+)", shown):
        assert (ROOT / "src" / module.replace(".", "/")).with_suffix(".py").is_file(), module
    for group, option in re.findall(r"(?<![\w.])([a-z_/]+)=([a-z]\w*)\b", shown):
        if (ROOT / "conf" / group).is_dir() and (group, option) not in ELSEWHERE:
            assert (ROOT / "conf" / group / f"{option}.yaml").is_file(), f"{group}={option}"
    for line in re.findall(r"^ +\$? ?digits (.+)$", shown, re.MULTILINE):
        arguments = re.split(r"\s+#|\s+>|\s*&&", line)[0].split()
        if arguments[0].islower():
            parser().parse_args(arguments)


def test_the_architecture_is_that_of_the_pipeline_and_of_the_contracts() -> None:
    pipeline, rooms = re.findall(r"^    .+(?:\n    .+)*", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE)[
        ::2
    ]
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    assert re.findall(r"\w+", pipeline.splitlines()[0]) == [*stages]
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    layers = re.findall(r"(?:digits\.)?(\w+)", " ".join(contract["layers"]))
    drawn = dict.fromkeys(name for name in re.findall(r"\w+", rooms) if name in layers)
    assert [*drawn] == [name for name in layers if name != "reader"]  # which only forwards to reading
