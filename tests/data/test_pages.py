"""Made pages: the same for the same number, of the right people alone, with marks where ink is."""

import numpy as np
import pytest

from digits.data import paper
from digits.data.hands import Hands
from digits.data.pages import STRIP, Page, Pages
from digits.data.writing import write
from digits.ink.marks import CLASSES
from digits.ink.opencv import cv2


@pytest.fixture(scope="module")
def pages(hands: Hands) -> Pages:
    return Pages(hands, "train", seed=1)


def same(one: Page, other: Page) -> bool:
    return np.array_equal(one.picture, other.picture) and one.marks == other.marks


def test_a_page_follows_from_seed_number_and_part_alone(hands: Hands, pages: Pages) -> None:
    kept = [pages.strip(index) for index in range(8)]
    again = Pages(hands, "train", seed=1)
    assert all(same(again.strip(index), kept[index]) for index in reversed(range(8)))
    assert not any(same(Pages(hands, "train", seed=2).strip(index), kept[index]) for index in range(8))
    assert not any(same(Pages(hands, "validation", seed=1).strip(index), kept[index]) for index in range(8))


def test_marks_are_digits_and_signs_and_lie_on_their_ink(pages: Pages) -> None:
    made = [pages.strip(index) for index in range(60)]
    marks = [(page, mark) for page in made for mark in page.marks]
    assert {mark.sign for _, mark in marks} <= {*CLASSES, ""}
    assert {*"0123456789."} <= {mark.sign for _, mark in marks}
    for page, mark in marks:
        left, top, right, bottom = (round(edge) for edge in mark.box)
        assert 0 <= left < right <= page.picture.shape[1] <= STRIP[1]
        assert 0 <= top < bottom <= page.picture.shape[0] <= STRIP[0]
        assert page.writing[top:bottom, left:right].any()
    assert 15 < sum(page.picture.shape != STRIP for page in made) < 45  # parts of strips, as people cut them out
    nothing = [page for page in made if page.kind == "nothing"]
    assert nothing
    assert not any(page.text or any(mark.sign for mark in page.marks) for page in nothing)


def test_a_linked_hand_writes_zeros_in_one_go(hands: Hands) -> None:
    """What hangs together: one piece of ink where the pen was not lifted, two where it was."""
    pieces = set()
    for seed in range(40):
        hand = hands.hand(np.random.default_rng(seed), 24.0)
        hand.linked, hand.ragged = True, False
        line = write(hand, "00", touching=True)
        layer = np.zeros((80, 160), np.uint8)
        for item in line.items:
            if item.link:
                paper.paste(layer, item.link[0], *np.rint((40, 50) + item.link[1] + (item.x, item.y)).astype(int))
            paper.paste(layer, item.glyph.ink, round(40 + item.x), round(50 + item.y))
        if line.items[1].link:
            pieces.add(cv2.connectedComponents((layer > 64).astype(np.uint8))[0] - 1)
    assert pieces == {1}


@pytest.mark.parametrize("kind", [*paper.KINDS, "nothing"])
def test_whole_pages_of_every_kind_of_paper_hold_all_of_what_is_to_be_read(kind: str, pages: Pages) -> None:
    for index in range(3):
        page = pages.whole(index, kind, touching=index == 1)
        assert page.kind == kind
        assert page.picture.dtype == np.uint8
        signs = [mark.sign for mark in page.marks if mark.sign]
        assert sorted(signs) == sorted(page.text.replace(" ", "").replace("\n", ""))
