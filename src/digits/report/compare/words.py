"""Scores, differences and runs in words, for the terminal and the page."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from digits.evaluation.comparison import Contender, Estimate, Pair

METRICS = {"accuracy": "accuracy", "errors": "wrong", "nll": "NLL", "ece": "ECE"}
"""Metric of `scores.summary` -> its column."""

_LONGEST = 40
"""Characters of a value of the configuration on the terminal."""


def score(metric: str, value: float) -> str:
    """A value of a metric."""
    return {"accuracy": f"{value:.2%}", "errors": f"{value:.0f}"}.get(metric, f"{value:.4f}")


def change(metric: str, value: float) -> str:
    """A difference of two values; of accuracies in percentage points."""
    digits = {"accuracy": f"{100 * value:+.2f}", "errors": f"{value:+.0f}"}.get(metric, f"{value:+.4f}")
    return digits.replace("-", "−")


def interval(metric: str, of: Estimate, words: Callable[[str, float], str] = score) -> str:
    """The interval of a value, or of a difference where the words are `change`."""
    return f"[{words(metric, of.low)}, {words(metric, of.high)}]"


def duration(seconds: float | None) -> str:
    """Minutes and seconds; a dash where it was not measured."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def origin(contender: Contender) -> str:
    """When, with what code and in what precision the run was trained."""
    tags = contender.run.data.tags
    started = datetime.fromtimestamp(contender.run.info.start_time / 1000)
    # A plus: tracked files differed from the commit.
    commit = tags.get("git.commit", "no commit")[:7] + "+" * (tags.get("git.dirty") == "true")
    return f"{started:%Y-%m-%d %H:%M}, {commit}, {tags.get('hardware.precision', '?')}"


def file_name(contenders: Sequence[Contender]) -> str:
    """What the page of these contenders is called."""
    if len(contenders) > 2:
        return "-".join(contender.id[:6] for contender in contenders)
    names = "-vs-".join(f"{contender.name}-{contender.id[:6]}" for contender in contenders)
    return re.sub(r"[^\w.]+", "-", names)


def tables(contenders: Sequence[Contender], configs: Mapping[str, Sequence[str]], pair: Pair | None) -> str:
    """Everything but the pictures: who is compared, what differs in their configs, how they read every test set."""
    who = [
        [each.letter, each.name, each.id[:8], each.registered or "not registered", duration(each.seconds), origin(each)]
        for each in contenders
    ]
    letters = [contender.letter for contender in contenders]
    different = [[key, *map(_shortened, values)] for key, values in configs.items()]
    blocks = [
        _aligned([["", "run", "id", "registered", "training", "trained"], *who]),
        _aligned([["config", *letters], *different]) if different else "their configs are the same",
        *(_scored(contenders, pair, test) for test in contenders[0].tests),
    ]
    return "\n\n".join(blocks)


def _scored(contenders: Sequence[Contender], pair: Pair | None, test: str) -> str:
    rows = [[f"{test} ({len(contenders[0].tests[test][0]):,})", *METRICS.values()]]
    for contender in contenders:
        estimates = [(metric, contender.estimate(test, metric)) for metric in METRICS]
        rows.append([contender.letter, *(f"{score(m, e.value)} {interval(m, e)}" for m, e in estimates)])
    if pair is None:
        return _aligned(rows)
    changes = [(metric, pair.difference(test, metric)) for metric in METRICS]
    name = f"{pair.second.letter} − {pair.first.letter}"
    rows.append([name, *(f"{change(m, e.value)} {interval(m, e, change)}" for m, e in changes)])
    found = pair.comparison(test)
    return (
        f"{_aligned(rows)}\n"
        f"wrong alone: {pair.first.letter} {found.only_first_wrong}, {pair.second.letter} {found.only_second_wrong}; "
        f"McNemar's {found.chance}: {pair.verdict(test)}"
    )


def _shortened(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
