"""What may go, as a table for people."""

from collections.abc import Sequence
from itertools import groupby

from digits.cleaning.thing import Rules, Thing

_LONGEST = 60
"""Characters of a name."""


def table(things: Sequence[Thing], rules: Rules) -> str:
    """A line for each thing, below one for its kind, and the sum.

    Args:
        things: in the order of their kinds.
        rules: since when they are old.
    """
    blocks = []
    for kind, group in groupby(things, lambda thing: thing.kind):
        of = [*group]
        rows = [(_shortened(each.name), rules.age(each), _amount(each.size), each.why) for each in of]
        name, age, size = (max(len(row[column]) for row in rows) for column in range(3))
        lines = [f"  {row[0]:{name}}   {row[1]:>{age}}   {row[2]:>{size}}   {row[3]}" for row in rows]
        blocks.append("\n".join([f"{kind}: {summary(of)}", *lines]))
    return "\n\n".join([*blocks, f"all together: {summary(things)}"])


def summary(things: Sequence[Thing]) -> str:
    """How many things, and the room that they take on this disk."""
    sizes = [thing.size for thing in things if thing.size is not None]
    return f"{len(things)}, {_amount(sum(sizes))}" if sizes else str(len(things))


def _amount(size: int | None) -> str:
    """Bytes in megabytes; a dash where they are not on this disk."""
    return "–" if size is None else f"{size / 1e6:,.1f} MB"


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
