"""Thousands of random events: no error, no growth."""

import random

import pytest
from hand import SEVEN, Hand

from benchmarks.chaos.window import WARM_UP, shaken
from gui.work import log

EVENTS = WARM_UP + 900
GROWTH_MB = 80
"""What ONNX Runtime and the allocator hold differs by up to 50 from one look to the next; `make chaos` looks longer,
and allows less."""


@pytest.mark.long
def test_random_events_leave_it_as_it_was(hand: Hand) -> None:
    grown = shaken(hand.window, EVENTS, random.Random(1))
    hand.reads("")
    assert not log.path().exists(), log.path().read_text()
    assert grown < GROWTH_MB
    hand.window.tk.geometry("1120x740")
    hand.write(SEVEN)
