"""notebooks/: each runs on the small data and few runs of a scratch clone; git holds what it shows on all of them."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from clone import Clone

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

ABSOLUTE = re.compile(r"file:|(?<![\w.~:</])/\w[\w.-]*/\w|\\n/\w")
"""A path from the root of a machine, also at the beginning of a printed line."""

LARGEST = 500_000
"""Bytes of a notebook in git."""


def code(notebook: Path) -> list[nbformat.NotebookNode]:
    """Its cells of code, after a check of the whole."""
    content = nbformat.read(notebook, as_version=4)
    nbformat.validate(content)
    return [cell for cell in content.cells if cell.cell_type == "code"]


def shown(notebook: Path) -> list[tuple[str, list[str]]]:
    """The name of each cell of code, and the kinds of what it shows."""
    return [
        (cell.id, [kind for output in cell.outputs for kind in output.get("data", {"text": ""})])
        for cell in code(notebook)
    ]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_git_holds_what_it_shows_and_nothing_of_when_and_where(notebook: Path) -> None:
    cells = code(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))  # as one run leaves them
    assert sum("image/png" in kinds for _, kinds in shown(notebook)) >= 5
    assert notebook.stat().st_size < LARGEST
    assert set(json.loads(notebook.read_text())["metadata"]) == {"kernelspec"}
    for cell in cells:
        assert "execution" not in cell.metadata
        for output in cell.outputs:
            said = {kind: held for kind, held in output.get("data", {}).items() if kind != "image/png"}
            text = repr({**output, "data": said})
            assert not ABSOLUTE.search(text), text


@pytest.mark.long
def test_every_notebook_runs_and_shows_as_much(
    clone: Clone, challenger: Path, finished_study: str, tmp_path: Path
) -> None:
    clone.run("python", "notebooks/execute.py", "--out", str(tmp_path), STUDY=finished_study)
    for notebook in NOTEBOOKS:
        assert shown(tmp_path / notebook.name) == shown(notebook)


def test_a_cell_that_fails_is_named_and_nothing_is_written(clone: Clone, tmp_path: Path) -> None:
    # given a notebook whose second cell fails
    content = nbformat.v4.new_notebook()
    content.cells = [nbformat.v4.new_code_cell(source) for source in ("1 + 1", "raise ValueError('no such digit')")]
    broken = tmp_path / "broken.ipynb"
    nbformat.write(content, broken)
    before = broken.read_bytes()
    # then executing it says so
    output = clone.run("python", "notebooks/execute.py", str(broken), status=1)
    assert "broken.ipynb fails" in output
    assert "no such digit" in output
    assert broken.read_bytes() == before
