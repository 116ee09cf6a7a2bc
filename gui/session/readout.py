"""What the window says about a reading: text with corrections, title, doubts. Knows no widget."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import words
from .drawing import Box, Drawing, Place, Subject

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from digits.reading.reading import Digit, Reading

CLOSE = 0.1
"""A second digit with at least this probability is named beside an uncertain first."""

PAIR = 0.8
"""Where two digits hold so much of the probability together, it is one of them."""

LIKELY = 0.5
"""A digit of less confidence, and no pair, is more likely wrong than right: it is not shown as one."""

UNKNOWN = "?"
"""Stands in a number for what is shown as no digit."""

CERTAIN = 0.999
"""Nobody can tell apart what is surer."""


@dataclass(frozen=True)
class Shown:
    """One digit as the window shows it."""

    digit: int
    """What it is: as taught or put right, else as read."""
    taught: bool
    confidence: float
    probabilities: tuple[float, ...]
    box: Box
    """On the sheet, or on the whole picture."""
    uncertain: bool
    """Nobody taught it and the reader is not sure."""
    strokes: tuple[int, ...]
    """Indices into the drawing's strokes; empty on a picture."""
    image: "NDArray[np.uint8]"
    corrected: bool = False
    """Whether it was put right by hand, on a picture."""

    @property
    def best(self) -> int:
        """The digit that the reader finds most probable."""
        return max(range(10), key=lambda d: self.probabilities[d])

    @property
    def rival(self) -> int:
        """The digit that is next in probability."""
        return max((d for d in range(10) if d != self.digit), key=lambda d: self.probabilities[d])

    @property
    def is_digit(self) -> bool:
        """Whether it is one, as far as anybody can tell; what nobody taught and is probably none is not."""
        sure = not self.uncertain or self.confidence >= LIKELY
        return sure or (self._has_rival and self.probabilities[self.best] + self.probabilities[self.rival] >= PAIR)

    @property
    def _has_rival(self) -> bool:
        return self.probabilities[self.rival] >= CLOSE

    @property
    def sign(self) -> str:
        """What stands for it in the number."""
        return str(self.digit) if self.is_digit else UNKNOWN

    @property
    def doubt(self) -> str:
        """`1 or 7?`, `1?`, `not a digit?`, or nothing."""
        if not self.uncertain:
            return ""
        if not self.is_digit:
            return words.reading.NO_DIGIT_PERHAPS
        if self._has_rival:
            return words.reading.DOUBT_BETWEEN.format(digit=self.digit, other=self.rival)
        return words.reading.DOUBT.format(digit=self.digit)


@dataclass(frozen=True)
class ShownSign:
    """One sign as the window shows it."""

    sign: str
    box: Box


@dataclass(frozen=True)
class Readout:
    """A whole reading as the window shows it."""

    digits: tuple[Shown, ...] = ()
    lines: tuple[str, ...] = ()
    signs: tuple[ShownSign, ...] = ()
    unread: tuple[Box, ...] = ()
    """Where ink was left unread."""
    confidence: float = 1.0
    """Probability that all of it is right."""
    turned: int = 0
    """Degrees by which the picture was turned clockwise to read it."""

    @property
    def text(self) -> str:
        """Lines of writing are lines."""
        return "\n".join(self.lines)

    @staticmethod
    def is_place(sign: str) -> bool:
        """Whether a sign of the text stands for one of the digits."""
        return sign.isdigit() or sign == UNKNOWN

    @property
    def title(self) -> str:
        """Of the window: `2025 · Digits`."""
        return words.window.TITLE_OF.format(what=" ".join(self.lines)) if self.lines else words.window.TITLE

    @property
    def is_doubtful(self) -> bool:
        """Whether any of it is to be looked at."""
        return bool(self.unread) or any(shown.uncertain for shown in self.digits)

    @property
    def corrected(self) -> int:
        """How many digits were put right by hand."""
        return sum(shown.corrected for shown in self.digits)

    @property
    def certainty(self) -> str:
        """How sure all of it is, and what is in doubt, for people; there has to be a digit."""
        count, doubts = len(self.digits), sum(shown.uncertain for shown in self.digits)
        said = [words.reading.TURNED.format(degrees=self.turned)] if self.turned else []
        if doubts and not self.turned:
            said.append(words.reading.in_doubt(doubts, count))
        if self.unread:
            said.append(words.reading.UNREAD)
        if any(shown.taught for shown in self.digits):  # what the reader thought of it is no longer the question
            return ", ".join(said) or words.reading.AS_TAUGHT
        if self.corrected:
            return ", ".join([*said, words.reading.put_right(self.corrected, count)])
        sure = words.reading.SURE.format(share=self.confidence)
        if self.confidence >= CERTAIN:
            sure = words.reading.CERTAIN
        return ", ".join([*said, sure if len(self.text) == 1 else words.reading.OF_ALL.format(sure=sure)])

    @property
    def most_doubtful(self) -> int | None:
        """Index of the digit to show when none was chosen: the least sure of the uncertain, else the last."""
        doubtful = [index for index, shown in enumerate(self.digits) if shown.uncertain]
        if doubtful:
            return min(doubtful, key=lambda index: self.digits[index].confidence)
        return len(self.digits) - 1 if self.digits else None


def readout(reading: "Reading", drawing: Drawing) -> Readout:
    """A reading of a drawing, with what people said about it and where it lies."""
    digits = tuple(_shown(digit, drawing) for digit in reading.digits)
    # The reading's text knows which digits stand on one line.
    following = iter(digits)
    text = "".join(next(following).sign if sign.isdigit() else sign for sign in reading.text)
    return Readout(
        digits=digits,
        lines=tuple(text.split("\n")) if text else (),
        signs=tuple(ShownSign(sign.sign, _moved(sign.box, drawing)) for sign in reading.signs),
        unread=tuple(_moved(box, drawing) for box in reading.unread),
        confidence=reading.confidence,
        turned=reading.turned,
    )


def _moved(box: Box, drawing: Drawing) -> Box:
    """A box of what was read, on the whole picture."""
    across, down = drawing.selection[:2] if drawing.selection else (0, 0)
    left, top, right, bottom = box
    return left + across, top + down, right + across, bottom + down


def _shown(digit: "Digit", drawing: Drawing) -> Shown:
    strokes = tuple(index for index in digit.strokes if index < len(drawing.strokes))
    box = _moved(digit.box, drawing)
    about: Subject = tuple(drawing.strokes[index] for index in strokes)
    if drawing.picture is not None:
        about = Place(drawing.picture, box)
    taught = drawing.taught(about) if about else None
    said = taught if drawing.picture is None else drawing.corrected(box)
    return Shown(
        digit=digit.digit if said is None else said,
        taught=taught is not None,
        confidence=digit.confidence,
        probabilities=digit.probabilities,
        box=box,
        uncertain=digit.uncertain and said is None,
        strokes=strokes,
        image=digit.image,
        corrected=drawing.picture is not None and said is not None,
    )
