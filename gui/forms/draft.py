"""A form while it is described: what the window shows and changes, without the window."""

from pathlib import Path
from typing import Any

import yaml

from digits.errors import DigitsError
from digits.forms.fields import Amount, Date, Kind, Number, Pattern
from digits.forms.form import Form, checked, load, save
from digits.ink import open_picture

Box = tuple[int, int, int, int]

KINDS: dict[str, type[Kind]] = {"number": Number, "amount": Amount, "date": Date, "pattern": Pattern}

HINTS = {
    "optional": "true: it may stay empty",
    "digits": "how many: 6, or [4, 8]",
    "least": "smallest value",
    "greatest": "largest value",
    "check": "luhn, isbn, ean, iban …",
    "prefix": "printed before it: DE",
    "places": "decimal places: 2",
    "optional_places": "true: 12 is 12.00",
    "order": "dmy, mdy or ymd",
    "year": "its digits: 4 or 2",
    "earliest": "2000-01-31",
    "latest": "2030-12-31",
    "pattern": "####-##",
}
"""What each option takes."""


class Draft:
    """A form's fields, by name, as its file will say them.

    Args:
        source: a scan of the form, or the .yaml of a form to go on with.
        out: the form's file; None for one beside the scan.

    Raises:
        DigitsError: the scan or the form cannot be read.
    """

    def __init__(self, source: Path, out: Path | None = None) -> None:
        self.fields: dict[str, dict[str, Any]] = {}
        self.picture = source
        if source.suffix in (".yaml", ".yml"):
            form = load(source)
            self.picture = source.parent / form.picture
            self.fields = {
                name: {"kind": field.kind, **field.model_dump(mode="json", exclude_defaults=True)}
                for name, field in form.fields.items()
            }
            out = out or source
        self.out = out or source.with_suffix(".yaml")
        if not self.fields and self.out.exists():
            raise DigitsError(f"{self.out} is there already; go on with it: digits form new {self.out}")
        self.scan = open_picture(self.picture, 2400)
        self.chosen = ""

    @property
    def boxes(self) -> dict[str, Box]:
        """Where the fields are on what is shown, pixels."""
        height, width = self.scan.brightness.shape
        across, down = width / self.scan.size[0], height / self.scan.size[1]
        return {
            name: tuple(round(side * by) for side, by in zip(field["box"], (across, down) * 2, strict=True))
            for name, field in self.fields.items()
        }

    def add(self, box: Box) -> None:
        """A field in a box of what is shown; it is chosen."""
        number = next(n for n in range(1, len(self.fields) + 2) if f"field {n}" not in self.fields)
        self.chosen = f"field {number}"
        self.fields[self.chosen] = {"kind": "number", "box": list(self.scan.to_original(box))}

    def rename(self, name: str) -> None:
        """Gives the chosen field another name; its place stays.

        Raises:
            DigitsError: another field has it, or it is empty.
        """
        name = name.strip()
        if name == self.chosen:
            return
        if not name or name in self.fields:
            raise DigitsError(f"{name!r} is another field: choose another name" if name else "a field needs a name")
        self.fields = {name if key == self.chosen else key: field for key, field in self.fields.items()}
        self.chosen = name

    def options(self) -> dict[str, str]:
        """The options of the chosen field's kind, and what is said of each, as text."""
        field = self.fields[self.chosen]
        known = [name for name in KINDS[field["kind"]].model_fields if name not in ("box", "kind")]
        return {name: _as_text(field[name]) if name in field else "" for name in known}

    def use_kind(self, kind: str) -> None:
        """Makes the chosen field one of this kind; what the kind does not know is forgotten."""
        known = KINDS[kind].model_fields
        kept = {key: value for key, value in self.fields[self.chosen].items() if key in known}
        self.fields[self.chosen] = kept | {"kind": kind}

    def set(self, option: str, text: str) -> None:
        """Says something of the chosen field; "" says nothing.

        Raises:
            DigitsError: the text is no value.
        """
        field = self.fields[self.chosen]
        field.pop(option, None)
        if text.strip():
            plain = option in ("pattern", "prefix", "check")
            try:
                field[option] = text.strip() if plain else yaml.safe_load(text)
            except yaml.YAMLError as error:
                raise DigitsError(f"{option}: {text!r} is no value; {HINTS.get(option, '')}") from error

    def remove(self) -> None:
        """Removes the chosen field."""
        self.fields.pop(self.chosen, None)
        self.chosen = next(iter(self.fields), "")

    def form(self) -> Form:
        """The form as it is now.

        Raises:
            DigitsError: something in it is wrong or missing; says what.
        """
        folder = self.out.absolute().parent
        picture = self.picture.absolute()
        where = picture.relative_to(folder).as_posix() if picture.is_relative_to(folder) else str(picture)
        return checked(self.out, {"picture": where, "fields": self.fields})

    def save(self) -> None:
        """Writes the form's file; raises what `form` does, or DigitsError if it cannot be written."""
        form = self.form()
        try:
            save(form, self.out)
        except OSError as error:
            raise DigitsError(f"{self.out} cannot be written ({error.strerror or error})") from error


def _as_text(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True).removesuffix("...\n").strip() if value is not True else "true"
