"""Values against their types and ranges, with errors that name the key and the nearest right one."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

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

    try:
        return TypeAdapter(shape).validate_python(dict(values))
    except ValidationError as error:
        raise DigitsError("\n".join(_told(each, key) for each in error.errors())) from None


def _told(error: Any, key: str) -> str:
    name = ".".join([*([key] if key else []), *map(str, error["loc"])])
    if error["type"] == "missing":
        return f"conf/ gives no value for {name}"
    wrong = "is out of range" if "_than" in error["type"] else "is wrong"
    return f"{name}={error['input']} {wrong}: {error['msg'].replace('Input should', 'it must')}"
