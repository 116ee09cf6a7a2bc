"""`python -m gui [PICTURE] [--model URI_OR_FILE]`: the same as `digits gui`."""

import argparse
import sys

from .window import run

if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m gui", description="Opens the window of Digits.")
    parser.add_argument("picture", nargs="?", metavar="PICTURE", help="a picture to open")
    parser.add_argument(
        "--model", metavar="URI_OR_FILE", help="an ONNX file or MLflow model URI instead of the champion"
    )
    arguments = parser.parse_args()
    sys.exit(run(arguments.picture, arguments.model))
