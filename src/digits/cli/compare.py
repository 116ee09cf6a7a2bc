"""Compares trained models on the test images: what differs in their configs, scores with intervals
that say how far they can be trusted, training time. Of two models also the digits that only one
reads wrong, McNemar's test and calibration. All of it as a page below artifacts/compare, which
MLflow keeps with the newest of the runs.
"""

import argparse

EXTRA = "train"
HELP = "say how runs differ, as tables and as a page"
EPILOG = """\
examples:
  digits compare                        # the champion and the newest run
  digits compare 3f9c01                 # the champion and this run
  digits compare models:/digits/1 models:/digits/2
  digits compare champion "lenet mnist_pen 14ep seed1" 3f9c01

digits ui lists the runs, with names and ids"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `digits compare` takes."""
    parser.add_argument(
        "runs",
        nargs="*",
        metavar="RUN",
        help="a run's id or its beginning, a run's name (the newest of that name), models:/digits/NUMBER, or champion",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints tables, and the path of the page."""
    from digits.report.compare import compare

    compare(arguments.runs)
    return 0
