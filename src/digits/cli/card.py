"""Opens the page that the evaluation made of a run's model: what it is for, how well it reads,
where it fails, what it learned from and how to make it again. It is kept below artifacts/cards.
"""

import argparse

EXTRA = "train"
HELP = "open the model card: how well a model reads, and where it fails"
EPILOG = """\
examples:
  digits card                        # the champion's
  digits card models:/digits/1
  digits card 3f9c01 --no-browser"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `digits card` takes."""
    parser.add_argument(
        "of", nargs="?", default="champion", metavar="RUN", help="a run as for digits compare (champion)"
    )
    parser.add_argument("--no-browser", action="store_true", help="only print where the page is")


def run(arguments: argparse.Namespace) -> int:
    """Prints the path of the page, and opens it."""
    from digits.report.card.show import show

    show(arguments.of, not arguments.no_browser)
    return 0
