"""Reads the numbers on each picture, photo, scan or drawing: digits and the signs . , : - / ( ) + = $ € £ as they
stand there, line by line. Prints path, text, how sure it is that all of it is right, and what is in doubt.
"""

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from digits.cli.sources import Asked, asked, kind, page_numbers, region
from digits.errors import DigitsError
from digits.serving.objects import as_object
from digits.tables import Add, format_of, table

HELP = "read pictures"
EPILOG = """\
examples:
  digits read seven.png
  digits read scans/ -o readings.xlsx
  digits read 'scans/**/*.jpg' --json > readings.jsonl
  digits read forms.pdf --page 2-4,7 --region 50%,0%,100%,20%
  digits read seven.png --model models:/digits/2
  scanimage | digits read -

with --json or -o FILE.jsonl, an object for each picture:
  path
  page        from 1, of a file with several pages or frames
  text        what is written there; lines end with \\n, what stands apart has a space between
  confidence  probability that all of text is right
  uncertain   whether any of it is to be doubted: a digit, ink that was not read, or which side is up
  turned      degrees by which the picture was turned clockwise to read it: 0, 90, 180, 270
  digits      digit, confidence, probabilities of 0 to 9, box, uncertain
  signs       sign, confidence, box
  unread      boxes around ink that no digit or sign accounts for
  a box is left, top, right, bottom, pixels of the whole picture, upright; of a page of a PDF, those of
  the scan that it is, else 3600 for the longer side; a picture that cannot be read gives path and error

with --csv, --tsv or -o FILE.csv, .tsv, .xlsx, a row for each, with these columns:
  path page text confidence uncertain turned unread error
  unread is a number of places here; lines of text have a line break between

exit status: 0 if all pictures were read, 1 if some could not be, 2 for a wrong command line"""

COLUMNS = ("path", "page", "text", "confidence", "uncertain", "turned", "unread", "error")
"""Of a table."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection."""

_MANY = 200
"""Fewer pictures are read sooner than further processes have started."""

_SHOW_PROGRESS = 20
"""Fewer pictures are read before a progress bar could be seen."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `digits read` takes."""
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="a picture, a PDF, a folder of them (with its subfolders), a pattern in quotes, or - for standard input",
    )
    formats = parser.add_mutually_exclusive_group()
    for name, what in {
        "json": "one JSON object a line for each picture, as below",
        "csv": "a table with a row for each picture, as below",
        "tsv": "the same with tabs",
    }.items():
        format = {"json": "jsonl"}.get(name, name)
        formats.add_argument(f"--{name}", dest="format", action="store_const", const=format, help=what)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="write to a file, which is there when all is read; its name tells the format: .csv .tsv .jsonl .xlsx",
    )
    parser.add_argument(
        "--page", type=page_numbers, default=(), metavar="PAGES", help="only these pages, from 1: 3, or 2-4,7"
    )
    parser.add_argument(
        "--region",
        type=region,
        metavar="LEFT,TOP,RIGHT,BOTTOM",
        help="only this part of each, in pixels, or in percent: 0%%,80%%,50%%,100%%",
    )
    parser.add_argument(
        "--model", metavar="URI_OR_FILE", help="an ONNX file or MLflow model URI instead of the champion"
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints or writes what each picture says; 1 if some could not be read."""
    # NumPy's BLAS starts a thread for each processor, which waits by spinning: a fifth of the time of one picture.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from digits.reading.reader import Reader

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that has no € still shows the rest
    out: Path | None = arguments.output
    format = arguments.format or (format_of(out) if out else None)
    pictures = asked(arguments.paths, arguments.page, arguments.region)
    if out and out.exists() and any(kind(one.path) and out.samefile(one.path) for one in pictures):
        raise DigitsError(f"{out}: is to be read; name another file to write")
    reader = Reader.load(arguments.model)
    with table(out, format, COLUMNS) if format else nullcontext() as add:
        tell = _print if add is None else partial(_add_object if format == "jsonl" else _add_cells, add)
        loud = out is not None or format is None  # else the errors are printed with what was read
        sources = [one.source for one in pictures]
        if len(sources) < _MANY:
            return show(pictures, reader.read_all(sources), tell, loud)
        from digits.reading.parallel import ReaderPool

        with ReaderPool(reader.path) as readers:
            return show(pictures, readers.read_all(_itself, sources), tell, loud)


def _itself(source: Any) -> Any:
    return source


def show(pictures: Sequence[Asked], readings: Iterable[Any], tell: Callable[[Asked, Any], None], loud: bool) -> int:
    """Tells what each picture says, and if loud of errors on standard error; 1 if some could not be read."""
    pause: Any = nullcontext
    if len(pictures) >= _SHOW_PROGRESS and sys.stderr.isatty():
        from tqdm import tqdm

        readings, pause = tqdm(readings, "reading", len(pictures), unit="picture"), tqdm.external_write_mode
    failures = 0
    for picture, reading in zip(pictures, readings, strict=True):
        with pause():
            tell(picture, reading)
            if isinstance(reading, DigitsError):
                failures += 1
                if loud:
                    print(f"error: {in_a_line(str(reading))}", file=sys.stderr)
    return 1 if failures else 0


def _print(picture: Asked, reading: Any) -> None:
    if not isinstance(reading, DigitsError):
        print(as_line(picture.path, reading, picture.page))


def _add_object(add: Add, picture: Asked, reading: Any) -> None:
    if isinstance(reading, DigitsError):
        add({**_which(picture.path, picture.page), "error": str(reading)})
    else:
        add(as_json(picture.path, reading, picture.page))


def _add_cells(add: Add, picture: Asked, reading: Any) -> None:
    _add_object(lambda row: add(as_cells(row)), picture, reading)


def as_cells(row: Mapping[str, Any]) -> dict[str, Any]:
    """What --json promises as the cells of a table: `COLUMNS` of it, and of unread ink in how many places it is.

    Names of files may be anything, also what a spreadsheet takes for a formula that starts a program: such a one gets
    ./ before it, and is the same file. What was read holds no letters, and is left as it is.
    """
    cells = dict(row)
    for name in {"path", "error"} & row.keys():  # an error begins with the path
        if row[name].startswith(_FORMULA) and row[name].partition(": ")[0] != "-":
            cells[name] = f"./{row[name]}"
    if "unread" in row:
        cells["unread"] = len(row["unread"])
    return cells


def _which(path: str, page: int | None) -> dict[str, Any]:
    return {"path": path, "page": page} if page else {"path": path}


def as_json(path: str, reading: Any, page: int | None = None) -> dict[str, Any]:
    """A reading as the object that --json promises."""
    return {**_which(path, page), **as_object(reading)}


def as_line(path: str, reading: Any, page: int | None = None) -> str:
    """A reading as a line for people: path and page, what it says, how sure all of it is, and what is doubtful."""
    doubts = [f"turned {reading.turned}°"] if reading.turned else []
    for digit in reading.digits:
        if digit.uncertain and not reading.turned:
            second = sorted(range(10), key=lambda d: -digit.probabilities[d])[1]
            doubts.append(f"{digit.digit} or {second}?")
    if reading.unread:
        doubts.append("some ink not read")
    nothing = "(nothing read)" if reading.unread else "(blank)"
    said = f"{' '.join(reading.text.splitlines())}\t{reading.confidence:.1%}" if reading.digits else nothing
    which = f" page {page}" if page else ""
    return f"{in_a_line(path)}{which}\t{said}" + (f"\t{', '.join(doubts)}" if doubts else "")


def in_a_line(path: str) -> str:
    r"""A path as a column of text: tabs, line breaks and bytes that are no UTF-8 become escapes such as \t, \xff."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
