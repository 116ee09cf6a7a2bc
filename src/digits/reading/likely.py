"""Likely readings of one line, the likeliest first: what is known of a number beforehand may choose among them."""

import math
from heapq import nlargest
from itertools import chain
from operator import attrgetter, itemgetter
from typing import NamedTuple, Protocol

import numpy as np

from digits.reading.calibration import LEAST, Calibration, log_odds, may_stand
from digits.reading.found import Found
from digits.reading.lines import BACK, overlap_cost
from digits.reading.page import Seen

_KEPT = 48  # beginnings that end with the same candidate
_UNLIKELY = 1e-3  # what a candidate is with less probability is not followed
_BEHIND = 16.0  # log odds behind the likeliest
_DULLED = 0.5  # of the log odds: the networks' mistakes come together
_UNLISTED = 0.1  # of the odds of all listed readings: that it is none of them


class Rule(Protocol):
    """What may stand in a place."""

    @property
    def signs(self) -> str:
        """Signs that may stand beside digits."""

    @property
    def most(self) -> int:
        """Digits at most."""

    def allows(self, text: str) -> bool:
        """Whether a text without spaces may stand here."""


class Way(NamedTuple):
    """One way to read a line: candidates from left to right, and what each of them is taken for."""

    score: float
    """Log odds, up to a constant."""
    text: str
    found: tuple[Found, ...]


def choose(seen: Seen, calibration: Calibration, rule: Rule) -> float | None:
    """Chooses the likeliest reading that the rule allows.

    Args:
        seen: judged by the calibration; what is chosen becomes its only line.
        calibration: of the reader.
        rule: what may stand there.

    Returns:
        the probability that it is right, or None if the rule allows no likely reading: then nothing was changed.
    """
    found = ways(seen, calibration, rule)
    allowed = [way for way in found if rule.allows(way.text)]
    if not allowed:
        return None
    before = calibration.confidence(seen) if seen.digits else 0.0
    best, total = allowed[0], sum(map(_odds, found))
    # What is not listed passes the rule as often as what is.
    others = sum(map(_odds, allowed)) + _UNLISTED * total * len(allowed) / len(found)
    for symbol, one in zip(best.text, best.found, strict=True):
        one.sign = symbol
    seen.take([list(best.found)])
    # What spoke for the reading before the rule was asked, and how it stands among those that the rule allows.
    return 1 / (1 + math.exp(-log_odds(before) - log_odds(_odds(best) / others)))


def _odds(way: Way) -> float:
    return math.exp(_DULLED * way.score)


def ways(seen: Seen, calibration: Calibration, rule: Rule) -> list[Way]:
    """The likeliest ways to read all that was seen as one line, each text once; a beam search over its candidates.

    Args:
        seen: judged by the calibration.
        calibration: of the reader.
        rule: says which signs may be read, and how many digits.
    """
    line = sorted(seen.possible, key=lambda one: one.x)
    high = float(np.median([one.height for one in line if one.gain > 0] or [1.0]))
    longest = rule.most + len(rule.signs)
    ends: list[list[Way]] = []
    for place, one in enumerate(line):
        before = [(0.0, Way(0.0, "", ()))]
        for left in range(max(0, place - BACK), place):
            cost = overlap_cost(line[left], one)
            before += [(way.score - cost, way) for way in ends[left] if len(way.text) < longest]
        likeliest = nlargest(_KEPT, before, key=itemgetter(0))
        longer = [
            (score + one.gain + log, symbol, way)
            for symbol, log in _symbols(one, calibration, seen.classes, rule.signs, high)
            for score, way in likeliest
        ]
        kept = nlargest(_KEPT, longer, key=itemgetter(0))
        ends.append([Way(score, way.text + symbol, (*way.found, one)) for score, symbol, way in kept])
    best: dict[str, Way] = {}
    for way in sorted(chain(*ends), key=attrgetter("score"), reverse=True):
        best.setdefault(way.text, way)
    ranked = list(best.values())
    return [Way(way.score - ranked[0].score, way.text, way.found) for way in ranked
            if way.score > ranked[0].score - _BEHIND]  # fmt: skip


def _symbols(one: Found, calibration: Calibration, classes: str, signs: str, high: float) -> list[tuple[str, float]]:
    """What a candidate may be taken for in a line of digits so high, with log probabilities."""
    leaning = calibration.lean(one, high, may_stand(classes[10:], first=False, last=False))
    digit = 1 / (1 + math.exp(-max(min(leaning, 30.0), -30.0)))
    likely = [(str(value), digit * float(p)) for value, p in enumerate(calibration.of_digits(one))]
    of_signs = (1 - digit) * one.classes[10:] / max(float(one.classes[10:].sum()), LEAST)
    likely += [(sign, float(p)) for sign, p in zip(classes[10:], of_signs, strict=True) if sign in signs]
    return [(symbol, math.log(p)) for symbol, p in likely if p > _UNLIKELY]
