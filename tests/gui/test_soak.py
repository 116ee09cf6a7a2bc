"""Thousands of random events: no error, no growth."""

import random
import resource
import time
from pathlib import Path

from hand import Hand

from gui.actions import ACTIONS

EVENTS = 5000
WARM_UP = 1500
GROWTH_MB = 25
"""Above what undo, the strip and Python's own arenas may come to hold."""

DIALOGS = ("open", "save", "quit", "retrain", "theme")
"""What asks the system for a window of its own, ends it all, or takes long."""


def resident() -> float:
    """MB of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def test_random_events_leave_it_as_it_was(hand: Hand) -> None:
    app, rng = hand.app, random.Random(1)
    failures: list[str] = []
    say = app.messages.warn

    def warn(text: str, *rest: object) -> None:
        if "did not work" in text:
            failures.append(text)
        say(text, *rest)  # type: ignore[arg-type]

    app.messages.warn = warn  # type: ignore[method-assign, assignment]
    names = [action.name for action in ACTIONS if action.name not in DIALOGS]
    before = 0.0
    for number in range(EVENTS):
        if number == WARM_UP:
            before = resident()
        width, height = app.view.winfo_width(), app.view.winfo_height()
        x, y = rng.randrange(width), rng.randrange(height)
        kind = rng.random()
        if kind < 0.72:
            event = rng.choice(["<ButtonPress-1>", "<B1-Motion>", "<B1-Motion>", "<B1-Motion>", "<ButtonRelease-1>"])
            app.view.event_generate(event, x=x, y=y)
        elif kind < 0.8:
            app.view.event_generate("<Motion>", x=x, y=y)
        elif kind < 0.84:
            app.teaching.teach(rng.randrange(10))
        elif kind < 0.87:
            app.do("clear")
        elif kind < 0.875:
            app.tk.geometry(f"{rng.randrange(640, 1270)}x{rng.randrange(420, 790)}")
        else:
            app.do(rng.choice(names))
        app.tk.update()
    hand.do("mouseup", 1)
    app.view.event_generate("<ButtonRelease-1>", x=1, y=1)
    app.do("deselect")
    app.do("deselect")
    app.do("clear")
    hand.reads("")
    assert not failures, failures[:3]
    assert resident() - before < GROWTH_MB
    end = time.monotonic() + 1
    app.sheet.begin((100, 100), 9)
    while time.monotonic() < end and not app.sheet.extend((100, 200)):
        pass
    app.sheet.end()
    app.drawn()
    hand.wait(lambda: app.readout.text)
