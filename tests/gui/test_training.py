"""A training in the background: how far it is, that nobody stops it by accident, and what is left to read of it."""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tkinter import ttk

import pytest
from hand import PATIENCE, Hand

from gui.views import messages
from gui.views.pages.training import TrainingPage
from gui.work.repro import Repro

PROGRAM = """
import pathlib, time
try:
    print("Running stage 'train':", flush=True)
    for percent in range(10**6): print(f"Epoch 0: {percent % 100}%|", flush=True); time.sleep(0.02)
except KeyboardInterrupt:
    pathlib.Path("saved").touch()
"""


@pytest.fixture
def training(window: Callable[..., Hand], model: Path, monkeypatch: pytest.MonkeyPatch) -> Hand:
    """A window in which one runs."""
    monkeypatch.setattr("gui.session.training.Repro", partial(Repro, command=(sys.executable, "-c", PROGRAM)))
    hand = window(model)
    hand.session.training.start()
    hand.wait(lambda: hand.session.training.text.startswith("step 4 of 6, round 1"))
    return hand


def test_a_message_is_not_written_over_by_the_progress_which_has_a_line_of_its_own(training: Hand) -> None:
    training.session.say("something else")
    before = training.session.training.text
    training.wait(lambda: training.session.training.text != before)
    training.wait(
        lambda: any(str(button.cget("text")).startswith("training: step 4 of 6") for button in training.buttons())
    )
    assert training.window.messages.text == "something else"


def test_it_says_how_long_it_will_take(training: Hand) -> None:
    assert training.session.training.text.endswith("minutes left")
    training.key("ctrl+t")
    training.wait(lambda: isinstance(training.window.page, TrainingPage))
    page = training.window.page
    assert page
    words = [str(label.cget("text")) for label in page.body.winfo_children() if isinstance(label, ttk.Label)]
    assert any("A training takes about 17 minutes, on two cores" in text for text in words)
    assert any(text.startswith("Learning to tell digits apart: step 4 of 6") for text in words)
    before = training.session.training.share
    training.wait(lambda: training.session.training.share > before)


def test_closing_the_window_asks_before_it_stops_a_training(training: Hand, root: Path) -> None:
    training.key("ctrl+q")
    training.says("A training is running", "stops it")
    assert training.session.training.running
    training.button("Stop it and close").invoke()  # type: ignore[attr-defined]
    end = time.monotonic() + PATIENCE
    while training.session.training.running:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert (root / "saved").exists()


def test_what_came_of_it_stays_until_somebody_closes_it(training: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "_STAY_MS", 50)
    training.session.training.cancel()
    training.says("Stopped.")
    training.session.say("a word between")
    training.says("a word between")
    training.says("Stopped.")
    training.press("Close")
    training.says("F1")
