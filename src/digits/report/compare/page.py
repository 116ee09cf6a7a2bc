"""The comparison as one HTML page that needs nothing beside it: charts are SVG, digits are PNG in data URIs."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.ticker import MaxNLocator

from digits.evaluation import scores
from digits.evaluation.breakdown import share
from digits.evaluation.comparison import Contender, Pair
from digits.report.compare import words
from digits.report.pages import environment

_SHOWN = 240
"""Digits of a gallery; more make the page slow to open and say nothing new."""


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
            shown=_SHOWN,
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
