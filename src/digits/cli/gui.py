"""Opens the window: a sheet to write numbers on, read as you write. F1 in it lists all keys."""

import argparse
from importlib import import_module
from importlib.util import find_spec

HELP = "open the window: write, see it read, correct it"
EPILOG = "examples:\n  digits gui\n  digits gui cheque.png --model models:/digits/2\n  digits gui scans/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `digits gui` takes."""
    parser.add_argument("picture", nargs="?", metavar="PICTURE", help="a picture to open, or a folder of them")
    parser.add_argument(
        "--model", metavar="URI_OR_FILE", help="an ONNX file or MLflow model URI instead of the champion"
    )


def run(arguments: argparse.Namespace) -> int:
    """Opens the window; returns when it is closed."""
    # The folder gui/ of a checkout is installed inside this package, to claim no name as common as that.
    window = import_module("digits.gui.window" if find_spec("digits.gui") else "gui.window")
    return int(window.run(arguments.picture, arguments.model))
