"""Thousands of random events: no error, no growth."""

import ctypes
import random
import resource
from pathlib import Path

from hand import SEVEN, Hand

from gui import actions
from gui.session import Session
from gui.work import log

EVENTS = 5000
LOOK_EVERY = 250
GROWTH_MB = 25
"""Above what undo, the strip and Python's own arenas may come to hold."""

LEFT_OUT = (actions.open_picture, actions.save_drawing, actions.close_window, actions.train, actions.next_theme)
"""What asks the system for a window of its own, ends it all, or takes long."""


def resident(session: Session) -> float:
    """MB that this process holds while nothing is read, without what it has freed and the allocator keeps."""
    session.worker.finish(60)
    session.errands.finish(60)
    if hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def test_random_events_leave_it_as_it_was(hand: Hand) -> None:
    session, sheet, tk, rng = hand.session, hand.window.sheet, hand.window.tk, random.Random(1)
    sequences = [action.sequences[0] for action in actions.ACTIONS if action.run not in LEFT_OUT]
    held = []
    for number in range(EVENTS):
        if number % LOOK_EVERY == 0:
            held.append(resident(session))
        x, y = rng.randrange(sheet.winfo_width()), rng.randrange(sheet.winfo_height())
        kind = rng.random()
        if kind < 0.72:
            event = rng.choice(["<ButtonPress-1>", "<B1-Motion>", "<B1-Motion>", "<B1-Motion>", "<ButtonRelease-1>"])
            sheet.event_generate(event, x=x, y=y)
        elif kind < 0.8:
            sheet.event_generate("<Motion>", x=x, y=y)
        elif kind < 0.84:
            session.lessons.teach(rng.randrange(10))
        elif kind < 0.87:
            session.clear()
        elif kind < 0.875:
            tk.geometry(f"{rng.randrange(640, 1270)}x{rng.randrange(420, 790)}")
        else:
            sheet.event_generate(rng.choice(sequences))
        tk.update()
    sheet.event_generate("<ButtonRelease-1>", x=1, y=1)
    session.close_page()
    actions.take_pen(session)
    session.clear()
    hand.reads("")
    assert not log.path().exists(), log.path().read_text()
    # What is on the sheet at that moment takes more or less; the least of several looks is what is always held.
    second, last = held[len(held) // 4 : len(held) // 2], held[-len(held) // 4 :]
    assert min(last) - min(second) < GROWTH_MB
    tk.geometry("1120x740")
    hand.write(SEVEN)
