"""Opens the window: a sheet to write numbers on, read as you write. F1 in it lists all keys."""

import argparse
from importlib import import_module
from importlib.util import find_spec
from typing import Any

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
    return int(window("window").run(arguments.picture, arguments.model))


def window(name: str) -> Any:
    """A module of gui/, which is installed inside this package to claim no name as common as that."""
    return import_module(f"digits.gui.{name}" if find_spec("digits.gui") else f"gui.{name}")
