"""What `digits read` is to read: paths, folders and patterns as files, and files as their pages."""

import re
import stat
from argparse import ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import suppress
from glob import glob, has_magic
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digits.errors import DigitsError
from digits.files import PICTURES

if TYPE_CHECKING:
    from digits.ink import PageOf, Region

_PAGES = re.compile(r"([1-9]\d*)(?:-([1-9]\d*))?")
_EDGE = re.compile(r"(\d+(?:\.\d+)?)(%?)")


class Asked(NamedTuple):
    """A picture that is to be read, or a page."""

    path: str
    """As it was given, or found."""
    page: int | None
    """From 1; None of a file with one."""
    source: "PageOf"


def asked(paths: Sequence[str], wanted: Sequence[range] = (), region: "Region | None" = None) -> list[Asked]:
    """Every page that is to be read, in order; of several that a file has not, the first.

    Args:
        paths: files, folders, patterns, pipes, "-".
        wanted: pages, from 1; none for all.
        region: the only part that is read of each.

    Raises:
        DigitsError: a folder holds no picture, or a pattern matches none.
    """
    from digits.ink.files import pages
    from digits.ink.source import PageOf

    found = []
    for path in files(paths):
        source = PageOf(Path(path), region=region, content=_piped(path))
        count = pages(source)
        for page in _chosen(count, wanted):
            found.append(Asked(path, page if max(count, page) > 1 else None, source._replace(page=page)))
    return found


def files(paths: Sequence[str]) -> list[str]:
    """The paths with every folder and every pattern replaced by the pictures in it, sorted by name.

    Raises:
        DigitsError: a folder holds no picture, or a pattern matches none.
    """
    found: list[str] = []
    for path in paths:
        if kind(path) == "folder":
            pictures = _in_folder(path)
            if not pictures:
                raise DigitsError(f"{path} holds no picture ({' '.join(sorted(PICTURES))})")
            found += pictures
        elif has_magic(path) and not kind(path):
            pictures = _matching(path)
            if not pictures:
                raise DigitsError(f"{path}: matches no picture; look at what ls {path} lists")
            found += pictures
        else:
            found.append(path)
    return found


def _in_folder(folder: str) -> list[str]:
    return sorted(str(file) for file in Path(folder).rglob("*") if file.suffix.lower() in PICTURES and file.is_file())


def _matching(pattern: str) -> list[str]:
    """As a shell and then `files` do it, but once, for ** matches a folder and what is in it."""
    matches = sorted(glob(pattern, recursive=True))  # noqa: PTH207 (Path.glob knows no absolute patterns)
    found = (_in_folder(match) if kind(match) == "folder" else [match] for match in matches)
    return [*dict.fromkeys(chain.from_iterable(found))]


def kind(path: str) -> str:
    """What lies there: "folder", "file", "pipe" or a device like one; "" for nothing."""
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return ""
    return "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "pipe"


def _piped(path: str) -> bytes | None:
    """What comes through standard input or a pipe, which can be read but once; None of a file."""
    from digits.ink.source import STDIN, PageOf, content

    if path == STDIN or kind(path) == "pipe":
        with suppress(DigitsError, OSError), content(PageOf(Path(path))) as pipe:
            return pipe.read()
    return None


def _chosen(count: int, wanted: Sequence[range]) -> Iterator[int]:
    """The wanted ones of so many pages, and the first that is wanted and not there."""
    if not wanted:
        yield from range(1, count + 1)
        return
    yield from sorted({page for pages in wanted for page in pages[: count + 1] if page <= count})
    missing = [max(pages.start, count + 1) for pages in wanted if pages.stop > count + 1]
    if missing:
        yield min(missing)


def page_numbers(text: str) -> list[range]:
    """What --page says.

    Raises:
        ArgumentTypeError: it breaks the rule, which the message tells.
    """
    found = [_PAGES.fullmatch(part) for part in text.split(",")]
    pages = [range(int(one[1]), int(one[2] or one[1]) + 1) for one in found if one]
    if len(pages) < len(found) or not all(pages):
        raise ArgumentTypeError(f"{text!r} is no list of pages; give numbers from 1 and ranges, such as 3 or 2-4,7")
    return pages


def region(text: str) -> "Region":
    """What --region says.

    Raises:
        ArgumentTypeError: it breaks the rule, which the message tells.
    """
    from digits.ink.source import Region

    found = [_EDGE.fullmatch(edge.strip()) for edge in text.split(",")]
    edges, units = [float(one[1]) for one in found if one], {one[2] for one in found if one}
    if len(edges) != 4 or len(found) != 4 or len(units) != 1:
        rule = "give LEFT,TOP,RIGHT,BOTTOM, all in pixels or all in percent, such as 100,50,700,200 or 10%,5%,90%,20%"
        raise ArgumentTypeError(f"{text!r} is no region; {rule}")
    left, top, right, bottom = edges
    if not (left < right and top < bottom):
        raise ArgumentTypeError(f"{text!r} is empty; LEFT is to be less than RIGHT, and TOP than BOTTOM")
    if units == {"%"} and max(right, bottom) > 100:
        raise ArgumentTypeError(f"{text!r} reaches beyond the picture, which ends at 100%")
    return Region(left, top, right, bottom, units == {"%"})
