"""Cutting a number into digits: groups of pieces that may be digits, and the best set of groups.

Over-segmentation and search, as in readers of bank cheques (Y. LeCun et al., *Gradient-Based Learning Applied to
Document Recognition*, 1998, section V): a piece is at most one digit, neighbours are tried together, the network says
what each group would be, and the likeliest set of groups that holds every piece once is the reading.
"""

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.ink.pieces import Box, InkPieces, Piece, StrokePieces

# In heights of a usual digit:
_BESIDE, _ABOVE = 0.12, 0.25  # most paper between pieces of one digit; 1 in 1,000 pen digits has a bar further off
_WIDEST, _TALLEST = 1.7, 2.3  # a group is a digit only if smaller; a 0 in two strokes, or halves of one, may come close
_NARROW = 0.1  # narrower pieces count as this wide, or any neighbour would cover all of them
_SPECK = 0.35  # a dot, comma or minus is lower
_RULE = 1.6  # a ruled line is wider

_FLAT = 0.1  # of its width: a ruled line that does not run level is no higher
_LINE = 3.0  # times as wide as high: a line across, no digit
_SAME_LINE = 0.3  # of the lower one's height: neighbours in a line overlap by more
_MOST = 4  # units that a digit may be made of
_MANY = 300  # groups tried in a cluster; more are no number but a scribble, and fewer units are put together there
_BEAM = 100  # sets of groups that are followed at a time


class Group(NamedTuple):
    """Pieces that may be one digit. Lengths are in heights of a usual digit around it."""

    pieces: tuple[int, ...]
    strokes: int
    """How many; 0 for ink."""
    width: float
    height: float
    beside: float
    """Widest paper between its pieces from left to right; negative where they overlap."""
    shared: float
    """Greatest overlap with a piece outside, from left to right, as a part of the narrower one's width."""
    cut: float
    """How much its pieces touch others, as `touching` counts it."""
    crossed: float
    """How many other pieces its strokes run through."""
    loose: int
    """How many parts its ink falls into, less one."""


def digit_height(pieces: Sequence[Piece]) -> float:
    """Height of a usual digit: half the ink, lines across left out, is in lower pieces and half in higher ones."""
    tall = [piece for piece in pieces if _width(piece) < _LINE * _height(piece)] or list(pieces)
    tall.sort(key=_height)
    mass = np.cumsum([piece.mass for piece in tall])
    return _height(tall[int(np.searchsorted(mass, mass[-1] / 2))]) or 1.0


def _width(piece: Piece) -> float:
    return piece.box[2] - piece.box[0]


def _height(piece: Piece) -> float:
    return piece.box[3] - piece.box[1]


def is_rule(piece: Piece, height: float) -> bool:
    """Whether it is a ruled line: longer than digits of this height are wide, and flat."""
    return _width(piece) > _RULE * height and _height(piece) < max(_SPECK * height, _FLAT * _width(piece))


def is_speck(group: Group) -> bool:
    """Whether it is too low for a digit: a dot, a comma, a minus."""
    return group.height < _SPECK


def clusters(written: StrokePieces | InkPieces, height: float, kept: Collection[int]) -> list[list[Group]]:
    """The groups that may be digits, cluster by cluster; no digit has as much paper in it as lies between clusters.

    Args:
        written: what has the pieces.
        height: of a usual digit.
        kept: indices of the pieces that are grouped.
    """
    boxes = np.array([piece.box for piece in written.pieces], np.float64).reshape(-1, 4) / height
    low, high = boxes[:, :2], boxes[:, 2:]
    gaps = np.maximum(low[:, None], low) - np.minimum(high[:, None], high)  # (N, N, 2), along x and y
    touching, crossing = written.touching(height), written.crossing()
    near = (touching > 0) | ((gaps[..., 0] < _BESIDE) & (gaps[..., 1] < _ABOVE))
    found = []
    remaining = set(kept)
    while remaining:
        cluster, edge = set[int](), {min(remaining)}
        while edge:
            cluster |= edge
            edge = set(np.flatnonzero(near[list(edge)].any(axis=0)).tolist()) & remaining - cluster
        remaining -= cluster
        units = [frozenset(unit) for unit in written.units if unit[0] in cluster]
        found.append(
            [
                _group(chosen, len(written.strokes_of(chosen)), cluster, boxes, touching, crossing)
                for chosen in _sets(units, near, boxes)
            ]
        )
    return found


def _sets(units: list[frozenset[int]], near: NDArray[np.bool_], boxes: NDArray[np.float64]) -> list[list[int]]:
    """The units of a cluster, and all that neighbouring ones make together if it is no larger than a digit."""
    whole = [unit for unit in units if not any(unit < other for other in units)]
    found = level = {unit for unit in units if _fits(unit, boxes)}.union(whole)
    everything = frozenset[int]().union(*units)
    for _ in range(_MOST - 1):
        level = {
            chosen | other
            for chosen in level
            for other in whole
            if not chosen & other and near[np.ix_(list(chosen), list(other))].any() and _fits(chosen | other, boxes)
        }
        if len(found) + len(level) > _MANY:
            break
        found = found | level
    if _fits(everything, boxes):
        found = found | {everything}
    return sorted(sorted(chosen) for chosen in found)


def _fits(chosen: frozenset[int], boxes: NDArray[np.float64]) -> bool:
    inside = boxes[list(chosen)]
    width, height = inside[:, 2:].max(axis=0) - inside[:, :2].min(axis=0)
    return bool(width < _WIDEST and height < _TALLEST)


def _group(
    chosen: list[int],
    strokes: int,
    cluster: Collection[int],
    boxes: NDArray[np.float64],
    touching: NDArray[np.float64],
    crossing: NDArray[np.float64],
) -> Group:
    inside = boxes[chosen]
    left, top = inside[:, :2].min(axis=0)
    right, bottom = inside[:, 2:].max(axis=0)
    outside = sorted(set(cluster).difference(chosen))
    others = boxes[outside]
    overlap = np.minimum(right, others[:, 2]) - np.maximum(left, others[:, 0])
    narrower = np.maximum(np.minimum(right - left, others[:, 2] - others[:, 0]), _NARROW)
    return Group(
        tuple(chosen),
        strokes,
        float(right - left),
        float(bottom - top),
        _widest_gap(inside[:, 0::2]),
        float((overlap / narrower).max(initial=0.0)),
        float(touching[np.ix_(outside, chosen)].sum()),
        float(crossing[np.ix_(outside, chosen)].any(axis=1).sum()),
        _parts(touching[np.ix_(chosen, chosen)] > 0) - 1,
    )


def _widest_gap(intervals: NDArray[np.float64]) -> float:
    """Widest gap between intervals (N, 2), from wherever one begins back to all before; negative where all overlap."""
    ordered = intervals[intervals[:, 0].argsort()]
    reached = np.maximum.accumulate(ordered[:, 1])
    return float((ordered[1:, 0] - reached[:-1]).max(initial=-1.0))


def _parts(touching: NDArray[np.bool_]) -> int:
    """How many connected parts a graph (N, N) has."""
    reach = touching | np.eye(len(touching), dtype=np.bool_)
    for _ in range(len(touching).bit_length()):
        reach = reach @ reach
    return int((reach.argmax(axis=0) == np.arange(len(reach))).sum())  # pieces with none before them in their part


def best_cover(groups: Sequence[Group], scores: Sequence[float]) -> list[int]:
    """The groups of a cluster that together hold every piece once and have the greatest sum of scores, as indices.

    The search follows the `_BEAM` best sets of groups from piece to piece, so it is exact for all but scribbles.
    """
    order = {piece: place for place, piece in enumerate(sorted({piece for group in groups for piece in group.pieces}))}
    masks = [sum(1 << order[piece] for piece in group.pieces) for group in groups]
    beginning: list[list[int]] = [[] for _ in order]
    for index, mask in enumerate(masks):
        beginning[_first(mask)].append(index)
    # States by the first piece that no group holds yet: what is held, with its score and groups.
    states: list[dict[int, tuple[float, tuple[int, ...]]]] = [{} for _ in range(len(order) + 1)]
    states[0][0] = (0.0, ())
    for place, here in enumerate(beginning):
        for held, (score, chosen) in sorted(states[place].items(), key=lambda state: -state[1][0])[:_BEAM]:
            for index in here:
                if not held & masks[index]:
                    now = held | masks[index]
                    reached = (score + scores[index], (*chosen, index))
                    further = states[_first(~now)]
                    further[now] = max(reached, further.get(now, (-math.inf, ())))
    ((_, chosen),) = states[-1].values()
    return list(chosen)


def _first(mask: int) -> int:
    """Place of the lowest bit that is set."""
    return (mask & -mask).bit_length() - 1


def lines(boxes: Sequence[Box]) -> list[list[int]]:
    """Indices of digits in the order of reading: lines from top to bottom, each from left to right.

    A digit continues the line whose last digit it overlaps most in height, so that a line may climb.
    """
    found: list[list[int]] = []
    for index in sorted(range(len(boxes)), key=lambda i: boxes[i][0] + boxes[i][2]):
        overlap = [_overlap(boxes[index], boxes[line[-1]]) for line in found]
        best = max(range(len(found)), key=overlap.__getitem__, default=None)
        if best is None or overlap[best] < _SAME_LINE:
            found.append([index])
        else:
            found[best].append(index)
    return sorted(found, key=lambda line: sum(boxes[i][1] + boxes[i][3] for i in line) / len(line))


def _overlap(one: Box, other: Box) -> float:
    """Shared height of two boxes, as a part of the lower one's."""
    lower = min(one[3] - one[1], other[3] - other[1]) or 1.0
    return (min(one[3], other[3]) - max(one[1], other[1])) / lower
