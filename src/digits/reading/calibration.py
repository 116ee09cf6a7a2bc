"""Calibration: how far both networks are to be trusted on a page, learned on made pages of the validation part.

Five small models, each log-linear: whether anything stands in a place; whether it is a digit or a sign; which digit it
is, by both networks; whether that is right; and whether all that was read is right.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from digits.reading.found import Box, Found
from digits.reading.lines import usual_height
from digits.reading.page import Seen

if TYPE_CHECKING:
    from digits.data.pages import Page
    from digits.reading.reader import Reader

Values = NDArray[np.float64]

_LEAST = 1e-4  # probabilities below count as this, or a single certain error would decide everything
_RIDGE = 1e-3  # of squared weights, for each example
_SILENT = 0.01  # of digits, and of whole numbers, may be read wrongly without a word
_ROUNDS = 25  # of Newton's method
_MEETS = 0.3  # of two boxes' union that they share: one was found for the other


@dataclass(frozen=True)
class Calibration:
    """What `calibrate` found; the defaults serve until it has been run."""

    there: tuple[float, ...] = (-0.4, 1.0, 0.3, 0.3)
    """Of `presence`: log odds that something stands there."""
    kind: tuple[float, ...] = (0.0, 1.0, 0.3, 0.0, 0.0)
    """Of `shape`: more than 0 is a digit."""
    weights: tuple[float, ...] = (0.6, 0.8)
    """Of `logs`."""
    digit: tuple[float, ...] = (-2.5, 0.8, 0.5, 0.5, 0.5, 0.0)
    """Of `evidence`."""
    number: tuple[float, ...] = (0.5, 0.8, 0.3, -2.0, 0.0, 0.0)
    """Of `evidence_of_all`."""
    digit_threshold: float = 0.75
    """A digit of less confidence is uncertain."""
    number_threshold: float = 0.6
    """A reading of less confidence is."""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        """As `calibrate` gave it and JSON kept it."""
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in stored.items()}
        return cls(**values)

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
        for one in line:
            if np.dot(self.kind, shape(one, high)) > 0:
                log = np.array(self.weights) @ logs(one)
                both = np.exp(log - log.max())
                one.probabilities = (both / both.sum()).astype(np.float32)
                one.sign = str(int(both.argmax()))
                one.confidence = _logistic(self.digit, evidence(one, high))
            else:
                one.sign = classes[10 + int(one.classes[10:].argmax())]
                one.confidence = one.heat * float(one.classes[10:].max())

    def confidence(self, seen: Seen) -> float:
        """Probability that all that was judged is right."""
        return _logistic(self.number, evidence_of_all(seen))


def presence(one: Found) -> list[float]:
    """What speaks for anything standing there: its heat, how sure either network is, and whether they agree."""
    sure = max(float(one.classified.max()), float(one.classes[10:].max()))
    agree = float(one.classified @ one.classes[:10]) + float(one.classes[10:].max())
    return [1.0, _log_odds(one.heat), _log_odds(sure), _log_odds(agree)]


def shape(one: Found, high: float) -> list[float]:
    """What tells a digit from a sign: either network, and its size in a line of digits so high."""
    digit = float(one.classes[:10].sum())
    wide = (one.box[2] - one.box[0]) / high
    return [1.0, _log_odds(digit), _log_odds(float(one.classified.max())), min(one.height / high, 1.3) - 1, wide - 0.6]


def logs(one: Found) -> Values:
    """Log probabilities of 0 to 9: the page network's and the digit network's, (2, 10)."""
    return np.log(np.stack([one.classes[:10], one.classified]).astype(np.float64) + _LEAST)


def evidence(one: Found, high: float) -> list[float]:
    """What speaks for a digit: both networks together, that anything is there, each network alone, its size."""
    value = int(one.sign)
    told = (one.probabilities[value], one.heat, one.classified[value], one.classes[value])
    return [1.0, *(_log_odds(float(p)) for p in told), abs(math.log(max(one.height, 1e-9) / high))]


def evidence_of_all(seen: Seen) -> list[float]:
    """What speaks for a reading: its least sure digit, all digits, whether ink is unread, what was left out, signs."""
    sure = [one.confidence for one in seen.digits] or [0.5]
    together = math.exp(sum(math.log(max(value, _LEAST)) for value in sure))
    signs = min([one.confidence for one in seen.signs], default=1.0)
    left_out = min(max(seen.left_out, -8.0), 8.0)
    return [1.0, _log_odds(min(sure)), _log_odds(together), float(bool(seen.unread)), left_out, signs]


def _log_odds(probability: float) -> float:
    kept = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(kept / (1 - kept))


def _logistic(weights: Sequence[float], values: Sequence[float]) -> float:
    return 1 / (1 + math.exp(-max(min(float(np.dot(weights, values)), 30.0), -30.0)))


# --- learning it


def calibrate(reader: "Reader", pages: Iterable["Page"]) -> dict[str, Any]:
    """How far a reader's networks are to be trusted, as its model file keeps it under `page_calibration`.

    Args:
        reader: with both networks.
        pages: of the validation part: the networks are too sure of what they were trained on.
    """
    read = [(reader.see(page.picture), page) for page in pages]
    candidates = [one for seen, page in read for one in _standing(seen.possible, page)]
    found = Calibration(there=_fit([presence(one) for one, _ in candidates], [there for _, there in candidates]))
    for seen, _ in read:
        found.judge(seen)
    pairs = [(one, usual_height(line), sign) for seen, page in read for line in seen.lines
             for one, sign in zip(line, _truth(line, page), strict=True)]  # fmt: skip
    real = [(one, high, sign) for one, high, sign in pairs if sign]
    found = replace(
        found,
        kind=_fit([shape(one, high) for one, high, _ in real], [sign.isdigit() for *_, sign in real]),
        weights=_fit_choice([(logs(one).T, np.arange(10) == int(sign)) for one, _, sign in real if sign.isdigit()]),
    )
    for seen, _ in read:
        found.judge(seen)
    judged = [(one, high, one.sign == sign) for one, high, sign in pairs if one.is_digit]
    right = [is_right for *_, is_right in judged]
    found = replace(found, digit=_fit([evidence(one, high) for one, high, _ in judged], right))
    for seen, _ in read:
        found.judge(seen)
    found = replace(found, digit_threshold=_threshold([one.confidence for one, *_ in judged], right))
    known = [(seen, _digits(seen.text) == _digits(page.text)) for seen, page in read if seen.digits]
    found = replace(found, number=_fit([evidence_of_all(seen) for seen, _ in known], [right for _, right in known]))
    told = [is_right or bool(seen.unread) or min(one.confidence for one in seen.digits) < found.digit_threshold
            for seen, is_right in known]  # fmt: skip
    return asdict(replace(found, number_threshold=_threshold([found.confidence(seen) for seen, _ in known], told)))


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _standing(found: Sequence[Found], page: "Page") -> Iterator[tuple[Found, bool]]:
    """Candidates, and whether each is the nearest to something that stands on the page."""
    shared = _shared([one.box for one in found], page)
    for place, one in enumerate(found):
        mark = int(shared[place].argmax()) if len(page.marks) else 0
        if not len(page.marks) or page.marks[mark].sign or shared[place, mark] < _MEETS:
            yield one, bool(len(page.marks) and shared[place, mark] > 0.5 and shared[:, mark].argmax() == place)


def _truth(line: Sequence[Found], page: "Page") -> list[str]:
    """What really stands where each was found; "" for nothing."""
    shared = _shared([one.box for one in line], page)
    return [page.marks[int(row.argmax())].sign if row.max(initial=0) > _MEETS else "" for row in shared]


def _shared(found: Sequence[Box], page: "Page") -> Values:
    """What each box has in common with each of a page's marks, as a part of both together, (found, marks)."""
    one = np.array(found, np.float64).reshape(-1, 1, 4)
    mark = np.array([mark.box for mark in page.marks], np.float64).reshape(1, -1, 4)
    sides = np.minimum(one[..., 2:], mark[..., 2:]) - np.maximum(one[..., :2], mark[..., :2])
    shared = np.prod(np.maximum(sides, 0), axis=2)
    either = np.prod(one[..., 2:] - one[..., :2], axis=2) + np.prod(mark[..., 2:] - mark[..., :2], axis=2) - shared
    return np.asarray(shared / np.maximum(either, 1e-9))


def _fit(values: Sequence[Sequence[float]], right: Sequence[bool]) -> tuple[float, ...]:
    """Weights of a logistic regression: a choice between the values' weighted sum and 0."""
    return _fit_choice([(np.array([row, [0.0] * len(row)]), np.array([yes, not yes]))
                        for row, yes in zip(values, right, strict=True)])  # fmt: skip


def _fit_choice(choices: Sequence[tuple[Values, NDArray[np.bool_]]]) -> tuple[float, ...]:
    """Weights whose sums, as log odds, make the right ones of several likeliest; with a ridge, by Newton's method.

    Args:
        choices: values (N, F) of each, and which are right, (N,).
    """
    most, width = max(len(right) for _, right in choices), choices[0][0].shape[1]
    x, right, there = np.zeros((len(choices), most, width)), *np.zeros((2, len(choices), most), np.bool_)
    for index, (values, yes) in enumerate(choices):
        x[index, : len(yes)], right[index, : len(yes)], there[index, : len(yes)] = values, yes, True
    weights = np.zeros(width)
    for _ in range(_ROUNDS):
        score = np.where(there, np.clip(x @ weights, -500, 500), -np.inf)
        odds = np.exp(score - score.max(axis=1, keepdims=True))
        likely = odds / odds.sum(axis=1, keepdims=True)
        good = likely * right / np.maximum((likely * right).sum(axis=1, keepdims=True), 1e-300)
        slope = np.einsum("nc,ncf->f", likely - good, x) / len(x) + _RIDGE * weights
        off = x - np.einsum("nc,ncf->nf", likely, x)[:, None]
        curve = np.einsum("nc,ncf,ncg->fg", likely, off, off) / len(x) + _RIDGE * np.eye(width)
        weights = weights - np.linalg.solve(curve, slope)
    return tuple(np.round(weights, 4).tolist())


def _threshold(sure: Sequence[float], right: Sequence[bool]) -> float:
    """The least confidence at or above which no more than `_SILENT` of all are wrong."""
    order = np.argsort(-np.array(sure), kind="stable")
    wrong = np.cumsum(~np.array(right, np.bool_)[order])
    allowed = int(np.searchsorted(wrong, _SILENT * len(order), side="right"))
    return round(float(np.array(sure)[order[allowed]]) + 1e-6, 6) if allowed < len(order) else 0.0
