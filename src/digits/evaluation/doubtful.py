"""The MNIST test images whose labels people doubt. They are shown, never removed: every figure counts them."""

from typing import Any, NamedTuple

from digits.evaluation.scores import Probabilities


class Votes(NamedTuple):
    """What five people saw in an image."""

    given: int
    """Its label."""
    guessed: int
    """The digit they could choose beside it."""
    for_given: int
    for_guessed: int
    neither: int


DOUBTFUL = {
    947: Votes(8, 9, 0, 5, 0),
    1621: Votes(0, 6, 2, 3, 0),
    1901: Votes(9, 4, 2, 3, 0),
    2130: Votes(4, 9, 2, 2, 1),
    2462: Votes(2, 0, 0, 4, 1),
    2597: Votes(5, 3, 0, 4, 1),
    2654: Votes(6, 1, 0, 2, 3),
    3520: Votes(6, 4, 2, 0, 3),
    3558: Votes(5, 0, 1, 4, 0),
    5937: Votes(5, 3, 1, 3, 1),
    6651: Votes(0, 6, 0, 5, 0),
    6783: Votes(1, 6, 2, 3, 0),
    8527: Votes(4, 9, 2, 2, 1),
    9679: Votes(6, 3, 2, 0, 3),
    9729: Votes(5, 6, 2, 3, 0),
}
"""Position in the test set -> votes: the images whose label fewer than three of five people confirmed, the 15 that
C. Northcutt, A. Athalye, J. Mueller, *Pervasive Label Errors in Test Sets Destabilize Machine Learning Benchmarks*,
2021, count as errors of MNIST; from mturk/mnist_mturk.json of github.com/cleanlab/label-errors."""


def doubtful(probabilities: Probabilities) -> list[dict[str, Any]]:
    """Each of them with what the reader makes of it; the probabilities (10,000, 10) are of MNIST's test set."""
    return [
        {
            "index": index,
            **votes._asdict(),
            "read": int(probabilities[index].argmax()),
            "confidence": round(float(probabilities[index].max()), 6),
        }
        for index, votes in DOUBTFUL.items()
    ]
