"""What no linter checks of the source: how long a file and a function may be."""

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]

LINES_OF_A_FILE = 350
LINES_OF_A_FUNCTION = 50

LONGER: dict[tuple[str, str], str] = {}
"""File and function (or the file alone, with an empty name): why it may."""


def test_files_and_functions_fit_into_the_head() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    long = set()
    for name in filter(None, listed.stdout.split("\n")):
        if not (ROOT / name).exists():
            continue
        text = (ROOT / name).read_text()
        if text.count("\n") > LINES_OF_A_FILE:
            long.add((name, ""))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= LINES_OF_A_FUNCTION:
                long.add((name, node.name))
    assert long == set(LONGER)
