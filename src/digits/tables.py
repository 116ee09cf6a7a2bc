"""Tables: named values as CSV, TSV, JSON lines or a workbook, printed or in a file that is whole or not there."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, TextIO

from digits.errors import DigitsError, needs
from digits.files import written_whole

FORMATS = ("csv", "tsv", "jsonl", "xlsx")
"""RFC 4180; the same with tabs; a JSON object a line; a workbook of Excel and others."""

Row = Mapping[str, Any]
Add = Callable[[Row], None]

_EARLIEST = datetime(1980, 1, 1)  # that a ZIP file can tell: a workbook of the same rows has the same bytes
_WIDTH = 24  # characters of a workbook's column: most paths and amounts
_LIMITS = {-1: "1,048,576 rows of 16,384 columns", -2: "32,767 characters in a cell"}  # by what XlsxWriter answers


def format_of(out: Path) -> str:
    """The format that a file's name asks for.

    Raises:
        DigitsError: it ends in none of the formats' suffixes.
    """
    suffix = out.suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise DigitsError(f"{out}: what it is to hold is told by its name; let it end in .{' .'.join(FORMATS)}")
    return suffix


@contextmanager
def table(out: Path | None, format: str, columns: Sequence[str]) -> Iterator[Add]:
    """A function that takes rows; a file has its name when all is written, and none if the block fails.

    JSON lines take each row as it is, nested too. The others have a header and a cell for each column: what a row lacks
    or is None stays empty, what a row has besides is left out, booleans are true and false, what is nested is JSON.

    Args:
        out: the file; None prints, in UTF-8.
        format: one of `FORMATS`.
        columns: the names, in order.

    Raises:
        DigitsError: the file cannot be written, is a folder or a device, or a workbook is to be printed or cannot hold
            so many rows or so long a text.
    """
    write = {"csv": _csv, "tsv": _tsv, "jsonl": _jsonl}.get(format)
    if out is None:
        if write is None:
            raise DigitsError(f"{format} cannot be printed; name a file for it")
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        yield write(sys.stdout, columns)
        return
    with ExitStack() as stack:
        with _told(out):
            if out.exists() and not out.is_file():
                found = "a folder" if out.is_dir() else "no file"
                raise DigitsError(f"{out}: is {found}; give the name of a file to write")
            temporary = stack.enter_context(written_whole(out.resolve()))  # a link stays one
            if write is None:
                add = stack.enter_context(_workbook(temporary, out, columns))
            else:  # what UTF-8 cannot say, as names of files may hold, becomes escapes such as \udcff
                file = temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="")
                add = write(stack.enter_context(file), columns)
        yield _told(out)(add)
        with _told(out):
            stack.close()


@contextmanager
def _told(out: Path) -> Iterator[None]:
    """What keeps the file from being written, as people understand it."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise DigitsError(f"{out} cannot be written ({reason}); make room for it or name another file") from error


def _csv(file: TextIO, columns: Sequence[str], delimiter: str = ",") -> Add:
    rows = csv.writer(file, delimiter=delimiter)  # ends lines as RFC 4180 does, and quotes what needs it
    rows.writerow(columns)

    def add(row: Row) -> None:
        rows.writerow([_cell(row.get(column)) for column in columns])

    return add


def _tsv(file: TextIO, columns: Sequence[str]) -> Add:
    return _csv(file, columns, "\t")


def _jsonl(file: TextIO, _columns: Sequence[str]) -> Add:
    def add(row: Row) -> None:
        file.write(json.dumps(row) + "\n")

    return add


def _cell(value: Any) -> str | int | float | None:
    """A value as it stands in a cell: texts and numbers as they are, all else as JSON."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        return json.dumps(value)
    return value


@contextmanager
def _workbook(path: Path, out: Path, columns: Sequence[str]) -> Iterator[Add]:
    """Text stays text in it: nothing becomes a formula, a date or a link."""
    with needs("tables"):
        import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties({"created": _EARLIEST})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, _WIDTH)

    def write(row: int, column: int, value: Any) -> int:
        if isinstance(value, bool):
            return sheet.write_boolean(row, column, value, wrapped)
        cell = _cell(value)
        if isinstance(cell, str):
            text = cell.encode("utf-8", "backslashreplace").decode()
            return sheet.write_string(row, column, text, wrapped if row else bold)
        return 0 if cell is None else sheet.write_number(row, column, cell, wrapped)

    rows = count()

    def add(row: Row) -> None:
        place = next(rows)
        for column, name in enumerate(columns):
            if problem := write(place, column, row.get(name)):
                limit = _LIMITS[problem]
                raise DigitsError(f"{out}: a workbook holds at most {limit}; give it a name in .csv or .jsonl")

    add({column: column for column in columns})
    yield add
    book.close()
    path.write_bytes(content.getvalue())
