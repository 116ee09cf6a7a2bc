"""Takes labelled pictures of digits or numbers as samples that the next training learns from. All are checked first;
then all that can be taken are written at once to data/collected.jsonl, and the others are listed with why not.
"""

import argparse
import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from digits.cli.read import in_a_line
from digits.errors import DigitsError
from digits.files import PICTURES

if TYPE_CHECKING:
    from digits.data.images import Cutting
    from digits.reading.reading import Reading

EXTRA = "train"
HELP = "take labelled pictures as samples to learn from"
EPILOG = """\
FOLDER holds one of these:
  pictures of a digit each, in folders 0 to 9, or with the digit before a _ in their names: 7_anything.png
  labels.csv with the columns file,text, where text is what the picture shows: a digit, or a number such as 12.50
  of several lines as "12<line break>34"

pictures of one digit show nothing else; numbers are found by the champion, or by --model: where it finds as many digits
as the label has, in as many lines, each gives a sample of the label's digit

examples:
  digits import scans/ --writer anna --dry-run
  digits import scans/ --writer anna
  digits import forms/ --writer ben --model models:/digits/2

exit status: 0 if all pictures were taken, 1 if some could not be, 2 for a wrong command line"""

TABLE = "labels.csv"

_COLUMNS = ("file", "text")
_NAMED = re.compile(r"([0-9])(?:_.*)?", re.DOTALL)
_DIGITS = "0123456789"


class Labelled(NamedTuple):
    """A picture, and what it is said to show."""

    path: Path
    text: str


@dataclass
class Found:
    """What an import came to."""

    pictures: int = 0
    taken: list[Labelled] = field(default_factory=list)
    """Pictures that give samples which data/ does not hold."""
    lines: list[str] = field(default_factory=list)
    """Those samples."""
    known: int = 0
    """Samples that were left out, for data/ holds them."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Pictures that cannot be taken, and why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `digits import` takes."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="pictures with labels, as below")
    parser.add_argument("--writer", required=True, metavar="NAME", help="whose handwriting it is")
    parser.add_argument("--model", metavar="URI_OR_FILE", help="finds the digits of numbers instead of the champion")
    parser.add_argument("--dry-run", action="store_true", help="say what would be taken, and write nothing")


def run(arguments: argparse.Namespace) -> int:
    """Takes what can be taken and says what; 1 if some could not be."""
    from digits.data.pen import read_all
    from digits.paths import HANDWRITING, ROOT
    from digits.teaching.collected import Samples

    writer = arguments.writer.strip()
    if not writer or not writer.isprintable():
        raise DigitsError(f"--writer {arguments.writer!r} is no name: give one that can be printed")
    labelled, refused = labels(arguments.folder)
    found = look(labelled, read_all(ROOT / HANDWRITING), writer, arguments.model)
    found.pictures, found.refused = found.pictures + len(refused), refused + found.refused
    samples = Samples(ROOT)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that has no € still shows the rest
    if arguments.dry_run:
        for one in found.taken:
            print(f"{in_a_line(str(one.path))}\t{' '.join(one.text.split())}")
    elif found.lines:
        samples.extend(found.lines)
    _tell(found, writer, samples.path.relative_to(ROOT), arguments.dry_run)
    return 1 if found.refused else 0


def _tell(found: Found, writer: str, file: Path, dry: bool) -> None:
    digits = f": {_some(len(found.lines))} by {writer}, in {file}" if found.lines else ", nothing new"
    print(f"{'would take' if dry else 'taken'} {len(found.taken)} of {found.pictures} pictures{digits}")
    if found.known:
        print(f"left out, for data/ holds it already: {_some(found.known)}")
    if found.refused:
        print(f"{len(found.refused)} not:")
    for name, reason in found.refused:
        print(f"  {in_a_line(name)}: {reason}")
    if found.lines and not dry:
        print("next: dvc repro, or Ctrl+T in the window, trains with them and brings data.dvc up to date; then commit")


def _some(count: int) -> str:
    return f"{count} digit{'' if count == 1 else 's'}"


# --- which pictures, and what they are said to show


def labels(folder: Path) -> tuple[list[Labelled], list[tuple[str, str]]]:
    """The labelled pictures of a folder, and those that have no label, with why.

    Raises:
        DigitsError: there is no such folder, its table is none, or nothing in it is labelled.
    """
    if not folder.is_dir():
        found = "is no folder" if folder.exists() else "does not exist"
        raise DigitsError(f"{folder} {found}: name the folder that holds the pictures")
    table = folder / TABLE
    labelled, refused = _from_table(table) if table.exists() else _from_names(folder)
    if not labelled and not refused:
        raise DigitsError(f"{folder} holds no labelled picture: `digits import --help` says how pictures are labelled")
    return labelled, refused


def _from_names(folder: Path) -> tuple[list[Labelled], list[tuple[str, str]]]:
    labelled, refused = [], []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if not path.is_file() or any(part.startswith(".") for part in inside.parts):
            continue
        named = _NAMED.fullmatch(path.stem)
        if len(inside.parts) > 1 and inside.parts[0] in [*_DIGITS]:
            labelled.append(Labelled(path, inside.parts[0]))
        elif named and path.suffix.lower() in PICTURES:
            labelled.append(Labelled(path, named[1]))
        elif path.suffix.lower() in PICTURES:
            refused.append((str(path), "has no label: put it into a folder 0 to 9, or name it as 7_anything.png"))
    return labelled, refused


def _from_table(table: Path) -> tuple[list[Labelled], list[tuple[str, str]]]:
    labelled: list[Labelled] = []
    refused: list[tuple[str, str]] = []
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {*_COLUMNS} <= {*(rows.fieldnames or ())}:
                found = ",".join(rows.fieldnames or ())
                raise DigitsError(f"{table}: its first line must name the columns file,text, found {found!r}")
            for row in rows:
                name, text = (row[column] or "" for column in _COLUMNS)
                place, reason = f"{table}:{rows.line_num}", _no_text(text)
                if not name:
                    refused.append((place, "names no file"))
                elif reason:
                    refused.append((str(table.parent / name), reason))
                else:
                    labelled.append(Labelled(table.parent / name, text))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DigitsError(f"{table} cannot be read ({error}): save it as CSV in UTF-8") from error
    return labelled, refused


def _no_text(text: str) -> str:
    """Why this is nothing that a picture can show; "" if it is."""
    from digits.ink.marks import SIGNS

    strange = [sign for sign in text if sign not in _DIGITS + SIGNS and not sign.isspace()]
    if strange:
        return f"its text {text!r} holds {strange[0]!r}, which is no digit and none of {SIGNS}"
    return "" if any(sign in _DIGITS for sign in text) else f"its text {text!r} holds no digit"


# --- what they give


def look(labelled: Sequence[Labelled], known: Iterable[Any], writer: str, model: str | None) -> Found:
    """Cuts every digit out of its picture, with a progress bar.

    Args:
        labelled: the pictures.
        known: all samples of data/.
        writer: whose handwriting the new ones are.
        model: who finds the digits of numbers, as for `Reader.load`.
    """
    from tqdm import tqdm

    from digits.data import images

    found = Found(pictures=len(labelled))
    places = {_content(one.cutting): (one.digit, one.place) for one in known if isinstance(one, images.ImageSample)}
    readings = tqdm(_readings(labelled, model), "importing", len(labelled), unit="picture", leave=False, disable=None)
    for one, reading in zip(labelled, readings, strict=True):
        new = []
        try:
            cut = _cuttings(one, reading)
            for digit, cutting in cut:
                there, place = places.get(_content(cutting), (None, ""))
                if there is None:
                    new.append((digit, cutting))
                elif there != digit:
                    raise DigitsError(f"the same image is a {there} in {place}, and here a {digit}")
        except DigitsError as error:
            reason = str(error).removeprefix(f"{one.path}: ")
            found.refused.append((str(one.path), reason))
            continue
        found.known += len(cut) - len(new)
        places |= {_content(cutting): (digit, str(one.path)) for digit, cutting in new}
        found.lines += [images.line(digit, writer, cutting) for digit, cutting in new]
        found.taken += [one] if new else []
    return found


def _content(cutting: "Cutting") -> tuple[Any, ...]:
    """Equal for equal images: another program may pack the same pixels into another PNG."""
    return cutting.image.tobytes(), cutting.image.shape, cutting.box


def _readings(labelled: Sequence[Labelled], model: str | None) -> Iterator["Reading | DigitsError | None"]:
    """What is read of each picture; None where all show one digit, which nobody has to find."""
    if all(one.text.strip() in [*_DIGITS] for one in labelled):
        yield from (None for _ in labelled)
        return
    from digits.reading.reader import Reader

    yield from Reader.load(model).read_all(one.path for one in labelled)


def _cuttings(one: Labelled, reading: "Reading | DigitsError | None") -> list[tuple[int, "Cutting"]]:
    """The digits of a picture, each with what it is said to be."""
    from digits.data import images
    from digits.ink import PageOf
    from digits.ink.files import pages
    from digits.teaching.pairs import pairs

    if isinstance(reading, DigitsError):
        raise reading
    if (count := pages(PageOf(one.path))) > 1:
        raise DigitsError(f"has {count} pages or frames: save each as a picture")
    picture = _upright(one.path)
    if reading is None:
        return [(int(one.text), images.cut(picture, images.find(picture)))]
    return pairs(one.text, reading, picture)


def _upright(path: Path) -> Any:
    """The whole picture in a file as people see it."""
    from PIL import ImageOps

    from digits.ink import PageOf
    from digits.ink.files import opened

    with opened(PageOf(path)) as image:
        upright = ImageOps.exif_transpose(image)
        upright.load()
        return upright
