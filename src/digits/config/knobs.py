"""Every knob there is, for whoever names one: an override, a search space, a message about a misspelt key."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import is_dataclass
from functools import cache
from typing import Any, get_type_hints

from hydra.errors import OverrideParseException
from omegaconf import DictConfig, OmegaConf
from yaml import YAMLError

from digits.config import choices
from digits.config.schema import Choice, Config, Dimension
from digits.config.validation import nearest
from digits.paths import CONF


def _declared(schema: type = Config, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, kind in get_type_hints(schema).items():
        if isinstance(kind, type) and is_dataclass(kind):
            yield from _declared(kind, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", kind


def _options(key: str) -> list[Choice]:
    """The options of a choice; one that only changes another's values, by its own `defaults`, is left out."""
    found = []
    for file in sorted((CONF / key.replace(".", "/")).glob("*.yaml")):
        with suppress(YAMLError, UnicodeDecodeError):  # Hydra says so, if anybody chooses it
            found.append(OmegaConf.load(file))
    return [dict(option) for option in found if isinstance(option, DictConfig) and "_target_" in option]


def _no_text() -> list[str]:
    """The files of conf/ that are not UTF-8."""
    found = []
    for file in sorted(CONF.rglob("*.yaml")):
        try:
            file.read_text("utf-8")
        except UnicodeDecodeError:
            found.append(str(file))
    return found


def names() -> set[str]:
    """Every key that can be set, dotted, of whatever choice."""
    found: set[str] = set()
    for key, kind in _declared():
        found |= {f"{key}.{name}" for option in _options(key) for name in option} if kind == Choice else {key}
    return found


@cache
def kinds() -> dict[str, Any]:
    """Every key and the type of its values; imports what the choices name."""
    found: dict[str, Any] = {}
    for key, kind in _declared():
        if kind != Choice:
            found[key] = kind
            continue
        for option in _options(key):
            target = choices.target(option, key)
            hints = get_type_hints(target.__init__ if isinstance(target, type) else target)  # type: ignore[misc]
            found |= {f"{key}.{name}": hints[name] for name in choices.keys(target)}
    return found


def explain(error: BaseException) -> str:
    """What Hydra and OmegaConf say, without their internals, and the nearest key that does exist."""
    if isinstance(error, UnicodeDecodeError):
        return f"{', '.join(_no_text())} is no text in UTF-8 ({error}): restore it with git"
    lines: list[str] = []
    wrong = ""
    cause: BaseException | None = error
    while cause is not None:
        lines += str(cause).splitlines()
        wrong = wrong or str(getattr(cause, "full_key", None) or "")
        cause = cause.__cause__ or cause.__context__
    once = [line for line in dict.fromkeys(lines) if line.strip()]
    told = [_shortened(line) for line in once if not any(word in line for word in _INTERNALS)]
    dimension, _, _ = wrong.rpartition(".")
    in_space = dimension.startswith("sweep.space.")  # whose keys are the study's own
    known = {f"{dimension}.{part}" for part in get_type_hints(Dimension)} if in_space else names()
    if wrong and wrong not in known:
        told += [f"    {guess}" for guess in [nearest(wrong, known)] if guess]
    if isinstance(error, OverrideParseException):
        key, _, value = error.override.partition("=")
        told.append(f"    a value with such signs is quoted twice, for Hydra and for the shell: \"{key}='{value}'\"")
    return "\n".join(told)


def _shortened(line: str) -> str:
    """A line that may hold a name of thousands of letters, to its first hundreds."""
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …"


_LONGEST = 300

_INTERNALS = ("object_type=", "reference_type=", "$VALUE", "provider=", "Config search path", "config use +")
"""What only Hydra's developers want to read, and its advice to add keys, which no stage would read."""
