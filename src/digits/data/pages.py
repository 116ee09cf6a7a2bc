"""Made pages: whole numbers on all sorts of paper, composed of single digits, for the page network to learn from.

A page follows from (seed, index) alone, so nothing of them is kept. Pages of a part hold only digits of that part's
writers and images, and letters and print in fonts of its own.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.data import letters, paper
from digits.data.hands import Glyph, Hand, Hands
from digits.data.paper import Layer, Random, Sheet
from digits.data.writing import Item, Line, join, plan, write, write_in_cells
from digits.ink.opencv import cv2

STRIP = (48, 176)
"""Height and width of a page that is trained on, pixels."""

HEIGHTS = (17.0, 27.0)
"""How high digits are on a strip, pixels, log-uniform."""

_SMALLEST = 12  # pixels of each side of what is cut out
_SEEN, _HALF_SEEN = 0.7, 0.3  # a digit of which less is on the page is not asked for; with still less, not there
_LETTERS = "etaoinsrhldcumfpgwybvkxjqzETAOINSRHLDCU"  # of words, about as often as in texts

_CUT_OUT = 0.5  # of the strips are only a part of them, as people cut out a number, or one of its cells
_SOME = 0.4  # of these show only some of what stands in the line
_PLAIN = 0.2  # of the strips are on plain paper, besides those that come by chance
_NOTHING = 0.12  # of the pages hold no number


class Mark(NamedTuple):
    """A digit or sign on a page."""

    sign: str
    """One of `ink.marks.CLASSES`; "" for ink that may be read or not: half a digit, or a letter like one."""
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
        """A page of at most `STRIP` to train on: numbers may run off its edges, other lines look in from above and
        below."""
        rng = self._rng(index)
        hand = self._hands.hand(rng, math.exp(rng.uniform(*np.log(HEIGHTS))))
        page = self._whole_strip(hand)
        return _cut_out(page, rng, hand.height) if rng.random() < _CUT_OUT else page

    def _whole_strip(self, hand: Hand) -> Page:
        rng = hand.rng
        if rng.random() < _NOTHING:
            return self._without_number(hand, STRIP, 1.0, too_large=True)
        kind = "plain" if rng.random() < _PLAIN else paper.KINDS[int(rng.integers(len(paper.KINDS)))]
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
            return self._without_number(hand, (round(STRIP[0] * scale), round(STRIP[1] * scale)), scale, False)
        lines = self._lines(hand, kind, 0, touching)
        margins = height * rng.uniform(0.1, 1.2, 4)
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
            join(hand, line, write(hand, plan(rng), touching))
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
                if item.link:
                    link, corner = item.link
                    paper.paste(ink, link, x + round(corner[0]), y + round(corner[1]))
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

    def _without_number(self, hand: Hand, size: tuple[int, int], scale: float, too_large: bool) -> Page:
        """Words, letters, doodles, an empty form, or digits too large for a strip, which a person would read."""
        rng, height = hand.rng, hand.height
        ink: Layer = np.zeros(size, np.uint8)
        others: list[tuple[int, int, int, int]] = []
        like_digits: list[Mark] = []

        def put(glyph: Glyph, x: float, y: float, no_digit: bool = True) -> None:
            left, top = round(x), round(y)
            down, across = glyph.ink.shape
            if not paper.paste(ink, glyph.ink, left, top):
                return
            if not no_digit:
                right, bottom = min(left + across, size[1]), min(top + down, size[0])
                like_digits.append(Mark("", (max(left, 0), max(top, 0), right, bottom)))
            elif down > 0.4 * height:
                others.append((left, top, left + across, top + down))

        kind = rng.random()
        line = rng.uniform(min(height, size[0] - 4), size[0])
        if kind < 0.55:
            self._words(hand, size[1], line, put)
        elif kind < 0.75:
            for _ in range(int(rng.integers(1, 4))):
                glyph = hand.doodle()
                put(glyph, rng.uniform(-0.1, 0.9) * size[1], line + glyph.top)
        elif kind < 0.85 and too_large:
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
        return Page(paper.photograph(ink, sheet, pattern, what, height), ink, like_digits, "", "nothing", False, others)

    def _words(self, hand: Hand, width: int, line: float, put: Callable[[Glyph, float, float, bool], None]) -> None:
        """Puts words on a line, or letters alone."""
        rng, height = hand.rng, hand.height
        x = rng.uniform(-1, 0.4) * height
        alone = rng.random() < 0.35
        while x < width:
            for _ in range(1 if alone else int(rng.integers(3, 8))):
                some = letters.ALONE if alone else _LETTERS
                letter = some[int(rng.integers(len(some)))]
                glyph = hand.letter(self._part, letter)
                put(glyph, x, line + glyph.top, letter in letters.ALONE)
                x += glyph.ink.shape[1] + rng.uniform(-0.06, 0.18) * height
            x += rng.uniform(0.5, 1.2) * height


def _cut_out(page: Page, rng: Random, height: float) -> Page:
    """A part of a page: around all or some of what stands in one of its lines, else anywhere; print, rules, other lines
    and neighbours end at its edges."""
    rows, columns = page.picture.shape
    boxes = [mark.box for mark in page.marks if mark.sign]
    if boxes:
        _, high, _, low = boxes[int(rng.integers(len(boxes)))]
        line = sorted(box for box in boxes if abs(box[1] + box[3] - high - low) < 1.4 * height)
        if rng.random() < _SOME:
            first, last = sorted(rng.integers(len(line), size=2).tolist())
            line = line[first : last + 1]
        inner = np.array(line)
        around = np.array([inner[:, 0].min(), inner[:, 1].min(), inner[:, 2].max(), inner[:, 3].max()])
    else:
        around = np.sort(rng.uniform(0, 1, (2, 2)), axis=0).ravel() * (columns, rows, columns, rows)
    margins = height * (0.9 * rng.random(4) ** 2 - 0.03)
    left, top, right, bottom = np.rint(around + margins * (-1, -1, 1, 1)).astype(int).tolist()
    left, top = max(min(left, columns - _SMALLEST), 0), max(min(top, rows - _SMALLEST), 0)
    right, bottom = min(max(right, left + _SMALLEST), columns), min(max(bottom, top + _SMALLEST), rows)
    seen = np.s_[top:bottom, left:right]
    moved = [(mark, tuple(side - (left, top)[place % 2] for place, side in enumerate(mark.box))) for mark in page.marks]
    marks = [_seen(mark.sign, box, (bottom - top, right - left)) for mark, box in moved]
    others = [(a - left, b - top, c - left, d - top) for a, b, c, d in page.others]
    return replace(page, picture=page.picture[seen], writing=page.writing[seen], others=others,
                   marks=[mark for mark in marks if mark.box[2] > 0])  # fmt: skip


def _mark(item: Item, x: int, y: int, size: tuple[int, int]) -> Mark:
    """An item's mark."""
    height, width = item.glyph.ink.shape
    return _seen(item.sign, (x, y, x + width, y + height), size)


def _seen(sign: str, box: tuple[float, ...], size: tuple[int, int]) -> Mark:
    """A mark, its box cut at the page's edges; of none if too little of it is on the page."""
    left, top, right, bottom = max(box[0], 0), max(box[1], 0), min(box[2], size[1]), min(box[3], size[0])
    seen = max(right - left, 0) * max(bottom - top, 0) / ((box[2] - box[0]) * (box[3] - box[1]))
    return Mark(sign if seen >= _SEEN else "", (left, top, right, bottom) if seen >= _HALF_SEEN else (0, 0, 0, 0))


def _dirt(sheet: Sheet) -> None:
    """Specks on the paper, faint or small."""
    rng = sheet.rng
    for _ in range(int(rng.integers(1, 8))):
        place = (int(rng.integers(sheet.size[1])), int(rng.integers(sheet.size[0])))
        cv2.circle(sheet.print, place, int(rng.integers(1, 3)), float(rng.uniform(30, 130)), -1, cv2.LINE_AA)
