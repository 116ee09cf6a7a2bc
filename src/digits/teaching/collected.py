"""What people taught: one JSON line a digit in data/collected.jsonl, which the next training reads. The window, the
review of forms and `digits import` write there.

Every change is made under a lock and by renaming a whole new file, so that two windows never mix their lines
and neither a crash nor a full disk loses a line that was there.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from digits.errors import DigitsError
from digits.files import written_whole

_WAIT_SECONDS = 10
"""Another window holds the lock for a few milliseconds."""

_DECIMALS = 1
"""Of a coordinate: a tenth of a pixel is finer than any pen on the sheet."""


def sample_line(digit: int, writer: str, strokes: Sequence[Sequence[tuple[float, float]]]) -> str:
    """A digit of strokes as a line of data/*.jsonl, in the format of docs/data.md, without its end; `images.line` makes
    that of a picture.

    Args:
        digit: what it is.
        writer: whose handwriting.
        strokes: points x, y of each, in pixels of the sheet.
    """
    points = [[[round(x, _DECIMALS), round(y, _DECIMALS)] for x, y in stroke] for stroke in strokes]
    return json.dumps({"digit": digit, "writer": writer, "strokes": points}, separators=(",", ":"), ensure_ascii=False)


def renamed(line: str, writer: str) -> str:
    """A line under another name."""
    return json.dumps(json.loads(line) | {"writer": writer}, separators=(",", ":"), ensure_ascii=False)


class Samples:
    """data/collected.jsonl of one project.

    Args:
        root: the project's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / "data" / "collected.jsonl"
        # Not in data/, whose content DVC hashes.
        self._lock = root / "artifacts" / "collected.lock"

    def extend(self, new: Sequence[str]) -> None:
        """Adds lines at the end; raises what `replace` does."""
        self.replace((), new)

    def replace(self, old: Sequence[str], new: Sequence[str]) -> None:
        """Puts lines in the place of others, so that replacing them back leaves the file as it was: all or nothing.

        Args:
            old: of each the last that reads so goes; what is gone already is no matter.
            new: come where the first of the old was, or at the end.

        Raises:
            DigitsError: it cannot be written; what was there is still there.
        """
        with self._changing() as lines:
            places = [len(lines)]
            for line in old:
                if line in lines:
                    places.append(len(lines) - 1 - lines[::-1].index(line))
                    del lines[places[-1]]
            lines[min(places) : min(places)] = new

    @contextmanager
    def _changing(self) -> Iterator[list[str]]:
        from filelock import FileLock, Timeout

        try:
            self._lock.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._lock, timeout=_WAIT_SECONDS):
                for left_over in self.path.parent.glob(f".{self.path.stem}-*"):  # of a process that was killed
                    left_over.unlink()
                # Not splitlines, for which U+2028 and others that a name may hold end a line too.
                text = self.path.read_text("utf-8") if self.path.exists() else ""
                lines = text.removesuffix("\n").split("\n") if text else []
                before = list(lines)
                yield lines
                if lines == before:
                    return
                if not lines:
                    self.path.unlink()
                    return
                with written_whole(self.path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
                    file.writelines(f"{line}\n" for line in lines)
                    file.flush()
                    os.fsync(file.fileno())
        except Timeout as error:
            raise DigitsError(f"another window keeps {self.path} busy; try again in a moment") from error
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise DigitsError(
                f"the sample could not be saved to {self.path} ({reason}); make the folder writable or free some space"
            ) from error

    def waiting(self) -> int | None:
        """How many of the newest lines the last training had not seen; None where data/ differs in other ways too.

        dvc.lock holds the hash of data/ that the last finished training saw: the lines are counted that have to be
        taken away for data/ to have that hash. So it is right whoever trained, and from wherever.
        """
        seen = self._seen_by_training()
        files = [file for file in (self.root / "data").glob("*") if file.is_file() and file != self.path]
        others = {file.name: hashlib.md5(file.read_bytes()).hexdigest() for file in files}
        lines = self.path.read_bytes().splitlines(keepends=True) if self.path.exists() else []
        if seen is None:
            return len(lines)
        waiting = len(lines) if _dvc_hash(others) == seen else None
        so_far = hashlib.md5()
        for number, line in enumerate(lines, 1):
            so_far.update(line)
            if _dvc_hash(others | {self.path.name: so_far.hexdigest()}) == seen:
                waiting = len(lines) - number
        return waiting

    def _seen_by_training(self) -> str | None:
        import yaml

        try:
            stages = yaml.safe_load((self.root / "dvc.lock").read_text())["stages"]
            data = next(dep for dep in stages["train"]["deps"] if dep["path"] == "data")
        except (OSError, ValueError, KeyError, TypeError, StopIteration, yaml.YAMLError):
            return None  # nothing was trained here yet
        return str(data["md5"])


def _dvc_hash(files: dict[str, str]) -> str:
    """The hash that DVC gives a folder of these files (name to MD5)."""
    entries = [{"md5": digest, "relpath": name} for name, digest in sorted(files.items())]
    return hashlib.md5(json.dumps(entries, sort_keys=True).encode()).hexdigest() + ".dir"
