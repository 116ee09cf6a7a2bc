"""The windows for forms: real ones, moved through by a real pointer and real keys."""

import json
import subprocess
import time
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import forms
from digits.data import sets
from digits.errors import DigitsError
from digits.forms.form import checked, load, save
from digits.forms.table import LOOK, Table
from digits.reading.reader import Reader
from gui.forms import review
from gui.forms.describe import Describe
from gui.forms.draft import Draft
from gui.forms.review import Review, Scans


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
        with pytest.raises(DigitsError, match=r"is there already; go on with it: digits form new .*card.yaml"):
            Draft(picture)
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
        window.draft.use_kind("number")
        window.show()
        window.set("digits", "[4,")
        assert "how many: 6, or [4, 8]" in str(window.message.cget("text"))
        assert not picture.with_suffix(".yaml").exists()
    finally:
        window.tk.destroy()


def test_doubtful_fields_are_taken_or_corrected_with_one_key(
    picture: Path, model: Path, display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    form, scan, file = (picture.with_name(name) for name in ("form.yaml", "scan.png", "table.jsonl"))
    save(checked(form, {"picture": "card.png", "fields": forms.form().model_dump(mode="json")["fields"]}), form)
    drawn, truth = forms.scan(0)
    Image.fromarray(drawn).save(scan)
    doubts = "meter: not sure; birth: not sure; year: may not stand here"
    row = {"path": str(scan), "meter": truth["meter"], "birth": "1950-01-01", "year": "2", LOOK: doubts}
    file.write_text(json.dumps(row | {"form": str(form)}) + "\n")
    kept: list[str] = []
    window = Review(Table(file), Scans(str(model)), lambda cut, written: kept.append(f"{written} {cut.ndim}"))
    try:
        settle(window.tk, lambda: window.value.winfo_ismapped())
        focus(window.tk)
        assert window.cut is not None
        assert window.cut.shape[1] > 3 * window.cut.shape[0]
        do(window.tk, "key", "Return")
        write(window.tk, "07.11.1996")  # as it is written, and as the table has it
        assert [Table(file).rows[0][name] for name in ("meter", "birth")] == [truth["meter"], "1996-11-07"]

        write(window.tk, "3")
        assert "may not stand here" in str(window.message.cget("text"))
        assert len(Table(file).doubts()) == 1
        do(window.tk, "key", "Return")
        assert Table(file).rows[0]["year"] == "3"
        assert not Table(file).doubts()
        assert kept == ["07111996 2", "3 2"]
        assert "All looked at" in str(window.what.cget("text"))
    finally:
        window.tk.destroy()


def test_the_digits_of_a_corrected_field_become_samples(
    picture: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "ROOT", tmp_path)
    reader = Reader(model)
    digits = sets.load(model.parents[1] / "data", "mnist-test").images[[0, 2, 4]]
    row = np.concatenate([1 - image.astype(np.float32) / 255 for image in digits], axis=1)
    cut = np.pad(row, 20, constant_values=1)
    keep = review.keeper(reader, "anna")
    keep(cut, "9999999")  # not as many as were found: nothing can be learned
    assert not (tmp_path / "data").exists()
    keep(cut, "711")
    keep(cut, "710")  # a second correction of the same field
    lines = (tmp_path / "data" / "collected.jsonl").read_text().splitlines()
    assert [json.loads(line)["digit"] for line in lines] == [7, 1, 0]
    assert {json.loads(line)["writer"] for line in lines} == {"anna"}
