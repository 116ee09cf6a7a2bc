"""CONTRIBUTING.md's walkthroughs, followed to the letter in a copy of the scratch clone."""

import os
import re
import shutil
from pathlib import Path

import pytest
from clone import Clone

from digits.data.kinds import KINDS

TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text()

BLOCK = re.compile(
    r"^```\w+\n# (?P<file>[\w./]+), (?:at its end|a new file)\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL
)

BUTTONS = """
from gui.actions import ACTIONS
from gui.views.toolbar import Toolbar
from gui.window import Window

def widgets(parent):
    for child in parent.winfo_children():
        yield child
        yield from widgets(child)

window = Window()
[toolbar] = [widget for widget in widgets(window.tk) if isinstance(widget, Toolbar)]
buttons = [widget for widget in toolbar.winfo_children() if widget.winfo_class() in ("TButton", "TRadiobutton")]
assert len(buttons) == len([action for action in ACTIONS if action.icon])
ACTIONS[-1].run(window.session)
window.session.open_page("help")
print([widget.cget("text") for widget in widgets(window.tk) if widget.winfo_class() == "TLabel"])
window.close()
"""
"""In a window, runs the newest action, and prints all that is written in it then."""


@pytest.fixture(scope="module")
def followed(clone: Clone, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A copy of the clone, in which every step was taken."""
    path = tmp_path_factory.mktemp("contribution") / "digits"
    shutil.copytree(clone.path, path, symlinks=True)
    for block in BLOCK.finditer(TEXT):
        file = path / block["file"]
        assert file.exists() == ("at its end" in block[0].splitlines()[1]), file
        gap = "\n\n" if file.suffix == ".py" and file.exists() else ""
        with file.open("a") as end:
            end.write(gap + block["code"])
    return Clone(path)


def command(heading: str) -> list[str]:
    """What a section tells people to run."""
    section = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^ {4}(python .+)$", section, re.MULTILINE)[0].split()


def test_every_walkthrough_keeps_to_the_house(followed: Clone) -> None:
    followed.run("ruff", "check", "src", "gui")
    followed.run("ruff", "format", "--check", "src", "gui")
    path = f"{followed.path / 'src'}{os.pathsep}{followed.path}"
    followed.run("lint-imports", "--no-logo", PYTHONPATH=path)
    followed.run("pytest", "-q", "tests/test_house.py", PYTHONPATH=path)


@pytest.mark.long
def test_the_network_trains_and_its_keys_are_checked(followed: Clone) -> None:
    assert "perceptron" in followed.run(*command("Add a network"))
    said = followed.run(*command("Add a network"), "model.hiden=3", status=1)
    assert "model.hidden" in said


def test_the_corruption_is_read_by_the_model(followed: Clone) -> None:
    rows = re.findall(r"^dropouts((?: +[\d.]+%)+)$", followed.run(*command("Add a corruption")), re.MULTILINE)
    assert [len(row.split()) for row in rows] == [5] * len(KINDS)  # strengths, of all sets


def test_the_action_has_a_button_and_a_line_of_help(followed: Clone, display: str) -> None:
    path = f"{followed.path / 'src'}{os.pathsep}{followed.path}"
    said = followed.run("python", "-c", BUTTONS, DISPLAY=display, PYTHONPATH=path)
    assert "['Ctrl+K', 'Count the digits', 'how many were read']"[1:-1] in said
    assert "'0 digits'" in said
