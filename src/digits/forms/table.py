"""The table of what stands in a stack of forms: a row for each scan, and in it what somebody should look at."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from digits.errors import DigitsError
from digits.forms.filled import SURE, Entry, FormReader
from digits.forms.form import Form, load
from digits.ink import PageOf
from digits.reading.parallel import ReaderPool
from digits.reading.reader import Reader
from digits.tables import format_of, table

LOOK = "look at"
"""The column that says which fields to look at, and why: field: why; field: why."""

_SCANS = 4
"""Scans sent to a process at a time."""


def columns(form: Form) -> list[str]:
    """Path and page of the scan, a column for each field, what to look at, how sure each field is, errors, the form."""
    return ["path", "page", *form.fields, LOOK, *(f"{name} confidence" for name in form.fields), "error", "form"]


def row(entries: Mapping[str, Entry]) -> dict[str, Any]:
    """What stands in the fields of a scan, as cells of the table."""
    doubts = [f"{name}: {entry.doubt}" for name, entry in entries.items() if entry.doubt]
    return {
        **{name: entry.value for name, entry in entries.items()},
        LOOK: "; ".join(doubts),
        **{f"{name} confidence": round(entry.confidence, 4) for name, entry in entries.items()},
    }


def read_scans(
    reader: Reader, form: Path, scans: Sequence[PageOf], sure: float = SURE
) -> Iterator[dict[str, Entry] | DigitsError]:
    """What stands in the fields of each scan, in order; in the place of one that cannot be read stands its error.

    Args:
        reader: of digits.
        form: its file.
        scans: any number of them; many are read by a process on each processor.
        sure: a field with less probability is to be looked at.

    Raises:
        DigitsError: the form cannot be used.
    """
    _reader(form, sure, reader)  # what is wrong with the form is said before any scan is read
    if len(scans) <= _SCANS:
        yield from _read(form, sure, reader, scans)
        return
    with ReaderPool(reader.path) as readers:
        yield from readers.map(partial(_read, form, sure), scans, _SCANS)


@cache
def _reader(form: Path, sure: float, reader: Reader) -> FormReader:
    return FormReader(load(form), form.parent, reader, sure)


def _read(form: Path, sure: float, reader: Reader, scans: Sequence[PageOf]) -> list[dict[str, Entry] | DigitsError]:
    return [_or_error(_reader(form, sure, reader), scan) for scan in scans]


def _or_error(reader: FormReader, scan: PageOf) -> dict[str, Entry] | DigitsError:
    try:
        return reader.read(scan)
    except DigitsError as error:
        return error if str(scan.path) in str(error) else DigitsError(f"{scan.path}: {error}")
    except Exception as error:  # noqa: BLE001  whatever it is, it is this scan's
        return DigitsError(f"{scan.path} could not be read ({type(error).__name__}: {error}); please report it")


class Doubt(NamedTuple):
    """A field that somebody should look at."""

    row: int
    field: str
    why: str


class Table:
    """A table that `digits form read` wrote, while it is reviewed: the file follows each decision.

    Args:
        path: of a .csv, .tsv or .jsonl file.

    Raises:
        DigitsError: it is not such a table.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._format = path, format_of(path)
        if self._format == "xlsx":
            raise DigitsError(f"{path}: a workbook is for looking at; review the .csv or .jsonl, and write that again")
        try:
            with path.open(encoding="utf-8", newline="") as file:
                self.columns, self.rows = (
                    _from_lines(file) if self._format == "jsonl" else _from_cells(file, self._format)
                )
        except FileNotFoundError as error:
            raise DigitsError(f"{path}: there is no such table; `digits form read` writes one") from error
        except (OSError, ValueError, csv.Error) as error:
            raise DigitsError(f"{path} cannot be read as a table ({error}); `digits form read` writes one") from error
        if missing := [name for name in ("path", LOOK, "form") if name not in self.columns]:
            raise DigitsError(f"{path} has no column {missing[0]!r}; `digits form read` writes one that has")

    def doubts(self) -> list[Doubt]:
        """Every field that is still to be looked at, row by row."""
        found = []
        for place, row in enumerate(self.rows):
            for part in filter(None, str(row.get(LOOK) or "").split("; ")):
                name, _, why = part.partition(": ")
                found.append(Doubt(place, name, why))
        return found

    def settle(self, doubt: Doubt, value: str) -> None:
        """Puts a value into a field that was looked at, and writes the file.

        Raises:
            DigitsError: the file cannot be written; then it is as it was.
        """
        before = dict(self.rows[doubt.row])
        left = [f"{other.field}: {other.why}" for other in self.doubts() if other.row == doubt.row and other != doubt]
        self.rows[doubt.row] |= {doubt.field: value, LOOK: "; ".join(left), f"{doubt.field} confidence": 1}
        try:
            self.write(self.path)
        except BaseException:
            self.rows[doubt.row] = before
            raise

    def write(self, path: Path) -> None:
        """Writes the table, whole; the name says the format."""
        with table(path, format_of(path), self.columns) as add:
            for each in self.rows:
                add(each)


def _from_cells(file: Any, format: str) -> tuple[list[str], list[dict[str, Any]]]:
    rows = csv.DictReader(file, delimiter="\t" if format == "tsv" else ",", strict=True)
    return list(rows.fieldnames or []), [dict(each) for each in rows]


def _from_lines(file: Any) -> tuple[list[str], list[dict[str, Any]]]:
    rows = [json.loads(line) for line in file]
    return list(dict.fromkeys(name for each in rows for name in each)), rows
