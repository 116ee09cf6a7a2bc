"""Reads the numbers on each picture, photo, scan or drawing: digits and the signs . , : - / ( ) + = $ € £ as they
stand there, line by line. Prints path, text, how sure it is that all of it is right, and what is in doubt.
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from digits.errors import DigitsError
from digits.serving.objects import as_object

HELP = "read pictures"
EPILOG = """\
examples:
  digits read seven.png
  digits read scans/ --json > readings.jsonl
  digits read seven.png --model models:/digits/2
  scanimage | digits read -

with --json, an object for each picture:
  path
  page        from 1, of a file with several pages or frames
  text        what is written there; lines end with \\n, what stands apart has a space between
  confidence  probability that all of text is right
  uncertain   whether any of it is to be doubted: a digit, ink that was not read, or which side is up
  turned      degrees by which the picture was turned clockwise to read it: 0, 90, 180, 270
  digits      digit, confidence, probabilities of 0 to 9, box, uncertain
  signs       sign, confidence, box
  unread      boxes around ink that no digit or sign accounts for
  a box is left, top, right, bottom, pixels; a picture that cannot be read gives path and error

exit status: 0 if all pictures were read, 1 if some could not be, 2 for a wrong command line"""

PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".pbm", ".ppm", ".avif", ".jp2"}
"""Names of files that are taken for pictures when a folder is read."""

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
        help="a picture, a folder of pictures (with its subfolders), or - for standard input",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each picture, as below")
    parser.add_argument(
        "--model", metavar="URI_OR_FILE", help="an ONNX file or MLflow model URI instead of the champion"
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints what each picture says; 1 if some could not be read."""
    # NumPy's BLAS starts a thread for each processor, which waits by spinning: a fifth of the time of one picture.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from digits.ink.picture import STDIN
    from digits.reading.reader import Reader

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that has no € still shows the rest
    paths = expand(arguments.paths)
    reader = Reader.load(arguments.model)
    sources = [page for path in paths for page in _pages(path)]
    if len(sources) < _MANY or STDIN in paths:
        return show(sources, reader.read_all(sources), arguments.json)
    from digits.reading.parallel import ReaderPool

    with ReaderPool(reader.path) as readers:
        return show(sources, readers.read_all(_itself, sources), arguments.json)


def _itself(source: Any) -> Any:
    return source


def _pages(path: str) -> list[Any]:
    """The path, or the pages of a file with several."""
    from digits.ink.picture import PageOf, pages

    count = pages(Path(path))
    return [path] if count == 1 else [PageOf(Path(path), page) for page in range(1, count + 1)]


def expand(paths: Sequence[str]) -> list[str]:
    """The paths with every folder replaced by the pictures in it, sorted by name.

    Raises:
        DigitsError: a folder holds no picture.
    """
    found: list[str] = []
    for path in paths:
        if not Path(path).is_dir():
            found.append(path)
            continue
        pictures = sorted(
            str(file) for file in Path(path).rglob("*") if file.suffix.lower() in PICTURES and file.is_file()
        )
        if not pictures:
            raise DigitsError(f"{path} holds no picture ({' '.join(sorted(PICTURES))})")
        found += pictures
    return found


def show(sources: Sequence[Any], readings: Any, as_objects: bool) -> int:
    """Prints what each picture says, paths or pages of files; 1 if some could not be read."""
    say: Any = print
    if len(sources) >= _SHOW_PROGRESS and sys.stderr.isatty():
        from tqdm import tqdm

        readings, say = tqdm(readings, "reading", len(sources), unit="picture"), tqdm.write
    failures = 0
    for source, reading in zip(sources, readings, strict=True):
        path, page = (source, None) if isinstance(source, str) else (str(source.path), source.page)
        if not isinstance(reading, DigitsError):
            say(json.dumps(as_json(path, reading, page)) if as_objects else as_line(path, reading, page))
            continue
        failures += 1
        if as_objects:
            say(json.dumps({**_which(path, page), "error": str(reading)}))
        else:
            say(f"error: {in_a_line(str(reading))}", file=sys.stderr)
    return 1 if failures else 0


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
