"""The sheet as it was left: strokes in a file of the user's own, for the next start."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

from digits.files import written_whole

from .. import words
from . import log

Line = tuple[float, tuple[tuple[float, float], ...]]
"""A stroke: the pen's diameter, and the points x, y of its way, both in pixels of the sheet."""

_FORMAT = 1
"""Goes up when an older window could not read what is written."""

_FARTHEST = 100_000
"""No screen is as large, pixels: what lies outside was not written here."""


def path() -> Path:
    """The file, in the folder that this system gives each user for what programs remember of themselves."""
    from platformdirs import user_state_path

    return user_state_path("digits") / "sheet.json"


def save(lines: Sequence[Line], file: Path) -> None:
    """Writes them, whole or not at all; for none there is no file.

    Raises:
        OSError: the folder cannot be written.
    """
    if not lines:
        file.unlink(missing_ok=True)
        return
    strokes = [{"pen": pen, "points": points} for pen, points in lines]
    with written_whole(file) as temporary:
        temporary.write_text(json.dumps({"format": _FORMAT, "strokes": strokes}, separators=(",", ":")))
    file.chmod(0o600)  # handwriting is nobody else's business


def load(file: Path) -> list[Line]:
    """What was kept; nothing where there is no such file, or a broken one, which the log then names."""
    try:
        content = json.loads(file.read_bytes())
        if content["format"] != _FORMAT:
            raise ValueError(words.window.SHEET_FORMAT.format(found=content["format"], expected=_FORMAT))
        return [_line(stroke["pen"], stroke["points"]) for stroke in content["strokes"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        error.add_note(words.window.SHEET_IGNORED.format(file=file))
        log.write(error)
        return []


def _line(pen: object, points: object) -> Line:
    """Checks a stroke.

    Raises:
        TypeError, ValueError: it is none.
    """
    if not isinstance(points, list) or not points:
        raise TypeError(words.window.SHEET_POINTS.format(found=points))
    return _number(pen), tuple((_number(x), _number(y)) for x, y in points)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(words.window.SHEET_NO_NUMBER.format(found=value))
    if not math.isfinite(value) or abs(value) > _FARTHEST:
        raise ValueError(words.window.SHEET_OUTSIDE.format(found=value))
    return float(value)
