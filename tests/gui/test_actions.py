"""One table of actions: each has a key of its own, and what can be pressed can be seen."""

from gui.actions import ACTIONS
from gui.views.icons import ICONS


def test_no_key_does_two_things_and_no_action_is_without() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))
    assert all(action.keys and action.tip for action in ACTIONS)


def test_no_icon_is_left_over() -> None:
    assert {action.icon for action in ACTIONS} >= set(ICONS)
