"""A form while it is described: what the window shows and changes, without the window."""

from itertools import count
from pathlib import Path
from typing import Any

import yaml

from digits.errors import DigitsError
from digits.forms.fields import Amount, Date, Kind, Number, Pattern
from digits.forms.form import Form, checked, load, save
from digits.ink import open_picture

from .. import words

Box = tuple[int, int, int, int]

KINDS: dict[str, type[Kind]] = {"number": Number, "amount": Amount, "date": Date, "pattern": Pattern}


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
            raise DigitsError(words.forms.IS_THERE.format(form=self.out))
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
        names = (words.forms.NEW_FIELD.format(number=number) for number in count(1))
        self.chosen = next(name for name in names if name not in self.fields)
        self.fields[self.chosen] = {"kind": "number", "box": list(self.scan.to_original(box))}

    def rename(self, name: str) -> None:
        """Gives the chosen field another name; its place stays.

        Raises:
            DigitsError: another field has it, or it is empty.
        """
        name = name.strip()
        if name == self.chosen:
            return
        if not name:
            raise DigitsError(words.forms.NO_NAME)
        if name in self.fields:
            raise DigitsError(words.forms.NAME_TAKEN.format(name=name))
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
                hint = words.forms.HINTS.get(option, "")
                raise DigitsError(words.forms.NO_VALUE.format(option=option, text=text, hint=hint)) from error

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
            reason = error.strerror or error
            raise DigitsError(words.forms.NOT_WRITTEN.format(form=self.out, reason=reason)) from error


def _as_text(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True).removesuffix("...\n").strip() if value is not True else "true"
