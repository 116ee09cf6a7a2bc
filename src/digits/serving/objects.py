"""A reading as a JSON object: what `digits read --json` prints and what a served model answers with."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # it brings NumPy, which the command line imports later
    from digits.reading.reading import Reading


def as_object(reading: "Reading") -> dict[str, Any]:
    """A reading as the object that `digits read --help` describes, without path and page, which name the picture."""
    digits = [
        {
            "digit": digit.digit,
            "confidence": round(digit.confidence, 6),
            "probabilities": [round(probability, 6) for probability in digit.probabilities],
            "box": list(digit.box),
            "uncertain": digit.uncertain,
        }
        for digit in reading.digits
    ]
    signs = [
        {"sign": sign.sign, "confidence": round(sign.confidence, 6), "box": list(sign.box)} for sign in reading.signs
    ]
    return {
        "text": reading.text,
        "confidence": round(reading.confidence, 6),
        "uncertain": reading.uncertain,
        "turned": reading.turned,
        "digits": digits,
        "signs": signs,
        "unread": [list(box) for box in reading.unread],
    }
