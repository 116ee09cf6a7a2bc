"""Shows what may go, grouped by kind: what it is, how old, how large, and why. Nothing is removed before --yes.

Whatever is younger than --days stays, and of registered versions and runs the newest --keep. So do the champion
with its run, model and card, what runs or may go on, notes that MLflow has not got yet, the pipeline's outputs and
data/. On an MLflow server, versions and runs are deleted as its pages do it; `mlflow gc` there removes their files.
"""

import argparse
import shlex

from digits.cleaning import KINDS
from digits.errors import DigitsError

EXTRA = "train"
HELP = "show what nobody needs any more, and remove it"

_KEEP, _DAYS = 5, 30.0

_SHOWN = "\n".join(f"  {kind:13}{what}" for kind, what in KINDS.items())

EPILOG = f"""\
kinds, in the order in which they go:
{_SHOWN}

examples:
  digits clean                              # what may go, and the command that removes it
  digits clean --yes
  digits clean --days 7 --keep 10
  digits clean --only checkpoints cache"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `digits clean` takes."""
    parser.add_argument("--yes", action="store_true", help="remove what is shown")
    parser.add_argument(
        "--keep", type=int, default=_KEEP, metavar="N", help=f"of versions and of runs, the newest N stay ({_KEEP})"
    )
    parser.add_argument(
        "--days", type=float, default=_DAYS, metavar="N", help=f"what is younger than N days stays ({_DAYS:g})"
    )
    parser.add_argument("--only", nargs="+", choices=KINDS, default=[*KINDS], metavar="KIND", help="these kinds alone")


def run(arguments: argparse.Namespace) -> int:
    """Prints a table, and removes what it shows after --yes."""
    if not (arguments.keep >= 0 and arguments.days >= 0):
        raise DigitsError(f"--keep {arguments.keep} --days {arguments.days:g}: neither may be below 0")
    from digits.cleaning.clean import clean
    from digits.cleaning.thing import Rules

    again = ["digits", "clean", "--yes"]
    for name, default in (("keep", _KEEP), ("days", _DAYS)):
        if (value := getattr(arguments, name)) != default:
            again += [f"--{name}", f"{value:g}"]
    if arguments.only != [*KINDS]:
        again += ["--only", *arguments.only]
    clean(Rules(arguments.keep, arguments.days), arguments.only, arguments.yes, shlex.join(again))
    return 0
