"""The windows for forms: real ones, moved through by a real pointer and real keys."""

import json
import subprocess
import time
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks import forms
from digits.forms.form import load
from digits.forms.table import LOOK, Table
from gui.forms.describe import Describe
from gui.forms.draft import Draft
from gui.forms.review import Review


def do(window: tk.Tk, *commands: object) -> None:
    """Real events, through xdotool; the window lives meanwhile."""
    process = subprocess.Popen(["xdotool", *map(str, commands)])
    while process.poll() is None:
        window.update()
        time.sleep(0.002)
    assert process.returncode == 0
    settle(window)


def write(window: tk.Tk, text: str) -> None:
    """Types a text, and Enter."""
    do(window, "type", text)
    do(window, "key", "Return")


def settle(window: tk.Tk, until: Callable[[], object] = lambda: True, patience: float = 20) -> None:
    """Lets a window live for a moment, and until a condition holds."""
    end = time.monotonic() + patience
    soon = time.monotonic() + 0.3
    while time.monotonic() < soon or not until():
        assert time.monotonic() < end
        window.update()
        time.sleep(0.002)


def focus(window: tk.Tk) -> None:
    """Gives it the keys, as a window manager does."""
    window.focus_force()
    settle(window, lambda: window.focus_displayof() is not None)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """The empty form."""
    forms.draw_form().save(tmp_path / "card.png")
    return tmp_path / "card.png"


def test_fields_are_dragged_named_and_saved(picture: Path, display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", display)
    window = Describe(Draft(picture))
    try:
        settle(window.tk, lambda: window.picture.winfo_width() > 300)
        focus(window.tk)
        left, top, right, bottom = forms.layout()["meter"]
        scale = window.picture.scale_now
        x, y = window.picture.winfo_rootx(), window.picture.winfo_rooty()
        start, end = ((x + across * scale, y + down * scale) for across, down in ((left, top), (right, bottom)))
        do(window.tk, "mousemove", *map(round, start), "mousedown", 1)
        do(window.tk, "mousemove", *map(round, end), "mouseup", 1)
        write(window.tk, "meter reading")
        window.draft.set("digits", "6")
        window.show()
        do(window.tk, "key", "ctrl+s")

        form = load(picture.with_suffix(".yaml"))
        field = form.fields["meter reading"]
        assert form.picture == "card.png"
        assert np.abs(np.array(field.box) - forms.layout()["meter"]).max() <= 2 / scale + 1
        assert [field.value("012345"), field.value("12345")] == ["012345", None]
        assert "digits form read" in str(window.message.cget("text"))
    finally:
        window.tk.destroy()


def test_what_is_wrong_in_a_field_is_said_and_nothing_is_written(
    picture: Path, display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    window = Describe(Draft(picture))
    try:
        window.draft.add((10, 10, 200, 60))
        window.draft.use_kind("pattern")
        window.show()
        window.save()
        assert "pattern: Field required" in str(window.message.cget("text"))
        assert not picture.with_suffix(".yaml").exists()
    finally:
        window.tk.destroy()


def test_doubtful_fields_are_taken_or_corrected_with_one_key(
    tmp_path: Path, display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    file = tmp_path / "table.jsonl"
    rows = [
        {"path": "0.png", "meter": "123456", "year": "1976", LOOK: "meter: not sure; year: not sure", "form": "f.yaml"},
        {"path": "1.png", "meter": "1", "year": "2001", LOOK: "meter: may not stand here", "form": "f.yaml"},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    kept = []
    window = Review(
        Table(file),
        lambda path, page, form: {name: np.full((40, 200), 0.9, np.float32) for name in ("meter", "year")},
        lambda cut, read, right: kept.append((cut.shape, read, right)),
    )
    try:
        settle(window.tk, lambda: window.value.winfo_ismapped())
        focus(window.tk)
        do(window.tk, "key", "Return")
        write(window.tk, "1996")
        assert Table(file).rows[0] | {LOOK: ""} == Table(file).rows[0]
        assert [Table(file).rows[0][name] for name in ("meter", "year")] == ["123456", "1996"]
        do(window.tk, "key", "Next", "Prior")
        write(window.tk, "012345")
        assert not Table(file).doubts()
        assert kept == [((40, 200), "1976", "1996"), ((40, 200), "1", "012345")]
        assert "All looked at" in str(window.what.cget("text"))
    finally:
        window.tk.destroy()
