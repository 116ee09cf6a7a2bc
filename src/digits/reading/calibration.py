"""Calibration: how far both networks are to be trusted on a page, as `fitting` learned it.

Five small models, each log-linear: whether anything stands in a place; whether it is a digit or a sign; which digit it
is, by both networks; whether that is right; and whether all that was read is right.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from digits.reading.found import Found
from digits.reading.lines import usual_height
from digits.reading.page import Seen

Values = NDArray[np.float64]

LEAST = 1e-4
"""Probabilities below count as this, or a single certain error would decide everything."""


@dataclass(frozen=True)
class Calibration:
    """What `calibrate` found; the defaults serve until it has been run."""

    there: tuple[float, ...] = (-0.4, 0.3, 0.3, 1.0, 0.0, 0.3, 0.5)
    """Of `presence`: log odds that something stands there."""
    kind: tuple[float, ...] = (0.0, 1.0, 0.3, 0.0, 0.0)
    """Of `shape`: more than 0 is a digit."""
    weights: tuple[float, ...] = (0.4, 0.6, 0.8)
    """Of `logs`."""
    digit: tuple[float, ...] = (-2.5, 0.5, 0.8, 0.5, 0.5, 0.5, 0.5, 0.0, 0.0)
    """Of `evidence`."""
    number: tuple[float, ...] = (0.5, 0.8, 0.3, -2.0, 0.0, 0.0, 0.0, 0.5, 0.2)
    """Of `evidence_of_all`."""
    digit_threshold: float = 0.75
    """A digit of less confidence is uncertain."""
    number_threshold: float = 0.6
    """A reading of less confidence is."""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        """As `calibrate` gave it and JSON kept it; nothing of one that was learned for other evidence, by an older or
        newer version of this program."""
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in stored.items()}
        usual = asdict(cls())
        same = values.keys() <= usual.keys() and all(np.size(v) == np.size(usual[name]) for name, v in values.items())
        return cls(**values) if same else cls()

    def judge(self, seen: Seen) -> None:
        """Chooses among all that was seen and classified, and says what it is and how sure that is."""
        for one in seen.possible:
            one.gain = float(np.dot(self.there, presence(one)))
        seen.choose()
        for line in seen.lines:
            self.name(line, seen.classes)

    def name(self, line: Sequence[Found], classes: str) -> None:
        """Says of all that is read in a line what it is, and how sure that is."""
        high = usual_height(list(line))
        for place, one in enumerate(line):
            signs = may_stand(classes[10:], first=place == 0, last=place == len(line) - 1)
            one.leaning = self.lean(one, high, signs)
            if one.leaning > 0:
                both = self.of_digits(one)
                one.probabilities, one.sign = both.astype(np.float32), str(int(both.argmax()))
                one.confidence = _logistic(self.digit, evidence(one, high))
            else:
                likely = one.classes[10:] * signs
                one.sign = classes[10 + int(likely.argmax())]
                one.confidence = one.heat * float(likely.max())

    def lean(self, one: Found, high: float, signs: NDArray[np.bool_]) -> float:
        """Log odds that it is a digit, in a line of digits so high, and not one of the signs that may stand there."""
        return float(np.dot(self.kind, shape(one, high, signs)))

    def of_digits(self, one: Found) -> Values:
        """Probabilities of 0 to 9 by both networks, if it is a digit."""
        log = np.array(self.weights) @ logs(one)
        both = np.exp(log - log.max())
        return np.asarray(both / both.sum())

    def confidence(self, seen: Seen) -> float:
        """Probability that all that was judged is right."""
        return _logistic(self.number, evidence_of_all(seen))


def presence(one: Found) -> list[float]:
    """What speaks for anything standing there: its heat, how sure either network is, whether they agree, and that it
    stands alone and looks like a digit."""
    digit = float(one.classified.max())
    sure = max(digit, float(one.classes[10:].max()))
    agree = float(one.classified @ one.classes[:10]) + float(one.classes[10:].max())
    heat = log_odds(one.heat)
    alone = [0.0, 1.0, log_odds(digit), heat] if one.alone else [heat, 0.0, 0.0, 0.0]
    return [1.0, log_odds(sure), log_odds(agree), *alone]


def may_stand(signs: str, first: bool, last: bool) -> NDArray[np.bool_]:
    """Which signs may stand first or last in a line, or between others."""
    return np.array([not (first and sign in ".,:/)") and not (last and sign in ":+($£") for sign in signs])


def shape(one: Found, high: float, signs: NDArray[np.bool_]) -> list[float]:
    """What tells a digit from a sign that may stand there: either network, and its size in a line of digits so high."""
    digit = float(one.classes[:10].sum())
    digit /= max(digit + float(one.classes[10:] @ signs), LEAST)
    wide = (one.box[2] - one.box[0]) / high
    return [1.0, log_odds(digit), log_odds(float(one.classified.max())), min(one.height / high, 1.3) - 1, wide - 0.6]


def logs(one: Found) -> Values:
    """Log probabilities of 0 to 9: the page network's, and the digit network's in its place or alone, (3, 10)."""
    page, digit = np.log(np.stack([one.classes[:10], one.classified]).astype(np.float64) + LEAST)
    return np.stack([page, digit * (not one.alone), digit * one.alone])


def evidence(one: Found, high: float) -> list[float]:
    """What speaks for a digit: both networks together, that anything is there, each network alone, its size.

    The digit network counts apart for ink that stands alone.
    """
    value = int(one.sign)
    both, heat, digit, page = (
        log_odds(float(p)) for p in (one.probabilities[value], one.heat, one.classified[value], one.classes[value])
    )
    size = abs(math.log(max(one.height, 1e-9) / high))
    return [1.0, float(one.alone), both, heat, digit * (not one.alone), digit * one.alone, page, size,
            _bounded(one.leaning)]  # fmt: skip


def evidence_of_all(seen: Seen) -> list[float]:
    """What speaks for a reading: its least sure digit, all digits, whether ink is unread, what was left out, signs, and
    whether its ink, part by part, says the same."""
    sure = [one.confidence for one in seen.digits] or [0.5]
    together = math.exp(sum(math.log(max(value, LEAST)) for value in sure))
    signs = min([one.confidence for one in seen.signs], default=1.0)
    doubt = min(_bounded(abs(one.leaning)) for line in seen.lines for one in line)
    said = [log_odds(min(float(one.classified[int(one.sign)]) for one in seen.digits))] if seen.said_alone else []
    alone = [1.0, *said] if said else [0.0, 0.0]
    return [1.0, log_odds(min(sure)), log_odds(together), float(bool(seen.unread)), _bounded(seen.left_out), signs,
            doubt, *alone]  # fmt: skip


def log_odds(probability: float) -> float:
    """Of a probability, kept within what can be believed."""
    kept = min(max(probability, LEAST), 1 - LEAST)
    return math.log(kept / (1 - kept))


def _bounded(odds: float) -> float:
    return min(max(odds, -8.0), 8.0)


def _logistic(weights: Sequence[float], values: Sequence[float]) -> float:
    return 1 / (1 + math.exp(-max(min(float(np.dot(weights, values)), 30.0), -30.0)))
