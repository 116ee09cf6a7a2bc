"""Scans of a form: found, read into a table, reviewed; real scans of the made form of benchmarks/forms.py."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import forms
from digits.cli import main
from digits.errors import DigitsError
from digits.forms.form import save
from digits.forms.registration import Registration, cut_out
from digits.forms.table import LOOK, Table
from digits.ink import open_picture
from digits.ink.opencv import cv2

SCANS = 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A form's file, its picture, and scans of it."""
    folder = tmp_path_factory.mktemp("forms")
    forms.draw_form().save(folder / "form.png")
    save(forms.form(), folder / "form.yaml")
    (folder / "scans").mkdir()
    for index in range(SCANS):
        Image.fromarray(forms.scan(index)[0]).save(folder / "scans" / f"{index}.png")
    return folder


@pytest.mark.parametrize("turn", [0, 180])
def test_a_form_is_found_though_it_is_turned_tilted_and_another_size(folder: Path, turn: int) -> None:
    picture = open_picture(folder / "form.png", 2400).brightness
    boxes = forms.layout()
    high, wide = picture.shape
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    there = corners * 0.8 + np.array([[60, 40], [20, 70], [70, 10], [30, 60]], np.float32)
    onto = cv2.getPerspectiveTransform(corners, np.roll(there, 2 if turn else 0, axis=0))
    scan = cv2.warpPerspective(picture, onto, (wide, high), borderValue=0.9)

    found = Registration(picture, list(boxes.values())).map_onto(scan)

    fields = np.array([boxes[name][:2] for name in boxes], np.float32)[None]
    off = cv2.perspectiveTransform(fields, found) - cv2.perspectiveTransform(fields, onto)
    assert np.abs(off).max() < 2.5  # pixels
    left, top, right, bottom = boxes["iban"]
    cut = cut_out(scan, found, boxes["iban"])
    assert cut.shape[1] / cut.shape[0] == pytest.approx((right - left) / (bottom - top), rel=0.1)


def test_what_does_not_show_the_form_is_told(folder: Path) -> None:
    picture = open_picture(folder / "form.png").brightness
    registration = Registration(picture, [])
    with pytest.raises(DigitsError, match="does not show this form"):
        registration.map_onto(np.random.default_rng(0).random((900, 700), np.float32))
    with pytest.raises(DigitsError, match="too little is printed"):
        Registration(np.ones((900, 700), np.float32), [])


def test_scans_become_a_table_and_each_that_cannot_be_read_a_row_with_its_error(
    folder: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken").mkdir()
    (folder / "broken" / "a cut.png").write_bytes((folder / "scans" / "0.png").read_bytes()[:9000])
    Image.new("L", (900, 900), 200).save(folder / "broken" / "blank.png")
    paths = [str(folder / "broken"), str(folder / "scans")]
    out = folder / "table.csv"

    status = main(["form", "read", str(folder / "form.yaml"), *paths, "-o", str(out), "--model", str(model)])

    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    said = capsys.readouterr()
    assert status == 1
    assert f"wrote {out}: {SCANS} of {SCANS + 2} scans were read" in said.out
    assert ["cut short" in rows[0]["error"], "does not show this form" in rows[1]["error"]] == [True, True]
    assert {row["form"] for row in rows} == {str(folder / "form.yaml")}
    right = 0
    for index, row in enumerate(rows[2:]):
        truth = forms.scan(index)[1]
        right += sum(row[name] == value for name, value in truth.items())
        for name in truth:
            assert 0 <= float(row[f"{name} confidence"]) <= 1
    assert right > 0.5 * SCANS * len(forms.FIELDS)  # of a network that has hardly learned


def test_a_decision_is_in_the_table_at_once_and_a_full_disk_leaves_it_as_it_was(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "table.jsonl"
    row = {"path": "a.png", "amount": "12.50", "people": "7", LOOK: "amount: not sure; people: not sure", "form": "f"}
    file.write_text(json.dumps(row) + "\n")
    table = Table(file)
    first, second = table.doubts()

    table.settle(first, "12.60")

    assert json.loads(file.read_text())["amount"] == "12.60"
    assert Table(file).doubts() == [second]
    before = file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(DigitsError, match="No space left"):
            table.settle(second, "8")
    assert file.read_bytes() == before
    assert table.doubts() == [second]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("none.csv", None, "no such table"),
        ("a.csv", "path,page\n", "no column 'look at'"),
        ("a.jsonl", "{", "cannot be read as a table"),
        ("a.xlsx", "", "a workbook is for looking at"),
        ("a.txt", "", "let it end in"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, name: str, content: str | None, complaint: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(DigitsError, match=complaint):
        Table(tmp_path / name)
