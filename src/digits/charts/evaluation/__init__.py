"""The pictures of an evaluation. A function that is marked with `chart`, in any module of this package, is drawn,
saved, logged and put on the model card under its own name: nothing else names it.

    @chart("What was written (rows) and what was read (columns)")
    def confusion(tests: Tests) -> Figure: ...

Its parameters are named after fields of `Results`, so that notebooks can call it with the numbers they have. It is left
out where the evaluation has not made one of them.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from inspect import signature
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

if TYPE_CHECKING:  # the training draws its learning curves and knows nothing of evaluation
    from digits.evaluation.results import Results

Draw = Callable[..., Figure]

_drawn: dict[str, Draw] = {}
_captions: dict[str, str] = {}


def chart(caption: str = "") -> Callable[[Draw], Draw]:
    """Marks a function as a picture of the evaluation; one with a caption stands on the model card."""

    def mark(draw: Draw) -> Draw:
        _drawn[draw.__name__], _captions[draw.__name__] = draw, caption
        return draw

    return mark


@cache
def charts() -> Mapping[str, Draw]:
    """Every chart of this package's modules, by name."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return _drawn


def captions() -> Mapping[str, str]:
    """Name -> what the model card says of the picture, of those that stand on it."""
    charts()
    return {name: caption for name, caption in _captions.items() if caption}


def draw(results: "Results") -> Iterator[tuple[str, Figure]]:
    """Every chart that these results suffice for, with its name.

    Raises:
        AttributeError: a chart asks for what no evaluation has.
    """
    for name, function in charts().items():
        needed = {parameter: getattr(results, parameter) for parameter in signature(function).parameters}
        if all(value is not None for value in needed.values()):
            yield name, function(**needed)
