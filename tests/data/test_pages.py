"""Made pages: the same for the same number, of the right people alone, with marks where ink is."""

import numpy as np
import pytest

from digits.data import paper
from digits.data.hands import Hands
from digits.data.pages import STRIP, Page, Pages
from digits.ink.marks import CLASSES


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
        assert 0 <= left < right <= STRIP[1]
        assert 0 <= top < bottom <= STRIP[0]
        assert page.writing[top:bottom, left:right].any()
    nothing = [page for page in made if page.kind == "nothing"]
    assert nothing
    assert not any(page.text or any(mark.sign for mark in page.marks) for page in nothing)


@pytest.mark.parametrize("kind", [*paper.KINDS, "nothing"])
def test_whole_pages_of_every_kind_of_paper_hold_all_of_what_is_to_be_read(kind: str, pages: Pages) -> None:
    for index in range(3):
        page = pages.whole(index, kind, touching=index == 1)
        assert page.kind == kind
        assert page.picture.dtype == np.uint8
        signs = [mark.sign for mark in page.marks if mark.sign]
        assert sorted(signs) == sorted(page.text.replace(" ", "").replace("\n", ""))
