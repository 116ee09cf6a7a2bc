"""The one exception that people are meant to read."""

from collections.abc import Iterator
from contextlib import contextmanager


class DigitsError(Exception):
    """Something a person can mend; its message names the file or key, what was found and what to do next.

    Commands print the message without a traceback and end with status 1.
    """


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Says how to install what the block imports and this environment lacks.

    Args:
        extra: the optional dependencies of pyproject.toml that bring it; with "", nothing is said.

    Raises:
        DigitsError: in the place of ModuleNotFoundError.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if not extra or (error.name or "").startswith("digits"):
            raise
        raise DigitsError(f"{error.name} is not installed: pip install 'digits[{extra}]'") from error
