"""One table of actions: each can be done, has a key of its own, and says what it is."""

from gui.actions import ACTIONS
from gui.commands import Commands
from gui.icons import ICONS


def test_every_action_has_a_method_a_key_and_a_tip() -> None:
    for action in ACTIONS:
        assert callable(getattr(Commands, action.name)), action.name
        assert action.keys, action.name
        assert action.tip, action.name


def test_no_key_does_two_things() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))


def test_every_button_has_an_icon() -> None:
    assert {action.name for action in ACTIONS if action.icon} == set(ICONS)
