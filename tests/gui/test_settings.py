"""Settings come back as they were, and nothing in their file can stop the window."""

from pathlib import Path

import pytest

from gui.session.settings import Settings, load, save


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    settings = Settings("Émile", 20, "/pictures", ["/pictures/a.png"], "dark", "dark")
    save(settings, tmp_path / "new" / "window.json")
    assert load(tmp_path / "new" / "window.json") == settings


BROKEN = [b"", b"{", b"[1]", b"\xff\xfe", b'{"pen": "wide", "theme": 3, "writer": null}', b'{"theme": "pink"}']
BROKEN += [b'{"recent": [3, null]}', b'{"recent": "a.png"}']


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_file_means_defaults(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "window.json"
    file.write_bytes(content)
    assert load(file) == Settings()


def test_a_pen_of_no_width_is_mended(tmp_path: Path) -> None:
    file = tmp_path / "window.json"
    file.write_text('{"pen": -3, "writer": "kept"}')
    assert (load(file).pen, load(file).writer) == (4, "kept")
