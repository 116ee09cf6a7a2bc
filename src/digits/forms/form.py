"""A form: a picture of it, and its fields. Kept as YAML, so that people read, change and version it."""

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from digits.errors import DigitsError
from digits.files import written_whole
from digits.forms.fields import AnyField

_HEAD = """\
# A form: its picture, to which each scan is fitted, and its fields. A box is left, top, right, bottom in pixels of the
# picture. What may stand in a field is told in docs/forms.md.
"""


TAKEN = ("path", "page", "look at", "error", "form")
"""Columns of a table of what was read, which no field can have the name of."""

_NAME = re.compile(r"(?!.* confidence$)[^\W_][\w -]*")  # of `amount confidence` is a column too


class Form(BaseModel):
    """What a form's file says.

    Attributes:
        picture: a scan of it, empty at best; a path from where the file lies.
        fields: by name, in the order of the table's columns.
    """

    model_config = ConfigDict(extra="forbid")

    picture: str
    fields: dict[str, AnyField]


def load(path: Path) -> Form:
    """The form that a file describes.

    Raises:
        DigitsError: the file is missing, no YAML, or does not describe a form: names each key and what is wrong.
    """
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DigitsError(f"{path}: there is no such form; `digits form new PICTURE` describes one") from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise DigitsError(f"{path} cannot be read as YAML: {' '.join(str(error).split())}") from error
    return checked(path, said)


def checked(path: Path, said: Any) -> Form:
    """A form from what its file says; raises what `load` does."""
    if not isinstance(said, dict):
        raise DigitsError(f"{path}: a form has `picture:` and `fields:`, this file holds {type(said).__name__}")
    if isinstance(said.get("fields"), dict):  # `kind` may be left out of numbers
        said = said | {"fields": {key: _with_kind(value) for key, value in said["fields"].items()}}
    try:
        form = Form.model_validate(said)
    except ValidationError as error:
        wrong = [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()]
        raise DigitsError(f"{path}: {'; '.join(wrong)}") from error
    if unclear := [
        name for name in form.fields if not _NAME.fullmatch(name) or name in TAKEN or name.endswith(" confidence")
    ]:
        raise DigitsError(
            f"{path}: a field cannot be called {unclear[0]!r}: letters, digits, spaces, _ and -, and not "
            f"{', '.join(TAKEN)}, which are columns of the table"
        )
    if not form.fields:
        raise DigitsError(f"{path}: it has no fields; `digits form new PICTURE` describes a form")
    return form


def _with_kind(field: Any) -> Any:
    return {"kind": "number", **field} if isinstance(field, dict) else field


def save(form: Form, path: Path) -> None:
    """Writes a form's file, whole."""
    fields = {}
    for name, field in form.fields.items():
        fields[name] = {"kind": field.kind, **field.model_dump(mode="json", exclude_defaults=True)}
    said = {"picture": form.picture, "fields": fields}
    text = yaml.dump(said, sort_keys=False, allow_unicode=True, default_flow_style=None)
    with written_whole(path) as file:
        file.write_text(_HEAD + text, encoding="utf-8")
