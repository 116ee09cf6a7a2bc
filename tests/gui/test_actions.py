"""One table of actions: each has a key of its own, and says what it is."""

from gui.actions import ACTIONS
from gui.views.icons import ICONS


def test_no_key_does_two_things_and_none_is_without() -> None:
    keys = [key for action in ACTIONS for key in action.keys or ("",)]
    assert "" not in keys
    assert len(keys) == len(set(keys))


def test_every_button_has_an_icon() -> None:
    assert {action.icon for action in ACTIONS if action.icon} == set(ICONS)
