"""What stands in the fields of a form, on one scan of it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digits.forms.fields import Kind
from digits.forms.form import Form
from digits.forms.registration import Grey, Registration, cut_out
from digits.ink import PageOf, open_picture
from digits.reading.reader import Reader

SURE = 0.993
"""A field whose value is less probable is to be looked at: on made forms, 3 of 1,000 of the others are wrong then."""

_MARGIN = 0.12  # of a field's height around it: hands do not stay in their boxes
SIDE = 2400
"""Pixels that the longer side of a scan is reduced to, by a whole factor; digits 4 mm high on A4 have 32 of them."""


@dataclass(frozen=True)
class Entry:
    """What stands in a field."""

    value: str
    """What it stands for; as it was read, where that may not stand there; "" for an empty field."""
    text: str
    """As it was read."""
    confidence: float
    """Probability that it is right."""
    doubt: str
    """Why somebody should look at it; "" if nobody need."""


class FormReader:
    """Reads scans of a form.

    Args:
        form: its fields.
        folder: from which the form's picture is found.
        reader: of digits.
        sure: a field with less probability is to be looked at.

    Raises:
        DigitsError: the form's picture cannot be read, or shows too little print.
    """

    def __init__(self, form: Form, folder: Path, reader: Reader, sure: float = SURE) -> None:
        self.form, self._reader, self._sure = form, reader, sure
        picture = open_picture(folder / form.picture, SIDE)
        self._scale = picture.brightness.shape[1] / picture.size[0]
        boxes = [self._scaled(field) for field in form.fields.values()]
        self._registration = Registration(picture.brightness, boxes)

    def _scaled(self, field: Kind, margin: float = 0.0) -> tuple[int, int, int, int]:
        left, top, right, bottom = (side * self._scale for side in field.box)
        more = margin * (bottom - top)
        return round(left - more), round(top - more), round(right + more), round(bottom + more)

    def read(self, source: Path | PageOf) -> dict[str, Entry]:
        """What stands in each field.

        Raises:
            DigitsError: the scan cannot be read, or does not show the form.
        """
        return {name: self.entry(self.form.fields[name], cut) for name, cut in self.cut(source).items()}

    def cut(self, source: Path | PageOf) -> dict[str, Grey]:
        """Each field as the scan shows it, brightness (H, W); raises what `read` does."""
        scan = open_picture(source, SIDE).brightness
        onto = self._registration.map_onto(scan)
        return {name: cut_out(scan, onto, self._scaled(field, _MARGIN)) for name, field in self.form.fields.items()}

    def entry(self, field: Kind, cut: Grey) -> Entry:
        """What stands in a field."""
        reading = self._reader.read_as(np.clip(cut * 255, 0, 255).astype(np.uint8), field)
        text = reading.text.replace(" ", "")
        value = field.value(text)
        if not reading.digits and not reading.unread:
            return Entry("", "", reading.confidence, "" if field.optional else "empty")
        if value is None:
            doubt = "may not stand here" if reading.digits else "not read"
        else:
            doubt = "" if reading.confidence >= self._sure and not reading.unread else "not sure"
        return Entry(value or text, text, reading.confidence, doubt)
