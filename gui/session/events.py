"""Who hears of what. An event carries nothing: listeners look at the session for what is there now."""

from collections import defaultdict
from collections.abc import Callable
from typing import Literal

Event = Literal[
    "ink",  # a line grows, or the eraser cuts one
    "drawn",  # the sheet holds something else
    "replaced",  # and what it holds did not come from the pen, so that it has to be drawn anew
    "reading",  # other digits were read
    "regions",  # parts of a picture were read, chosen or taken away
    "chosen",  # another digit of them was chosen
    "focus",  # the panel is about another digit, or has something else to say
    "heat",  # it is known which ink speaks for the digit in focus
    "model",  # another model reads, or more is known of it
    "comparison",  # a second model reads beside it, something else, or no longer
    "samples",  # more or fewer samples wait for a training
    "training",  # the training is further, or over
    "history",  # a drawing was put away
    "view",  # another part of the picture is shown, or larger
    "tool",  # pen or eraser were taken into the hand
    "pen",  # the pen has another width
    "message",  # there is something to say
    "album",  # another picture of the folder comes, or there is no folder any more
    "recent",  # the menu of what can be opened is asked for
    "page",  # a page covers the sheet, or no longer
    "theme",  # light became dark
    "writing",  # the keys belong to the sheet again
    "quit",
]

Listener = Callable[[], None]


class Events:
    """Keeps listeners and calls them, in the order in which they came."""

    def __init__(self) -> None:
        self._listeners: defaultdict[Event, list[Listener]] = defaultdict(list)

    def on(self, listener: Listener, *events: Event) -> Listener:
        """Has a listener called at each of the events, until what this returns is called."""
        for event in events:
            self._listeners[event].append(listener)

        def end() -> None:
            for event in events:
                self._listeners[event].remove(listener)

        return end

    def tell(self, event: Event) -> None:
        """Calls all who listen to an event."""
        for listener in tuple(self._listeners[event]):
            listener()
