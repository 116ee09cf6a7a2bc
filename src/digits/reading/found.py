"""What is found on a page: a digit or sign with its place."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, pixels of the page."""


@dataclass(eq=False)
class Found:
    """A digit or sign that may stand on a page."""

    sign: str
    box: Box
    heat: float
    """How sure the page network is that something stands there."""
    classes: NDArray[np.float32]
    """The page network's probabilities of all that it tells apart, first of 0 to 9."""
    gain: float
    """Log odds that it stands there: by the page network, then by both networks."""
    image: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((28, 28), np.uint8))
    """What the digit network gets."""
    alone: bool = False
    """Whether that is of ink which hangs together and with nothing else: then the digit network is trusted more."""
    classified: NDArray[np.float32] = field(default_factory=lambda: np.full(10, 0.1, np.float32))
    """The digit network's, of 0 to 9."""
    probabilities: NDArray[np.float32] = field(default_factory=lambda: np.zeros(10, np.float32))
    """Both networks' together, of 0 to 9; zeros for a sign."""
    leaning: float = 0.0
    """Log odds that it is a digit and no sign."""
    confidence: float = 0.0
    """Probability that this stands here."""
    strokes: tuple[int, ...] = ()
    """Which of the source's strokes it is made of."""
    space: bool = False
    """Whether it is written apart from what stands before it."""

    @property
    def is_digit(self) -> bool:
        """Or else a sign."""
        return self.sign.isdigit()

    @property
    def height(self) -> float:
        """Of its box."""
        return self.box[3] - self.box[1]

    @property
    def width(self) -> float:
        """Of its box."""
        return self.box[2] - self.box[0]

    @property
    def x(self) -> float:
        """Middle of its box."""
        return (self.box[0] + self.box[2]) / 2
