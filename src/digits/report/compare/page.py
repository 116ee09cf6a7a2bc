"""The comparison as one HTML page that needs nothing beside it: charts are SVG, digits are PNG in data URIs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.ticker import MaxNLocator

from digits.evaluation import scores
from digits.evaluation.breakdown import share
from digits.evaluation.comparison import Contender, Pair
from digits.report.compare import words
from digits.report.pages import digit_uri, environment

_SHOWN = 240
"""Digits of a gallery; more make the page slow to open and say nothing new."""


@dataclass(frozen=True)
class Tile:
    """A digit that only one of two reads wrong."""

    picture: str
    """As a data URI."""
    position: int
    """In its test set."""
    label: int
    readings: list[tuple[Contender, int, float]]
    """Who, what, how sure."""


@dataclass(frozen=True)
class Gallery:
    """The digits of a set that one contender alone reads wrong."""

    contender: Contender
    count: int
    tiles: list[Tile]
    """The surest mistakes."""


def render(contenders: Sequence[Contender], configs: Mapping[str, Sequence[str]], pair: Pair | None) -> str:
    """The page, as text."""
    tests = list(contenders[0].tests)
    return (
        environment(Path(__file__).parent)
        .get_template("page.html")
        .render(
            contenders=contenders,
            configs=configs,
            pair=pair,
            sizes={test: len(contenders[0].tests[test][0]) for test in tests},
            galleries={test: galleries(pair, test) for test in tests} if pair else {},
            ticks=ticks,
            reliability=reliability,
            words=words,
        )
    )


def ticks(contenders: Sequence[Contender], test: str) -> list[float]:
    """Round percentages from 0 to beyond every interval of the share that is wrongly read."""
    most = max(contender.estimate(test, "errors").high for contender in contenders)
    size = len(contenders[0].tests[test][0])
    return [float(tick) for tick in MaxNLocator(5).tick_values(0, 100 * max(most, 1) / size)]


def reliability(contender: Contender, test: str) -> list[tuple[scores.Bin, float, float]]:
    """The bins of a reliability diagram, each with the 95 % interval of its accuracy (E. B. Wilson, 1927)."""
    digits, probabilities = contender.tests[test]
    found = []
    for each in scores.reliability(probabilities, digits.labels, contender.bins):
        accuracy = share(round(each.accuracy * each.count), each.count)
        found.append((each, accuracy["low"], accuracy["high"]))
    return found


def galleries(pair: Pair, test: str) -> list[Gallery]:
    """For each of the two, what it alone reads wrong."""
    digits = pair.first.tests[test][0]
    return [
        Gallery(
            contender,
            len(positions),
            [
                Tile(
                    digit_uri(digits.images[position]),
                    int(position),
                    int(digits.labels[position]),
                    [(each, *_reading(each, test, position)) for each in (pair.first, pair.second)],
                )
                for position in positions[:_SHOWN]
            ],
        )
        for contender, positions in pair.alone(test)
    ]


def _reading(contender: Contender, test: str, position: int) -> tuple[int, float]:
    row = contender.tests[test][1][position]
    return int(row.argmax()), float(row.max())
