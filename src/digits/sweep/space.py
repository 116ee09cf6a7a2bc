"""A study's search space: checked against conf/ before any work, drawn from and turned into overrides trial by trial.

In conf/sweep a dimension bears the name of the knob it searches; one that exists only under a choice says so with
`when`, and a knob searched twice, once for each of two choices, has a dimension of another name with `knob`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import Trial

from digits.config import Config, compose
from digits.config.knobs import kinds
from digits.config.schema import Dimension
from digits.config.validation import nearest
from digits.errors import DigitsError
from digits.paths import CONF

Space = Mapping[str, Dimension]
Values = dict[str, Any]
"""Dimension -> its value in a trial; those whose `when` does not hold are left out."""

_NO_TRAINING = ("download", "preprocess", "evaluate", "register", "sweep", "trainer", "out", "model_file", "seed")
"""Sections of conf/ that do not change how well a recipe learns."""


def searched(config: Config, overrides: Sequence[str]) -> Space:
    """The dimensions of `config` that the command line does not fix.

    Raises:
        DigitsError: a dimension names no knob of a training, or values that it cannot take; says which.
    """
    fixed = {override.lstrip("+~").split("=")[0] for override in overrides}
    space = {name: one for name, one in config.sweep.space.items() if (one.knob or name) not in fixed}
    if not space:
        raise DigitsError(f"sweep.space of study {config.sweep.study} is empty: there is nothing to search")
    for name, dimension in space.items():
        _check(name, dimension, space)
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


def _searchable() -> set[str]:
    """Every knob and every group that a training depends on."""
    groups = {folder.name for folder in CONF.iterdir() if folder.is_dir()}
    return {key for key in groups | {*kinds()} if key.split(".")[0] not in _NO_TRAINING}


def _check(name: str, dimension: Dimension, space: Space) -> None:
    knob, where = dimension.knob or name, f"sweep.space.{name}"
    if knob not in _searchable():
        raise DigitsError(f"{where}: no training has a knob {knob}. {nearest(knob, _searchable())}".rstrip())
    for other, value in dimension.when.items():
        if other not in list(space)[: list(space).index(name)]:
            raise DigitsError(f"{where}.when: {other} must be a dimension above it. {nearest(other, space)}".rstrip())
        if value not in (space[other].choices or []):
            raise DigitsError(f"{where}.when: {value} is no choice of {other}, which are {space[other].choices}")
    try:
        _distribution(knob, dimension)
    except ValueError as error:
        raise DigitsError(f"{where}: {error}") from error


def _distribution(knob: str, dimension: Dimension) -> IntDistribution | FloatDistribution | CategoricalDistribution:
    """What the values are drawn from.

    Raises:
        ValueError: the dimension cannot be drawn from; says why.
    """
    low, high, step, log = dimension.low, dimension.high, dimension.step, dimension.log
    if dimension.choices is not None:
        if log or any(end is not None for end in (low, high, step)):
            raise ValueError("it has both choices and a range: leave one out")
        if not all(isinstance(choice, str | int | float | None) for choice in dimension.choices):
            raise ValueError(f"choices={dimension.choices} must be words, numbers, true, false or null")
        return CategoricalDistribution(dimension.choices)
    if low is None or high is None:
        raise ValueError("it must have choices, or low and high")
    types = {kinds().get(knob), *get_args(kinds().get(knob))}
    if int in types:
        if any(number % 1 for number in (low, high, step or 1)):
            raise ValueError(f"{knob} is a whole number, so low, high and step must be")
        return IntDistribution(int(low), int(high), log, int(step or 1))
    if float not in types:
        raise ValueError(f"{knob} is no number, so it needs choices instead of low and high")
    return FloatDistribution(low, high, log, step)


def _corners(space: Space) -> list[Values]:
    """Combinations in which every choice occurs, and every range's two ends."""

    def corner(index: int, end: str) -> Values:
        def choose(name: str, dimension: Dimension) -> Any:
            drawn = _distribution(dimension.knob or name, dimension)
            if isinstance(drawn, CategoricalDistribution):
                return drawn.choices[index % len(drawn.choices)]
            return getattr(drawn, end)

        return _chosen(space, choose)

    longest = max(len(dimension.choices or [0]) for dimension in space.values())
    return [corner(index, end) for index in range(longest) for end in ("low", "high")]


def _chosen(space: Space, choose: Callable[[str, Dimension], Any]) -> Values:
    """The value that `choose` gives each dimension, in their order, where its `when` holds."""
    values: Values = {}
    for name, dimension in space.items():
        if _holds(dimension, values):
            values[name] = choose(name, dimension)
    return values


def _holds(dimension: Dimension, values: Values) -> bool:
    return all(other in values and values[other] == value for other, value in dimension.when.items())


def suggest(space: Space, trial: Trial, reseed: Callable[[str], None]) -> Values:
    """The trial's values; `reseed` is called with a dimension's name before it is drawn, so that a trial which was
    killed between two of them draws the rest as it would have."""

    def draw(name: str, dimension: Dimension) -> Any:
        reseed(name)
        match _distribution(dimension.knob or name, dimension):
            case CategoricalDistribution(choices=choices):
                return trial.suggest_categorical(name, choices)
            case IntDistribution(low=low, high=high, log=log, step=step):
                return trial.suggest_int(name, low, high, step=step, log=log)
            case FloatDistribution(low=low, high=high, log=log, step=step):
                return trial.suggest_float(name, low, high, step=step, log=log)

    return _chosen(space, draw)


def grid(space: Space) -> list[Values]:
    """Every combination, the last dimension changing fastest.

    Raises:
        DigitsError: a range has no step, so it has no end of values.
    """
    points: list[Values] = [{}]
    for name, dimension in space.items():
        points = [
            {**point, **further}
            for point in points
            for further in ([{name: value} for value in _steps(name, dimension)] if _holds(dimension, point) else [{}])
        ]
    return points


def _steps(name: str, dimension: Dimension) -> Sequence[Any]:
    match _distribution(dimension.knob or name, dimension):
        case CategoricalDistribution(choices=choices):
            return choices
        case IntDistribution(low=low, high=high, log=False, step=step):
            return range(low, high + 1, step)
        case FloatDistribution(low=low, high=high, step=float(step)):
            # Ten digits, because sums of decimal steps are not exact.
            return [round(low + i * step, 10) for i in range(int((high - low) / step + 1e-9) + 1)]
    raise DigitsError(f"sweep.space.{name} has no step: sweep/sampler=grid needs one, or choices")


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
