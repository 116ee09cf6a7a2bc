"""A real window on the virtual screen, and a hand that moves the real pointer and presses real keys."""

import gc
import json
import os
import subprocess
import time
import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path
from tkinter import ttk

import pytest
from PIL import Image

from digits.ink import draw
from gui.session import Session
from gui.session.drawing import Drawing, Point
from gui.session.readout import Readout
from gui.window import Window

ROOT = Path(__file__).parents[1]

PATIENCE = 30
"""Seconds until what a test waits for counts as not coming; the other tests' work may be in its way."""

PAUSE = 0.01
"""Seconds between two points of the pointer's way."""

SEVEN: list[Point] = [(150, 130), (190, 126), (240, 124), (262, 128), (240, 190), (222, 250), (210, 310)]
ONE: list[Point] = [(420, 120), (420, 170), (419, 220), (420, 270), (420, 310)]


def picture_of(points: list[Point], width: int = 300, left: int = 40) -> Image.Image:
    """A digit on white paper."""
    ink = draw([points], pen=18)
    paper = Image.new("L", (width, 260), "white")
    paper.paste(Image.fromarray((255 * (1 - ink)).astype("uint8")), (left, 40))
    return paper


class Hand:
    """Works with a window as a person does.

    Args:
        window: which one, in this process.
    """

    def __init__(self, window: Window) -> None:
        self.window = window

    @property
    def session(self) -> Session:
        return self.window.session

    @property
    def drawing(self) -> Drawing:
        return self.session.sheet.drawing

    @property
    def readout(self) -> Readout:
        return self.session.reading.readout

    def wait(self, condition: Callable[[], object], what: str = "", patience: float = PATIENCE) -> None:
        """Lets the window live until a condition holds; fails if it does not within so many seconds."""
        end = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < end, f"{what or 'it'} did not come: {self.window.messages.text!r}"
            self.window.tk.update()
            time.sleep(0.001)

    def do(self, *command: object) -> None:
        """Real events, through xdotool; the window lives meanwhile."""
        process = subprocess.Popen(["xdotool", *map(str, command)])
        self.wait(lambda: process.poll() is not None)
        assert process.returncode == 0
        self.window.tk.update()

    def key(self, *keys: str) -> None:
        """Presses keys."""
        self.do("key", *keys)

    def place(self, point: Point) -> tuple[int, int]:
        """A point of the sheet on the screen."""
        sheet = self.window.sheet
        return sheet.winfo_rootx() + round(point[0]), sheet.winfo_rooty() + round(point[1])

    def draw(self, points: list[Point], button: int = 1) -> None:
        """Drags the pointer along points of the sheet."""
        command: list[object] = ["mousemove", *self.place(points[0]), "mousedown", button]
        for point in points[1:]:
            command += ["sleep", PAUSE, "mousemove", *self.place(point)]
        self.do(*command, "sleep", PAUSE, "mouseup", button)

    def write(self, points: list[Point]) -> str:
        """Draws, and waits for the reading."""
        self.draw(points)
        self.wait(lambda: self.readout.digits and self.session.reading.is_current, "a reading")
        return self.readout.text

    def click(self, point: Point) -> None:
        """Clicks a point of the sheet."""
        self.do("mousemove", *self.place(point), "click", 1)

    def buttons(self) -> list[tk.Misc]:
        """Every button that the window shows now."""
        self.window.tk.update()
        found: list[tk.Misc] = [self.window.tk]
        for widget in found:
            found += widget.winfo_children()
        return [widget for widget in found if isinstance(widget, ttk.Button) and widget.winfo_viewable()]

    def button(self, text: str) -> tk.Misc:
        """The button that says this."""
        (button,) = (button for button in self.buttons() if button.cget("text") == text)
        return button

    def press(self, text: str) -> None:
        """Clicks the button that says this."""
        button = self.button(text)
        self.window.tk.update()
        self.do("mousemove", button.winfo_rootx() + 9, button.winfo_rooty() + 9, "click", 1)

    def reads(self, text: str) -> None:
        """Waits until the window's title says that it reads this."""
        title = f"{text} · Digits" if text else "Digits"
        self.wait(lambda: self.window.tk.title() == title, f"the title {title!r} instead of {self.window.tk.title()!r}")

    def says(self, *words: str) -> None:
        """Waits until the foot of the window says this."""
        self.wait(lambda: all(word in self.window.messages.text for word in words), f"a message with {words}")


def environment() -> dict[str, str]:
    """For a process of its own that imports this checkout."""
    return os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}


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
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    monkeypatch.delenv("MLFLOW_REGISTRY_URI", raising=False)
    settings = tmp_path / "config" / "digits" / "window.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"writer": "tester", "theme": "light"}))
    return tmp_path


@pytest.fixture
def window(home: Path, root: Path) -> Iterator[Callable[..., Hand]]:
    """Opens windows: `window(model=…, picture=…, root=…)`."""
    opened: list[Window] = []

    def open_window(model: Path | str | None = None, picture: Path | None = None, root: Path = root) -> Hand:
        hand = Hand(Window(str(picture) if picture else None, str(model) if model else None, root))
        opened.append(hand.window)
        hand.do("mouseup", 1, "mousemove", *hand.place((5, 5)))  # whatever a failed test held
        return hand

    yield open_window
    while opened:
        opened.pop().close()
    gc.collect()  # of Tk's objects, in this thread: in another, Tcl would end the process


@pytest.fixture
def hand(window: Callable[..., Hand], model: Path) -> Hand:
    """A window that reads."""
    opened = window(model)
    opened.wait(lambda: opened.session.reading.model is not None, "the model")
    return opened
