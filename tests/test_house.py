"""What no linter checks of the source: how long a file and a function may be, and where the window's words stand."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from gui import words

ROOT = Path(__file__).parents[1]

LINES_OF_A_FILE = 350
LINES_OF_A_FUNCTION = 50

LONGER: dict[tuple[str, str], str] = {}
"""File and function (or the file alone, with an empty name): why it may."""

WORD = re.compile(r"(?=.*[^\W\d]).* .*|[A-Z][a-z]+…?", re.DOTALL)
"""What people see: letters and a space, or one word that begins like a title."""

NO_WORDS = {
    "gui/views/look.py": "typefaces, and Tk's names of fonts",
    "gui/work/log.py": "how a line of the log is laid out",
}
"""Modules of the window whose texts are none of its words: why."""

NAMES = {
    *("Picture", "Sheet", "Reading", "Model", "Window"),  # groups of actions, which gui/actions.py names
    *("Digits", "Entry", "Text", "Toolbutton", "Tab", "Mod", "Command", "Control", "x %D"),  # what Tk is told
    "Dark",  # darkdetect's answer
    "Session",  # a class
}
"""What looks like a word that people see, and is for a program."""


def sources(folder: str = "") -> Iterator[tuple[str, str]]:
    """Every module, in git or about to be, and its text."""
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\n")):
        if name.startswith(folder) and (ROOT / name).exists():
            yield name, (ROOT / name).read_text()


def test_files_and_functions_fit_into_the_head() -> None:
    long = set()
    for name, text in sources():
        if text.count("\n") > LINES_OF_A_FILE:
            long.add((name, ""))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= LINES_OF_A_FUNCTION:
                long.add((name, node.name))
    assert long == set(LONGER)


def literals(node: ast.AST) -> Iterator[str]:
    """The texts in a piece of code, values in them as `x`; none that document, annotate, decorate or match."""
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.JoinedStr(parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts)
            for part in parts:
                yield from literals(part.value) if isinstance(part, ast.FormattedValue) else ()
        case ast.Expr(ast.Constant()) | ast.Call(ast.Attribute(ast.Name("re"))):
            return
        case _:
            for name, value in ast.iter_fields(node):
                if name not in ("annotation", "returns", "decorator_list"):
                    for child in value if isinstance(value, list) else [value]:
                        yield from literals(child) if isinstance(child, ast.AST) else ()


def test_what_people_see_in_the_window_stands_in_its_words() -> None:
    seen = [
        (name, text)
        for name, source in sources("gui/")
        if not name.startswith("gui/words/") and name not in NO_WORDS
        for text in literals(ast.parse(source))
        if WORD.fullmatch(text) and text not in NAMES
    ]
    assert not seen, "these belong into gui/words/"


def test_every_template_of_the_words_gets_its_values() -> None:
    wrong = []
    for name, source in sources("gui/"):
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(ast.Attribute(ast.Attribute(ast.Attribute(ast.Name("words"), place), entry), "format")):
                    template = getattr(getattr(words, place), entry)
                    wanted = {field for _, field, _, _ in Formatter().parse(template) if field is not None}
                    if wanted != {keyword.arg for keyword in node.keywords}:
                        wrong.append((name, entry))
    assert not wrong
