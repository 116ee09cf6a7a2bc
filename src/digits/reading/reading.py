"""What a reader gives: the digits and signs of a picture or of strokes, and how sure they are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Digit:
    """One digit of a reading."""

    digit: int
    confidence: float
    """Probability that this digit stands here, calibrated on validation pages."""
    probabilities: tuple[float, ...]
    """Of 0 to 9, if it is a digit."""
    box: tuple[int, int, int, int]
    """Left, top, right, bottom in pixels of the picture as seen upright; in the strokes' unit for strokes."""
    uncertain: bool
    """Whether it is to be doubted: a network is not sure, or they disagree, or the number is uncertain for its sake."""
    image: NDArray[np.uint8]
    """(28, 28), as the digit network got it."""
    strokes: tuple[int, ...] = ()
    """Which of the source's strokes it is made of; none for a picture."""
    line: int = 0
    """Line of the writing it stands in, from 0 at the top."""


@dataclass(frozen=True)
class Sign:
    """One sign of a reading."""

    sign: str
    confidence: float
    """Probability of the sign, by the page network."""
    box: tuple[int, int, int, int]
    line: int = 0


@dataclass(frozen=True)
class Reading:
    """What a picture says, or strokes."""

    digits: tuple[Digit, ...] = ()
    """Line by line, from left to right; none for a blank picture."""
    text: str = ""
    """Digits and signs as they are written, with a space where they stand apart; lines joined by a line break."""
    signs: tuple[Sign, ...] = ()
    unread: tuple[tuple[int, int, int, int], ...] = ()
    """Boxes around ink that no digit or sign accounts for."""
    confidence: float = 1.0
    """Probability that all of `text` is right."""
    uncertain: bool = False
    """Whether any of it is to be doubted: a digit, the whole, or ink was left unread."""
    turned: int = 0
    """Degrees by which the picture was turned clockwise to read it: 0, 90, 180 or 270."""
