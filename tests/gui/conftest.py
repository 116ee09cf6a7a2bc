"""A real window on the virtual screen, with settings, a registry and a project of its own."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gui.app import App
from window import Hand


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a project, with data/ and nothing else."""
    (tmp_path / "project" / "data").mkdir(parents=True)
    return tmp_path / "project"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, display: str) -> Path:
    """Settings, caches and a registry of one's own, and a screen."""
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    monkeypatch.delenv("MLFLOW_REGISTRY_URI", raising=False)
    settings = tmp_path / "config" / "digits" / "window.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"writer": "tester", "theme": "light"}))
    return tmp_path


@pytest.fixture
def window(home: Path, root: Path) -> Iterator[Callable[..., Hand]]:
    """Opens windows: `window(model=…, picture=…)`."""
    opened: list[App] = []

    def open_window(model: Path | str | None = None, picture: Path | None = None) -> Hand:
        app = App(str(picture) if picture else None, str(model) if model else None, root)
        opened.append(app)
        hand = Hand(app)
        hand.do("mousemove", *hand.place((5, 5)))
        return hand

    yield open_window
    for app in opened:
        app.close()


@pytest.fixture
def hand(window: Callable[..., Hand], model: Path) -> Hand:
    """A window that reads."""
    opened = window(model)
    opened.wait(lambda: opened.app.model is not None, "the model")
    return opened
