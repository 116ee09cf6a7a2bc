"""What may stand in a field, and which value a text stands for."""

from pathlib import Path
from typing import Any

import pytest

from digits.errors import DigitsError
from digits.forms.form import checked, load, save


def value(text: str, **field: Any) -> str | None:
    """What a text stands for in a field."""
    form = checked(Path("form.yaml"), {"picture": "form.png", "fields": {"one": {"box": [0, 0, 90, 30], **field}}})
    return form.fields["one"].value(text)


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("007", {"digits": 3}, "007"),
        ("07", {"digits": 3}, None),
        ("12345", {"digits": [4, 8]}, "12345"),
        ("12", {"least": 1, "greatest": 30}, "12"),
        ("07", {"least": 1, "greatest": 30}, None),
        ("31", {"least": 1, "greatest": 30}, None),
        ("79927398713", {"digits": 11, "check": "luhn"}, "79927398713"),
        ("79927398710", {"digits": 11, "check": "luhn"}, None),
        ("9783161484100", {"digits": 13, "check": "isbn"}, "9783161484100"),
        ("89370400440532013000", {"digits": 20, "check": "iban", "prefix": "DE"}, "DE89370400440532013000"),
        ("89370400440532013001", {"digits": 20, "check": "iban", "prefix": "DE"}, None),
        ("1,234.50", {"kind": "amount"}, "1234.50"),
        ("1.234,50", {"kind": "amount"}, "1234.50"),
        ("12,--", {"kind": "amount"}, "12.00"),
        ("1250", {"kind": "amount"}, "12.50"),  # the sign was not read: places are always written
        ("12", {"kind": "amount", "optional_places": True}, "12.00"),
        ("12.5", {"kind": "amount"}, None),
        ("99.99", {"kind": "amount", "greatest": 50}, None),
        ("27.11.2026", {"kind": "date"}, "2026-11-27"),
        ("27112026", {"kind": "date"}, "2026-11-27"),
        ("11/27/2026", {"kind": "date", "order": "mdy"}, "2026-11-27"),
        ("31.02.2026", {"kind": "date"}, None),
        ("27.11.26", {"kind": "date"}, None),
        ("271199", {"kind": "date", "year": 2, "latest": "2030-01-01"}, "1999-11-27"),
        ("27.11.2036", {"kind": "date", "latest": "2035-12-31"}, None),
        ("1234-56", {"kind": "pattern", "pattern": "####-##"}, "1234-56"),
        ("123456", {"kind": "pattern", "pattern": "####-##"}, "1234-56"),  # it can stand nowhere else
        ("12345", {"kind": "pattern", "pattern": "####-##"}, None),
    ],
)
def test_a_text_stands_for_a_value_or_may_not_stand_there(text: str, field: dict[str, Any], expected: str) -> None:
    assert value(text, **field) == expected


@pytest.mark.parametrize(
    ("value", "field", "digits"),
    [
        ("2026-11-27", {"kind": "date"}, "27112026"),
        ("2026-11-27", {"kind": "date", "order": "mdy", "year": 2}, "112726"),
        ("DE89370400440532013000", {"digits": 20, "prefix": "DE"}, "89370400440532013000"),
        ("12.50", {"kind": "amount"}, "1250"),
    ],
)
def test_a_value_is_written_with_these_digits(value: str, field: dict[str, Any], digits: str) -> None:
    form = checked(Path("form.yaml"), {"picture": "form.png", "fields": {"one": {"box": [0, 0, 90, 30], **field}}})
    assert form.fields["one"].written(value) == digits
    assert form.fields["one"].stands(value)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"fields": {}}, "picture"),
        ({"picture": "a.png", "fields": {}}, "it has no fields"),
        ({"picture": "a.png", "fields": {"one": {"box": [9, 9, 3, 3]}}}, "one.*is no box of 8 x 8"),
        ({"picture": "a.png", "fields": {"one": {"box": [0, 0, 9, 9], "digts": 3}}}, "one.*digts"),
        ({"picture": "a.png", "fields": {"one": {"box": [0, 0, 9, 9], "kind": "name"}}}, "'number', 'amount'"),
        ({"picture": "a.png", "fields": {"one": {"box": [0, 0, 9, 9], "check": "os"}}}, "no check digit"),
        ({"picture": "a.png", "fields": {"one": {"box": [0, 0, 9, 9], "kind": "pattern", "pattern": "AB"}}}, "'AB'"),
        ({"picture": "a.png", "fields": {"look at": {"box": [0, 0, 9, 9]}}}, "cannot be called 'look at'"),
        ([1], "this file holds list"),
    ],
)
def test_what_is_wrong_in_a_forms_file_is_named(said: Any, complaint: str) -> None:
    with pytest.raises(DigitsError, match=f"form.yaml: .*{complaint}"):
        checked(Path("form.yaml"), said)


def test_a_form_is_kept_as_yaml_that_people_can_read(tmp_path: Path) -> None:
    file = tmp_path / "form.yaml"
    field = {"box": [10, 20, 90, 50], "digits": 8, "check": "luhn"}
    save(checked(file, {"picture": "form.png", "fields": {"customer": field}}), file)
    written = " ".join(file.read_text().split())
    assert "customer: kind: number box: [10, 20, 90, 50] digits: 8 check: luhn" in written
    assert load(file).fields["customer"].value("79583217") == "79583217"
    file.write_text("fields: [")
    with pytest.raises(DigitsError, match="cannot be read as YAML"):
        load(file)
    with pytest.raises(DigitsError, match="digits form new"):
        load(tmp_path / "none.yaml")
