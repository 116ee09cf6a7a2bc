"""Numbers as a hand writes them: which digits and signs, how far apart, joined or in printed cells."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from digits.data.hands import Glyph, Hand
from digits.data.paper import Random
from digits.ink.opencv import cv2

_PLANS = (
    (0.46, ("",)),
    (0.24, ("#.##", "##.##", "###.##", "#,##", "##,##", "#,###", "##,###", "#,###.##", "#.###,##", "###.^##", "##,^##",
            "###.-", "##,--", "###/-", "#.#", "#.###", "###^##", "=##=", "-###.##", "##-^##", "###--")),
    (0.08, ("$##", "$###.##", "€##,##", "##€", "##,##€", "£##", "£#.##", "$#", "€#", "£###")),
    (0.12, ("##/##/####", "#/##", "##/##", "#/#/##", "##.##.####", "##.#.##", "##-##-##", "##-##-####", "####-##-##",
            "##:##", "#:##", "##:##:##")),
    (0.05, ("(###) ###-####", "###-####", "+## ### ####", "(###)", "(##)", "##-####", "###.####", "#-###")),
    (0.05, ("-#", "-##", "-#.#", "+#", "#+#=#", "#+##", "##-#=#", "##=", "(#)", "#)", "#.", "##)", "-#,#", "#=#")),
)  # fmt: skip
"""How often numbers are written in which ways: # is a digit, ^ raises and shrinks the rest; "" is only digits."""


@dataclass
class Item:
    """A glyph with its place in a line."""

    sign: str
    glyph: Glyph
    x: float = 0.0
    y: float = 0.0
    """Of its upper left corner; of `y` 0 is the line."""
    space: bool = False
    """Whether it was written apart from the one before it."""
    link: tuple[NDArray[np.uint8], NDArray[np.float64]] | None = None
    """Ink that joins it with the one before it, and where that ink's upper left corner lies from its own."""


@dataclass
class Line:
    """A line as written, from x = 0."""

    items: list[Item] = field(default_factory=list)
    width: float = 0.0
    touching: bool = False
    edges: NDArray[np.float64] | None = None
    """Where printed cells begin and end, if it is written in such."""

    def text(self) -> str:
        """The line as read."""
        return "".join((" " if item.space else "") + item.sign for item in self.items)


def plan(rng: Random) -> str:
    """What is written: a text of `ink.marks.CLASSES`, ^ and spaces."""
    shares = np.array([share for share, _ in _PLANS])
    some = _PLANS[int(rng.choice(len(_PLANS), p=shares / shares.sum()))][1]
    wanted = some[int(rng.integers(len(some)))] or "#" * int(rng.integers(1, 11))
    kind = rng.random()
    digits = rng.integers(0, 10, len(wanted))
    if kind < 0.2:
        digits[int(rng.integers(1, len(wanted) + 1)) :] = 0
    elif kind < 0.3:
        digits[rng.random(len(wanted)) < 0.5] = 1
    elif kind < 0.35:
        digits[:] = digits[0]
    return "".join(str(digit) if sign == "#" else sign for sign, digit in zip(wanted, digits, strict=True))


def write(hand: Hand, text: str, touching: bool) -> Line:
    """A line of text in a hand, its neighbours' ink meeting in places if it is to be touching."""
    rng, height = hand.rng, hand.height
    gap = height * math.exp(rng.normal(math.log(0.15), 0.5))
    line, size, lift, space = Line(touching=touching), 1.0, 0.0, False
    right = np.full(round(6 * height), -1e9)  # of the ink so far, row by row, from 3 heights over the line
    for sign in text:
        if sign == "^":
            size, lift = rng.uniform(0.5, 0.85), rng.uniform(0.0, 0.6)
            continue
        if sign == " ":
            space = True
            continue
        glyph = hand.digit(int(sign), size) if sign.isdigit() else hand.sign(sign, size)
        wanted = height * rng.uniform(0.9, 2.2) if space else gap * math.exp(rng.normal(0, 0.35))
        if sign in ".,:":  # else they would vanish in the ink beside them
            wanted = max(wanted, 0.06 * height)
        elif touching and not space and rng.random() < 0.6:
            wanted = -rng.uniform(0.01, 0.1) * height
        item = Item(sign, glyph, 0.0, glyph.top - lift * height * size, space)
        _place(item, right, min(wanted, height * 2.5), height)
        if touching and hand.linked and line.items and not space:
            item.link = _link(hand, line.items[-1], item)
        line.items.append(item)
        space = False
    _start_at_zero(line)
    return line


def _place(item: Item, right: NDArray[np.float64], gap: float, height: float) -> None:
    """Moves an item as far left as leaves `gap` pixels of paper to the ink before it, and adds its own to `right`."""
    ink = item.glyph.ink > 96
    first = int(item.y + 3 * height)
    rows = np.minimum(np.maximum(np.arange(first, first + len(ink)), 0), len(right) - 1)
    any_ink = ink.any(axis=1)
    left_edge = np.where(any_ink, ink.argmax(axis=1), 1e6)
    right_edge = np.where(any_ink, ink.shape[1] - ink[:, ::-1].argmax(axis=1), -1e6)
    reach = np.ones((2 * max(1, round(0.06 * height)) + 1, 1), np.uint8)
    before = float(right.max())
    x = float((cv2.dilate(right[:, None], reach)[rows, 0] - left_edge).max()) + gap
    # Beside nothing at its own height, it stands after what is written, or a little over or under it.
    x = max(x, before - 0.35 * height) if before > -1e8 else 0.0
    item.x = x
    right[rows] = np.maximum(right[rows], x + right_edge)


def _link(hand: Hand, before: Item, item: Item) -> tuple[NDArray[np.uint8], NDArray[np.float64]] | None:
    """Joins two digits, zeros more often than others, where it is known where the pen went."""
    often = 0.7 if before.sign == item.sign == "0" else 0.2
    if before.glyph.ends is None or item.glyph.ends is None or hand.rng.random() > often:
        return None
    start = before.glyph.ends[1] + (before.x - item.x, before.y - item.y)
    ink, corner = hand.link(item.glyph.ends[0] - start)
    return ink, start + corner


def write_in_cells(hand: Hand, digits: str) -> Line:
    """Digits, one in each of a row of printed cells."""
    rng, height = hand.rng, hand.height
    line = Line()
    pitch = height * rng.uniform(0.8, 1.5)
    off = rng.normal(0, 0.06) * pitch
    for place, sign in enumerate(digits):
        glyph = hand.digit(int(sign))
        x = (place + 0.5) * pitch - glyph.ink.shape[1] / 2 + off + rng.normal(0, 0.07) * pitch
        line.items.append(Item(sign, glyph, x, glyph.top))
    line.width = len(digits) * pitch
    line.edges = np.arange(len(digits) + 1, dtype=np.float64) * pitch
    return line


def _start_at_zero(line: Line) -> None:
    first = min(item.x for item in line.items)
    for item in line.items:
        item.x -= first
    line.width = max(item.x + item.glyph.ink.shape[1] for item in line.items)


def join(hand: Hand, line: Line, other: Line) -> None:
    """Adds another line's items to the right of a line, written apart."""
    shift = line.width + hand.height * hand.rng.uniform(1.0, 3.0)
    for item in other.items:
        item.x += shift
    other.items[0].space = True
    line.items += other.items
    line.width = shift + other.width
    line.touching |= other.touching
