"""Made pages: whole numbers on all sorts of paper, composed of single digits, for the page network to learn from.

A page follows from (seed, index) alone, so nothing of them is kept. Pages of a part hold only digits of that part's
writers and images, and letters and print in fonts of its own.
"""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.data import paper, signs
from digits.data.hands import Glyph, Hand, Hands
from digits.data.paper import Layer, Random, Sheet

STRIP = (48, 176)
"""Height and width of a page that is trained on, pixels."""

HEIGHTS = (17.0, 27.0)
"""How high digits are on a strip, pixels, log-uniform."""

_SEEN, _HALF_SEEN = 0.7, 0.3  # a digit of which less is on the page is not asked for; with still less, not there
_LETTERS = "etaoinsrhldcumfpgwybvkxjqzETAOINSRHLDCU"  # of words, about as often as in texts

_NOTHING = 0.12  # of the pages hold no number

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


class Mark(NamedTuple):
    """A digit or sign on a page."""

    sign: str
    """One of `ink.marks.CLASSES`; "" for ink that may be read or not: it is half cut off."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom of its ink, pixels."""


@dataclass
class Page:
    """A made page."""

    picture: Layer
    """Brightness, (H, W)."""
    writing: Layer
    """What a hand wrote on it, digits or not, (H, W), 0 paper, 255 ink."""
    marks: list[Mark]
    text: str
    """What is to be read of it, line by line."""
    kind: str
    """One of `paper.KINDS`, or "nothing"."""
    touching: bool
    """Whether digits of it were written into each other."""
    others: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Boxes of letters that no digit looks like, and of doodles."""


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


def _joined(hand: Hand, line: Line, other: Line) -> None:
    """Adds another line's items to the right of a line, written apart."""
    shift = line.width + hand.height * hand.rng.uniform(1.0, 3.0)
    for item in other.items:
        item.x += shift
    other.items[0].space = True
    line.items += other.items
    line.width = shift + other.width
    line.touching |= other.touching


class Pages:
    """The made pages of one part.

    Args:
        hands: who writes on them.
        part: train, validation or test.
        seed: with the index it decides everything of a page.
    """

    def __init__(self, hands: Hands, part: str, seed: int) -> None:
        self._hands, self._part, self._seed = hands, part, seed

    def _rng(self, index: int) -> Random:
        return np.random.default_rng([self._seed, index, *self._part.encode()])

    def strip(self, index: int) -> Page:
        """A page of `STRIP` to train on: numbers may run off its edges, other lines look in from above and below."""
        rng = self._rng(index)
        hand = self._hands.hand(rng, math.exp(rng.uniform(*np.log(HEIGHTS))))
        if rng.random() < _NOTHING:
            return self._without_number(hand, STRIP, 1.0)
        kind = paper.KINDS[int(rng.integers(len(paper.KINDS)))]
        lines = self._lines(hand, kind, STRIP[1], rng.random() < 0.5)
        spread = STRIP[1] - lines[0].width
        left = rng.uniform(0, spread) if spread > 0 else rng.uniform(spread, 0)
        if rng.random() < 0.15:
            left += rng.uniform(-0.8, 0.8) * hand.height
        low, high = hand.height * 0.95, STRIP[0] - 0.05 * hand.height
        return self._page(hand, kind, lines, STRIP, (left, rng.uniform(min(low, high), high)), 1.0)

    def whole(self, index: int, kind: str, touching: bool, scale: float = 1.0) -> Page:
        """A page to measure with: one or two lines, nothing cut off.

        Args:
            index: which one.
            kind: one of `paper.KINDS`, or "nothing" for a page with no number.
            touching: whether digits are written into each other.
            scale: how many times as large as on strips.
        """
        rng = self._rng(index)
        hand = self._hands.hand(rng, scale * rng.uniform(20, 34))
        height = hand.height
        if kind == "nothing":
            return self._without_number(hand, (round(STRIP[0] * scale), round(STRIP[1] * scale)), scale)
        lines = self._lines(hand, kind, 0, touching)
        margins = height * rng.uniform(0.35, 1.2, 4)
        step = height * rng.uniform(1.7, 2.2)
        size = (round(height + margins[0] + margins[1] + step * (len(lines) - 1) + 0.4 * height),
                round(max(line.width for line in lines) + margins[2] + margins[3]))  # fmt: skip
        return self._page(hand, kind, lines, size, (margins[2], margins[0] + 1.1 * height), scale, step)

    def _lines(self, hand: Hand, kind: str, width: int, touching: bool) -> list[Line]:
        rng = hand.rng
        if kind in ("joined", "boxes", "comb"):
            digits = "".join(sign for sign in plan(rng) if sign.isdigit())
            return [write_in_cells(hand, digits)]
        line = write(hand, plan(rng), touching)
        while (line.width < 0.65 * width and rng.random() < 0.7) or (not width and rng.random() < 0.1):
            _joined(hand, line, write(hand, plan(rng), touching))
        more = [write(hand, plan(rng), touching) for _ in range(2)] if rng.random() < 0.5 and width else []
        if not width and rng.random() < 0.15:
            more = [write(hand, plan(rng), touching)]
        return [line, *more]

    def _page(self, hand: Hand, kind: str, lines: list[Line], size: tuple[int, int], start: tuple[float, float],
              scale: float, step: float = 0.0) -> Page:  # fmt: skip
        rng, height = hand.rng, hand.height
        ink: Layer = np.zeros(size, np.uint8)
        step = step or height * rng.uniform(1.25, 2.2)
        slope = rng.normal(0, 0.02)
        marks: list[Mark] = []
        for place, line in enumerate(lines):
            down = (place if place < 2 else -1) * step  # on strips, a third line stands over the first
            left = start[0] + (rng.normal(0, 0.3) * height if place and line.edges is None else 0)
            for item in line.items:
                x, y = round(left + item.x), round(start[1] + down + item.y + slope * item.x)
                if paper.paste(ink, item.glyph.ink, x, y):
                    marks.append(_mark(item, x, y, size))
        sheet = Sheet(size, rng, self._part, scale)
        first = lines[0]
        box = (start[0], start[1] - height, start[0] + first.width, start[1])
        pattern = self._print(sheet, hand, kind, first, box)
        picture = paper.photograph(ink, sheet, pattern, kind, height)
        text = "\n".join(line.text() for line in lines)
        return Page(
            picture, ink, [mark for mark in marks if mark.box[2] > 0], text, kind, any(li.touching for li in lines)
        )

    def _print(self, sheet: Sheet, hand: Hand, kind: str, line: Line, box: tuple[float, float, float, float]
               ) -> NDArray[np.float32] | None:  # fmt: skip
        """What the paper has printed; its security pattern, if there is one."""
        rng, height = sheet.rng, hand.height
        left, top, _, bottom = box
        if line.edges is not None:
            cell_top, cell_bottom = top - rng.uniform(0.05, 0.35) * height, bottom + rng.uniform(0.03, 0.3) * height
            paper.cells(sheet, line.edges + left, cell_top, cell_bottom, kind)
        elif kind in ("ruled", "squared") or (kind in ("shadow", "pencil") and rng.random() < 0.4):
            paper.rules(sheet, height, bottom, kind == "squared")
        elif kind == "frame" or (kind == "cheque" and rng.random() < 0.6):
            paper.frame(sheet, box, height)
        elif kind == "cheque" and rng.random() < 0.6:
            sheet.level(bottom + rng.uniform(0, 0.3) * height, strength=rng.uniform(80, 255), thick=sheet.thickness())
        if (kind in ("frame", "cheque") and rng.random() < 0.4) or rng.random() < 0.1:
            paper.words(sheet, box, height)
        if rng.random() < 0.1:
            _dirt(sheet)
        return paper.security(sheet, height) if kind == "cheque" else None

    def _without_number(self, hand: Hand, size: tuple[int, int], scale: float) -> Page:
        """Words, letters, doodles, digits far too large, or an empty form."""
        rng, height = hand.rng, hand.height
        ink: Layer = np.zeros(size, np.uint8)
        others: list[tuple[int, int, int, int]] = []

        def put(glyph: Glyph, x: float, y: float, no_digit: bool = True) -> None:
            left, top = round(x), round(y)
            down, across = glyph.ink.shape
            if paper.paste(ink, glyph.ink, left, top) and no_digit and down > 0.4 * height:
                others.append((left, top, left + across, top + down))

        kind = rng.random()
        line = rng.uniform(min(height, size[0] - 4), size[0])
        if kind < 0.55:
            x = rng.uniform(-1, 0.4) * height
            alone = rng.random() < 0.35
            while x < size[1]:
                letters = 1 if alone else int(rng.integers(3, 8))
                for _ in range(letters):
                    some = signs.ALONE if alone else _LETTERS
                    letter = some[int(rng.integers(len(some)))]
                    glyph = hand.letter(self._part, letter)
                    put(glyph, x, line + glyph.top, letter in signs.ALONE)
                    x += glyph.ink.shape[1] + rng.uniform(-0.06, 0.18) * height
                x += rng.uniform(0.5, 1.2) * height
        elif kind < 0.75:
            for _ in range(int(rng.integers(1, 4))):
                glyph = hand.doodle()
                put(glyph, rng.uniform(-0.1, 0.9) * size[1], line + glyph.top)
        elif kind < 0.85 and size == STRIP:
            hand.height *= rng.uniform(2.2, 4)
            hand.pen *= 3
            x = rng.uniform(-2, 0.5) * height
            while x < size[1]:
                glyph = hand.digit(int(rng.integers(10)))
                paper.paste(ink, glyph.ink, round(x), round(rng.uniform(0.8, 1.6) * size[0] + glyph.top))
                x += glyph.ink.shape[1] + rng.uniform(0.1, 0.6) * height
        sheet = Sheet(size, rng, self._part, scale)
        what = paper.KINDS[int(rng.integers(len(paper.KINDS)))]
        empty = Line()
        if what in ("joined", "boxes", "comb"):
            empty.edges = np.arange(int(rng.integers(2, 12)), dtype=np.float64) * height * rng.uniform(0.8, 1.5)
        left = rng.uniform(0, 0.4) * size[1]
        pattern = self._print(sheet, hand, what, empty, (left, line - height, left + rng.uniform(2, 6) * height, line))
        return Page(paper.photograph(ink, sheet, pattern, what, height), ink, [], "", "nothing", False, others)


def _mark(item: Item, x: int, y: int, size: tuple[int, int]) -> Mark:
    """An item's mark, its box cut at the page's edges; of none if too little of it is on the page."""
    height, width = item.glyph.ink.shape
    left, top, right, bottom = max(x, 0), max(y, 0), min(x + width, size[1]), min(y + height, size[0])
    seen = (right - left) * (bottom - top) / (width * height)
    sign = item.sign if seen >= _SEEN else ""
    return Mark(sign, (left, top, right, bottom) if seen >= _HALF_SEEN else (0, 0, 0, 0))


def _dirt(sheet: Sheet) -> None:
    """Specks on the paper, faint or small."""
    rng = sheet.rng
    for _ in range(int(rng.integers(1, 8))):
        place = (int(rng.integers(sheet.size[1])), int(rng.integers(sheet.size[0])))
        cv2.circle(sheet.print, place, int(rng.integers(1, 3)), float(rng.uniform(30, 130)), -1, cv2.LINE_AA)
