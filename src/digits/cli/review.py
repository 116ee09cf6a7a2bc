"""Shows, one after the other, the fields of a table that somebody should look at, as they are on the scan: Enter takes
what was read, or type what stands there. The table is written after each.
"""

import argparse
from pathlib import Path

HELP = "look at the doubtful fields of a table"
EXTRA = "forms"
EPILOG = """\
examples:
  digits review table.csv
  digits review table.jsonl --writer anna     what is corrected becomes training data, as anna's

keys:
  Enter      takes what stands in the line, as it was read or as you typed it
  Page Down, Page Up   the next field, the one before, without a decision
  Escape     ends; all that was decided is in the table"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `digits review` takes."""
    parser.add_argument(
        "table", type=Path, metavar="TABLE", help="a .csv, .tsv or .jsonl that `digits form read` wrote"
    )
    parser.add_argument("--writer", metavar="NAME", help="keep corrected digits in data/ as this person's handwriting")
    parser.add_argument(
        "--model", metavar="URI_OR_FILE", help="an ONNX file or MLflow model URI instead of the champion"
    )


def run(arguments: argparse.Namespace) -> int:
    """Opens the window; returns when it is closed."""
    from digits.cli.gui import window

    return int(window("forms.review").run(arguments.table, arguments.writer, arguments.model))
