"""Reads stacks of forms. A form is described once, in a window: where its fields are, and what may stand in each. Then
any number of scans of it are read into a table, shifted, scaled or turned as they are, and the table says which fields
somebody should look at.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from digits.errors import DigitsError

HELP = "describe a form once, read a thousand scans of it"
EXTRA = "forms"
EPILOG = """\
examples:
  digits form new card.png                         a window: drag over each field, say what may stand in it
  digits form read card.yaml scans/ -o table.csv   .csv .tsv .jsonl or .xlsx
  digits review table.csv                          shows the doubtful fields, one key each

docs/forms.md tells what may stand in a field: digits, amounts, dates, patterns, ranges, check digits."""

_READ = """\
the table has a row for each scan:
  path, page     of the scan
  <field>        its value; a date as 2026-11-27, an amount as 12.50
  look at        which fields to look at, and why: birth: not sure; iban: may not stand here
  <field> confidence   probability that the value is right
  error          why the scan could not be read
  form           the form's file, which `digits review` needs

exit status: 0 if all scans were read, 1 if some could not be, 2 for a wrong command line"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `digits form` takes."""
    commands = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = commands.add_parser(
        "new",
        help="describe a form, on a scan of it",
        description="Opens a window on a scan of the form, an empty one at best: drag over each field, name it, and "
        "say what may stand in it. What is saved is a YAML file beside the scan.",
    )
    new.add_argument("picture", type=Path, metavar="PICTURE", help="a scan of the form, or a .yaml to go on with")
    new.add_argument("-o", "--output", type=Path, metavar="FORM", help="the form's file (default: PICTURE with .yaml)")
    read = commands.add_parser(
        "read",
        help="read scans of a form into a table",
        description="Finds the form on each scan and reads its fields; what may stand in them chooses among likely "
        "readings.",
        epilog=_READ,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    read.add_argument("form", type=Path, metavar="FORM", help="the form's .yaml file")
    read.add_argument(
        "paths", nargs="+", metavar="SCAN", help="a scan, a PDF, a folder of them, a pattern in quotes, or -"
    )
    read.add_argument(
        "-o", "--output", type=Path, metavar="TABLE",
        help=".csv .tsv .jsonl or .xlsx; it is there when all is read (default: CSV to standard output)",
    )  # fmt: skip
    read.add_argument(
        "--sure",
        type=float,
        metavar="P",
        help="probability below which a field is to be looked at (default: 0.993)",
    )
    read.add_argument("--model", metavar="URI_OR_FILE", help="an ONNX file or MLflow model URI instead of the champion")


def run(arguments: argparse.Namespace) -> int:
    """Describes a form or reads scans of one; 1 if some could not be read."""
    if arguments.action == "new":
        from digits.cli.gui import window

        return int(window("forms.describe").run(arguments.picture, arguments.output))
    return read(arguments)


def read(arguments: argparse.Namespace) -> int:
    """Reads scans of a form into a table; 1 if some could not be read."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from digits.cli.read import as_cells
    from digits.cli.sources import asked
    from digits.forms.filled import SURE
    from digits.forms.form import load
    from digits.forms.table import columns, read_scans, row
    from digits.reading.reader import Reader
    from digits.tables import format_of, table

    out: Path | None = arguments.output
    sure = SURE if arguments.sure is None else arguments.sure
    if not 0 < sure < 1:
        raise DigitsError(f"--sure {sure} is no probability; give one between 0 and 1, such as 0.99")
    format = format_of(out) if out else "csv"
    form = load(arguments.form)
    scans = asked(arguments.paths)
    found: Any = read_scans(Reader.load(arguments.model), arguments.form, [scan.source for scan in scans], sure)
    if out and sys.stderr.isatty():
        from tqdm import tqdm

        found = tqdm(found, "reading", len(scans), unit="scan")
    failures = fields = doubts = 0
    with table(out, format, columns(form)) as add:
        for scan, entries in zip(scans, found, strict=True):
            cells: dict[str, Any] = {"path": scan.path, "page": scan.page, "form": str(arguments.form)}
            if isinstance(entries, DigitsError):
                failures += 1
                cells["error"] = str(entries)
                print(f"error: {entries}", file=sys.stderr)
            else:
                cells |= row(entries)
                fields += len(entries)
                doubts += sum(bool(entry.doubt) for entry in entries.values())
            add(as_cells(cells))
    if out:
        looked = f"; {doubts:,} of {fields:,} fields are to be looked at: digits review {out}" if doubts else ""
        print(f"wrote {out}: {len(scans) - failures:,} of {len(scans):,} scans were read{looked}")
    return 1 if failures else 0
