"""Tables: the same rows in each format, and files that are whole or not there."""

import csv
import json
import os
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from digits.errors import DigitsError
from digits.tables import FORMATS, format_of, table

COLUMNS = ("path", "text", "confidence", "uncertain", "error")
ROWS: list[dict[str, Any]] = [
    {"path": 'a,"b"\t.png', "text": "=1+2\n-007", "confidence": 0.5, "uncertain": False, "digits": [{"digit": 1}]},
    {"path": os.fsdecode(b"c\xff\x01.png"), "error": "€ <&>"},
]
CELLS = [
    ['a,"b"\t.png', "=1+2\n-007", "0.5", "false", ""],
    ["c\\udcff\x01.png", "", "", "", "€ <&>"],
]


def written(path: Path) -> Path:
    with table(path, format_of(path), COLUMNS) as add:
        for row in ROWS:
            add(row)
    return path


@pytest.mark.parametrize(("suffix", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_a_cell_holds_what_the_row_does_whatever_signs_are_in_it(tmp_path: Path, suffix: str, delimiter: str) -> None:
    content = written(tmp_path / f"a.{suffix}").read_bytes()
    assert content.startswith(f"path{delimiter}text{delimiter}".encode())
    assert content.count(b"\r\n") == 3
    assert [*csv.reader(content.decode().splitlines(keepends=True), delimiter=delimiter)] == [[*COLUMNS], *CELLS]


def test_json_lines_keep_types_and_what_is_nested(tmp_path: Path) -> None:
    assert [json.loads(line) for line in written(tmp_path / "a.JSONL").read_text().splitlines()] == ROWS


def test_a_workbook_holds_numbers_as_numbers_and_text_as_text_never_as_a_formula(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path / "a.xlsx")) as book:
        sheet, texts = (ElementTree.fromstring(book.read(f"xl/{name}.xml")) for name in
                        ("worksheets/sheet1", "sharedStrings"))  # fmt: skip
    strings = ["".join(item.itertext()) for item in texts]
    cells = {cell.get("r"): (cell.get("t"), "".join(cell.itertext())) for cell in sheet.iter() if cell.get("r")}
    assert cells["C2"] == (None, "0.5")
    assert cells["D2"] == ("b", "0")
    assert cells["B2"][0] == cells["A1"][0] == "s"
    assert (strings[int(cells["A1"][1])], strings[int(cells["B2"][1])]) == ("path", "=1+2\n-007")
    assert "€ <&>" in strings
    assert not [element for element in sheet.iter() if element.tag.endswith("}f")]
    assert written(tmp_path / "b.xlsx").read_bytes() == (tmp_path / "a.xlsx").read_bytes()


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_has_its_name_only_when_all_is_written(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"a.{suffix}"
    out.write_text("before")
    with suppress(KeyboardInterrupt), table(out, suffix, COLUMNS) as add:
        add(ROWS[0])
        raise KeyboardInterrupt
    assert out.read_text() == "before"
    assert [*tmp_path.iterdir()] == [out]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_disk_that_fills_up_is_told(tmp_path: Path, suffix: str) -> None:
    script = (
        "import resource, signal, sys; from pathlib import Path; from digits.tables import table\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))\n"
        "with table(Path(sys.argv[1]), sys.argv[2], ['text']) as add:\n"
        "    for number in range(20_000): add({'text': str(number)})"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "a"), suffix]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert f"DigitsError: {tmp_path / 'a'} cannot be written (File too large)" in ended.stderr
    assert [*tmp_path.iterdir()] == []


def test_a_place_where_nothing_can_be_written_is_named_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    for name, reason in {"": "is a folder", "pipe": "is no file", "file/a.csv": "cannot be written"}.items():
        with pytest.raises(DigitsError, match=rf"{tmp_path / name}.*{reason}"), table(tmp_path / name, "csv", COLUMNS):
            pytest.fail("nothing was said")
    with pytest.raises(DigitsError, match=r"a\.txt: .*\.csv \.tsv \.jsonl \.xlsx"):
        format_of(Path("a.txt"))
    with pytest.raises(DigitsError, match="xlsx cannot be printed"), table(None, "xlsx", COLUMNS):
        pytest.fail("nothing was said")


def test_a_workbook_says_when_it_is_full(tmp_path: Path) -> None:
    with pytest.raises(DigitsError, match=r"a\.xlsx: .* 32,767 characters"), table(
        tmp_path / "a.xlsx", "xlsx", COLUMNS
    ) as add:  # fmt: skip
        add({"text": "1" * 32_768})


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    written(tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "a.csv").read_text().startswith("path,")
