"""Learns, on made pages of the validation part, how far both networks are to be trusted: what `Calibration` holds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.data.pages import Page
from digits.ink.marks import CLASSES
from digits.reading.calibration import Calibration, Values, evidence, evidence_of_all, logs, presence, shape
from digits.reading.found import Box, Found
from digits.reading.lines import usual_height
from digits.reading.reader import Reader

_RIDGE = 1e-3  # of squared weights, for each example
_SILENT = 0.012  # of digits, and of whole numbers, may be read wrongly without a word
_ROUNDS = 25  # of Newton's method
_MEETS, _FITS = 0.3, 0.5  # of two boxes' union that they share: one was found for the other, and lies well on it


def calibrate(reader: Reader, pages: Iterable[Page]) -> dict[str, Any]:
    """How far a reader's networks are to be trusted, as its model file keeps it under `page_calibration`.

    Args:
        reader: with both networks.
        pages: of the validation part: the networks are too sure of what they were trained on.
    """
    read = [(reader.see(page.picture), page) for page in pages]
    candidates = [one for seen, page in read for one in _standing(seen.possible, page)]
    there = _fit([presence(one) for one, _ in candidates], [there for _, there in candidates])
    found = _with(Calibration(), there=there)
    for seen, _ in read:
        found.judge(seen)
    pairs = [(one, usual_height(line), sign) for seen, page in read for line in seen.lines
             for one, sign in zip(line, _truth(line, page), strict=True)]  # fmt: skip
    any_sign = np.ones(len(CLASSES) - 10, np.bool_)
    real = [(one, high, sign) for one, high, sign in pairs if sign]
    found = _with(
        found,
        kind=_fit([shape(one, high, any_sign) for one, high, _ in real], [sign.isdigit() for *_, sign in real]),
        weights=_fit_choice([(logs(one).T, np.arange(10) == int(sign)) for one, _, sign in real if sign.isdigit()]),
    )
    for seen, _ in read:
        found.judge(seen)
    judged = [(one, high, one.sign == sign) for one, high, sign in pairs if one.is_digit]
    right = [is_right for *_, is_right in judged]
    found = _with(found, digit=_fit([evidence(one, high) for one, high, _ in judged], right))
    for seen, _ in read:
        found.judge(seen)
    found = replace(found, digit_threshold=_threshold([one.confidence for one, *_ in judged], right))
    known = [(seen, _digits(seen.text) == _digits(page.text)) for seen, page in read if seen.digits]
    found = _with(found, number=_fit([evidence_of_all(seen) for seen, _ in known], [right for _, right in known]))
    told = [is_right or bool(seen.unread) or min(one.confidence for one in seen.digits) < found.digit_threshold
            for seen, is_right in known]  # fmt: skip
    return asdict(replace(found, number_threshold=_threshold([found.confidence(seen) for seen, _ in known], told)))


def _with(found: Calibration, **weights: tuple[float, ...]) -> Calibration:
    """A calibration with other weights, except where there was nothing to learn them from."""
    learned: dict[str, Any] = {name: values for name, values in weights.items() if values}
    return replace(found, **learned)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _standing(found: Sequence[Found], page: Page) -> Iterator[tuple[Found, bool]]:
    """Candidates, and whether each is the nearest to something that stands on the page; no doubtful ones."""
    shared = _shared([one.box for one in found], page)
    for place, one in enumerate(found):
        mark = int(shared[place].argmax()) if page.marks else -1
        common = shared[place, mark] if page.marks else 0.0
        if common < _MEETS:
            yield one, False
        elif page.marks[mark].sign:
            nearest = shared[:, mark].argmax() == place
            if nearest or common < _FITS:
                yield one, bool(nearest and common > _FITS)


def _truth(line: Sequence[Found], page: Page) -> list[str]:
    """What really stands where each was found; "" for nothing."""
    shared = _shared([one.box for one in line], page)
    return [page.marks[int(row.argmax())].sign if row.max(initial=0) > _MEETS else "" for row in shared]


def _shared(found: Sequence[Box], page: Page) -> Values:
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
    if not choices:
        return ()
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
