"""Options of conf/ that are a class or a function: found by `_target_`, checked against its signature, called.

This is why a network, an optimiser or a schedule takes one class or function and one file of conf/. A target is
imported only when a choice is checked or called, so that stages which do not train never wait for PyTorch.
"""

import dataclasses
import inspect
import sysconfig
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from digits.config.schema import Choice, Config
from digits.config.validation import nearest, validated
from digits.errors import DigitsError

LEARNING = ("model", "optimizer", "schedule")
"""The choices that a training reads."""

HOMES = (
    "digits.training.networks",
    "digits.training.optimizers",
    "digits.training.schedules",
    "digits.training.pages.network",
    "digits.sweep.strategies",
)
"""The modules of Digits whose classes and functions conf/ may name."""

_ABOUT = ("_target_", "name")
"""Keys that are no arguments."""


def target(choice: Choice, key: str) -> Callable[..., Any]:
    """What `_target_` names.

    It may stand in one of `HOMES` or in a module of one's own. A file of conf/ that came from a stranger thereby calls
    nothing else: no os.system, nothing that is installed.

    Raises:
        DigitsError: it is missing, cannot be imported, or may not be named.
    """
    name = str(choice.get("_target_", ""))
    module = name.rpartition(".")[0]
    try:
        allowed = module in HOMES or _is_own(module.partition(".")[0])
        found: Any = resolve_name(name) if allowed else None
    except (ImportError, AttributeError, ValueError) as error:
        raise DigitsError(f"{key}._target_={name} names no class or function ({error})") from error
    if found is None or getattr(found, "__module__", "") != module:  # else it is what that module imports
        raise DigitsError(
            f"{key}._target_={name} may not be named in conf/: it is defined neither in {', '.join(HOMES)} nor in a "
            "module of your own"
        )
    return found


def _is_own(package: str) -> bool:
    """Whether it is neither Digits itself nor Python's nor installed; it is looked up, not imported."""
    spec = find_spec(package)
    if package == "digits" or spec is None or spec.origin is None:
        return False
    places = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    origin = Path(spec.origin).resolve()  # of what is built in, no file
    return origin.is_file() and not any(origin.is_relative_to(place) for place in places)


def keys(of: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """The parameters that conf/ gives: all but those before a `/` in the signature, which the caller passes."""
    own = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return {name: each for name, each in inspect.signature(of, eval_str=True).parameters.items() if each.kind in own}


def checked(choice: Choice, key: str) -> Choice:
    """The choice with its values converted as its signature says, in the signature's order.

    Args:
        choice: an option of conf/<key>.
        key: what messages call it, such as model.

    Raises:
        DigitsError: a key is missing or unknown, a value of another type or out of range; names it.
    """
    parameters = keys(target(choice, key))
    if not choice.get("name"):
        raise DigitsError(f"conf/ gives no value for {key}.name, which should be that of its file")
    arguments = {name: value for name, value in choice.items() if name not in _ABOUT}
    for name in arguments:
        if name not in parameters:
            guess = nearest(f"{key}.{name}", [f"{key}.{each}" for each in parameters])
            raise DigitsError(f"{key}={choice['name']} has no key {key}.{name}. {guess}".rstrip())
    fields = [
        (name, each.annotation)
        if each.default is each.empty
        else (name, each.annotation, dataclasses.field(default=each.default))
        for name, each in parameters.items()
    ]
    shape = dataclasses.make_dataclass("Arguments", fields, kw_only=True)
    return {**{name: choice[name] for name in _ABOUT}, **vars(validated(shape, arguments, key))}


def with_learning_checked(config: Config) -> Config:
    """The config with the choices of a training checked.

    Raises:
        DigitsError: as `checked`.
    """
    learning: dict[str, Any] = {key: checked(getattr(config, key), key) for key in LEARNING}
    return dataclasses.replace(config, **learning)


def build(choice: Choice, *passed: Any) -> Any:
    """What the choice's target returns for what is passed and the choice's own arguments."""
    arguments = {name: value for name, value in choice.items() if name not in _ABOUT}
    return target(choice, "")(*passed, **arguments)
