"""A study's search space: checked against conf/ before any work, drawn from and turned into overrides trial by trial.

In conf/sweep a dimension bears the name of the knob it searches; one that exists only under a choice says so with
`when`, and a knob searched twice, once for each of two choices, has a dimension of another name with `knob`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from digits.config import CONF, Config, Dimension, compose, knobs, nearest
from digits.errors import DigitsError

Space = Mapping[str, Dimension]
Values = dict[str, Any]
"""Dimension -> its value in a trial; those whose `when` does not hold are left out."""

_NO_TRAINING = ("download", "preprocess", "evaluate", "register", "sweep", "trainer", "out", "model_file", "seed")
"""First parts of keys that decide nothing about how well a recipe learns."""


def searched(config: Config, overrides: Sequence[str]) -> Space:
    """The dimensions of `config` that the command line does not fix.

    Raises:
        DigitsError: a dimension names no knob of a training, or values that it cannot take; says which.
    """
    fixed = {override.lstrip("+~").split("=")[0] for override in overrides}
    space = {name: one for name, one in config.sweep.space.items() if (one.knob or name) not in fixed}
    if not space:
        raise DigitsError(f"sweep.space of study {config.sweep.study} is empty: there is nothing to search")
    kinds = _searchable()
    for name, dimension in space.items():
        _check(name, dimension, kinds, space)
    return space


def prove(space: Space, overrides: Sequence[str]) -> None:
    """Composes the space's corners, so that no trial can propose what conf/ does not take.

    Raises:
        DigitsError: it can; says what, and why it does not compose.
    """
    for values in _corners(space):
        try:
            compose([*overrides, *as_overrides(space, values)])
        except DigitsError as error:
            raise DigitsError(f"sweep.space allows {' '.join(as_overrides(space, values))}: {error}") from error


def _searchable() -> dict[str, Any]:
    """Every knob and every group that a training depends on, and the knob's type; a group's is None."""
    groups = {folder.name: None for folder in CONF.iterdir() if folder.is_dir()}
    return {key: kind for key, kind in {**groups, **knobs()}.items() if key.split(".")[0] not in _NO_TRAINING}


def _check(name: str, dimension: Dimension, kinds: Mapping[str, Any], space: Space) -> None:
    knob, where = dimension.knob or name, f"sweep.space.{name}"
    if knob not in kinds:
        raise DigitsError(f"{where}: no training has a knob {knob}. {nearest(knob, kinds)}".rstrip())
    for other, value in dimension.when.items():
        if other not in list(space)[: list(space).index(name)]:
            raise DigitsError(f"{where}.when: {other} must be a dimension above it. {nearest(other, space)}".rstrip())
        if value not in (space[other].choices or []):
            raise DigitsError(f"{where}.when: {value} is no choice of {other}, which are {space[other].choices}")
    low, high, step = dimension.low, dimension.high, dimension.step
    if dimension.choices is not None:
        if low is not None or high is not None or step is not None or dimension.log:
            raise DigitsError(f"{where} has both choices and a range: leave one out")
        if not dimension.choices or not all(isinstance(c, str | int | float | None) for c in dimension.choices):
            raise DigitsError(f"{where}.choices={dimension.choices} must be some words, numbers, true, false or null")
        return
    if low is None or high is None:
        raise DigitsError(f"{where} must have choices, or low and high")
    if not {int, float} & {kinds[knob], *get_args(kinds[knob])}:
        raise DigitsError(f"{where}: {knob} is no number, so it needs choices instead of low and high")
    if low >= high or (step is not None and step <= 0):
        raise DigitsError(f"{where}: low={low:g} must be below high={high:g}, and a step above 0")
    if dimension.log and (low <= 0 or step is not None):
        raise DigitsError(f"{where}: a log scale starts above 0 and has no step")
    if _whole(knob) and any(number % 1 for number in (low, high, step or 1)):
        raise DigitsError(f"{where}: {knob} is a whole number, so low, high and step must be")


def _whole(knob: str) -> bool:
    kind = knobs()[knob]
    return int in (kind, *get_args(kind))


def _corners(space: Space) -> list[Values]:
    """Combinations in which every choice occurs, and every range's two ends."""
    longest = max(len(dimension.choices or [0]) for dimension in space.values())
    return [
        _chosen(
            space,
            lambda name, one: one.choices[i % len(one.choices)] if one.choices else _number(name, one, end(one)),  # noqa: B023
        )
        for i in range(longest)
        for end in (lambda one: one.low, lambda one: one.high)
    ]


def _chosen(space: Space, choose: Callable[[str, Dimension], Any]) -> Values:
    """The value that `choose` gives each dimension, in their order, where its `when` holds."""
    values: Values = {}
    for name, dimension in space.items():
        if _holds(dimension, values):
            values[name] = choose(name, dimension)
    return values


def _holds(dimension: Dimension, values: Values) -> bool:
    return all(other in values and values[other] == value for other, value in dimension.when.items())


def _number(name: str, dimension: Dimension, value: Any) -> Any:
    return int(value) if _whole(dimension.knob or name) else float(value)


def suggest(space: Space, trial: Any, reseed: Callable[[str], None]) -> Values:
    """The trial's values; `reseed` is called with a dimension's name before it is drawn, so that a trial which was
    killed between two of them draws the rest as it would have."""

    def draw(name: str, dimension: Dimension) -> Any:
        reseed(name)
        if dimension.choices:
            return trial.suggest_categorical(name, dimension.choices)
        low, high, step = (None if x is None else _number(name, dimension, x) for x in _range(dimension))
        if _whole(dimension.knob or name):
            return trial.suggest_int(name, low, high, step=step or 1, log=dimension.log)
        return trial.suggest_float(name, low, high, step=step, log=dimension.log)

    return _chosen(space, draw)


def _range(dimension: Dimension) -> tuple[float | None, float | None, float | None]:
    return dimension.low, dimension.high, dimension.step


def grid(space: Space) -> list[Values]:
    """Every combination, the last dimension changing fastest.

    Raises:
        DigitsError: a range has no step, so it has no end of values.
    """
    points: list[Values] = [{}]
    for name, dimension in space.items():
        values = dimension.choices or _steps(name, dimension)
        points = [
            {**point, **({} if value is _ABSENT else {name: value})}
            for point in points
            for value in (values if _holds(dimension, point) else [_ABSENT])
        ]
    return points


_ABSENT = object()


def _steps(name: str, dimension: Dimension) -> list[Any]:
    low, high, step = _range(dimension)
    step = step or (1 if _whole(dimension.knob or name) and not dimension.log else None)
    if low is None or high is None or step is None:
        raise DigitsError(f"sweep.space.{name} has no step: sweep/sampler=grid needs one, or choices")
    # Ten digits: that much of a sum of decimal steps is exact.
    return [_number(name, dimension, round(low + i * step, 10)) for i in range(int((high - low) / step + 1e-9) + 1)]


def as_overrides(space: Space, values: Values) -> list[str]:
    """A trial's values as Hydra's overrides."""
    return [f"{space[name].knob or name}={_literal(value)}" for name, value in values.items()]


def _literal(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str) and not re.fullmatch(r"\w+", value):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return str(value)


def short(space: Space, values: Values) -> str:
    """A trial's values for people: last parts of the knobs' names, three digits."""
    return "  ".join(
        f"{(space[name].knob or name).split('.')[-1]}={value:.3g}"
        if isinstance(value, float)
        else f"{(space[name].knob or name).split('.')[-1]}={value}"
        for name, value in values.items()
    )
