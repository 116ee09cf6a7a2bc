"""Values against their types and ranges, with errors that name the key and the nearest right one."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, TypeVar, get_type_hints

from digits.errors import DigitsError

_T = TypeVar("_T")


def nearest(wrong: str, known: Iterable[str]) -> str:
    """The question whether the nearest of the known names was meant; empty where none is near."""
    found = difflib.get_close_matches(wrong, [*known], n=1, cutoff=0.5)
    return f"Did you mean {found[0]}?" if found else ""


def validated(shape: type[_T], values: Mapping[str, Any], key: str = "") -> _T:
    """An instance of the dataclass `shape`, every value converted to its annotated type and in its range.

    Args:
        shape: a dataclass whose fields may be annotated with digits.config.ranges.
        values: field -> value, nested as the dataclasses are.
        key: what the values are called together, such as model; messages begin with it.

    Raises:
        DigitsError: every wrong key and value, a line each.
    """
    from pydantic import TypeAdapter, ValidationError  # here, for it takes a tenth of a second to import

    if unknown := [*_unknown(shape, values, key)]:
        raise DigitsError("\n".join(unknown))
    try:
        return TypeAdapter(shape).validate_python(dict(values))
    except ValidationError as error:
        raise DigitsError("\n".join(_told(each, key) for each in error.errors())) from None


def _unknown(shape: Any, values: Mapping[str, Any], key: str) -> Iterator[str]:
    """Of keys that no field takes, a line each; Hydra adds what is written with + in front."""
    hints = get_type_hints(shape)
    for name, value in values.items():
        dotted = f"{key}.{name}" if key else name
        if name not in hints:
            where = f"{key} has" if key else "conf/ has"
            yield f"{where} no key {name}. {nearest(name, hints)}".rstrip()
        elif is_dataclass(hints[name]) and isinstance(value, Mapping):
            yield from _unknown(hints[name], value, dotted)


def _told(error: Any, key: str) -> str:
    name = ".".join([*([key] if key else []), *map(str, error["loc"])])
    if error["type"] == "missing":
        return f"conf/ gives no value for {name}"
    wrong = "is out of range" if "_than" in error["type"] else "is wrong"
    return f"{name}={error['input']} {wrong}: {error['msg'].replace('Input should', 'it must')}"
