"""The kinds of digits: a data set is added as a row here and as the function in `making` that makes its sets.

Validation, test scores, charts, the model card, the tables of runs and the window name what this table names.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """Where digits come from."""

    label: str
    """For people, in tables."""
    about: str
    """Its test set on the model card; {people} stands for how many wrote it."""
    calibrated: bool = True
    """Whether temperature and threshold of a lone digit's reading are chosen on its validation digits too."""
    trained: bool = True
    """Whether there are sets for training and validation too, not for the test alone."""
    people: bool = False
    """Whether the writers that its sets name are people; on made pages they are kinds of paper."""


KINDS = {
    "mnist": Kind("MNIST", "scanned digits of the MNIST test set"),
    "pen": Kind("pens", "pen digits of {people} people it never saw", people=True),
    "allograph": Kind("forms", "made digits in the forms that people give them from country to country", False),
    "page": Kind("pages", "digits on made pages, as they stand there among neighbours, print and rules", False),
}
"""By the name that sets, metrics and the knobs of conf/mix bear."""

OUTLIER = "outlier"
"""What the sets of what is no digit are called."""


def set_names(part: str) -> dict[str, str]:
    """Kind -> the name of its set for a part: train, validation or test."""
    return {name: f"{name}-{part}" for name, kind in KINDS.items() if kind.trained or part == "test"}
