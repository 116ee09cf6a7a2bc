"""Which digit of a picture is which of its label: `digits import` and the review of forms learn from both together."""

from PIL import Image

from digits.data import images
from digits.errors import DigitsError
from digits.reading.reading import Reading

_DIGITS = "0123456789"


def pairs(label: str, reading: Reading, picture: Image.Image) -> list[tuple[int, images.Cutting]]:
    """What each digit on a picture is, in the order of the label, and its part of the picture, for `images.line`.

    All or nothing: where a digit was missed or found twice, nobody knows which of the others is which.

    Args:
        label: what the picture shows; of its signs the digits count, and its line breaks.
        reading: what was read on the picture: where its digits are, whatever they were taken for.
        picture: upright, as it was read.

    Raises:
        DigitsError: not as many digits in as many lines were found, or nothing can be learned of one of them.
    """
    wanted = [digits for line in label.splitlines() if (digits := [int(sign) for sign in line if sign in _DIGITS])]
    lines = [found.line for found in reading.digits]
    if [lines.count(line) for line in sorted({*lines})] != [len(digits) for digits in wanted]:
        seen, told = (" / ".join(text.splitlines()) or "nothing" for text in (reading.text, label))
        raise DigitsError(f"not as many digits and lines as in {told} are found there, but {seen}: crop it to those")
    said = [digit for digits in wanted for digit in digits]
    boxes = [found.box for found in reading.digits]
    return [(digit, images.cut(picture, box, reading.turned)) for digit, box in zip(said, boxes, strict=True)]
