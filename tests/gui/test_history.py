"""What the strip remembers."""

from gui.session.drawing import Drawing, Stroke
from gui.session.history import LENGTH, History


def drawing() -> Drawing:
    return Drawing((Stroke(((0, 0), (1, 1)), 8),))


def test_the_newest_comes_first_and_the_oldest_goes() -> None:
    history = History()
    for number in range(LENGTH + 3):
        assert history.put_away(drawing(), str(number))
    assert [entry.text for entry in history.entries] == [str(number) for number in range(LENGTH + 2, 2, -1)]


def test_blank_sheets_and_what_is_there_already_are_not_kept() -> None:
    history = History()
    once = drawing()
    assert not history.put_away(Drawing(), "")
    assert history.put_away(once, "1")
    assert not history.put_away(once, "1")
