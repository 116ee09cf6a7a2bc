"""The fields of a form: what may stand in each, and which value a reading of it stands for.

A field is one of four kinds, told apart by `kind`. Each knows the signs that may stand in it, how many digits at most,
and whether a text without spaces may.
"""

import datetime
import re
from contextlib import suppress
from decimal import Decimal
from functools import cache, cached_property
from importlib import import_module
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from typing_extensions import override

MOST = 30
"""Digits that a field may hold at most; an IBAN has up to 28."""

_SIGNS = ".,:-/()+=$€£"

Box = tuple[int, int, int, int]
"""Left, top, right, bottom, pixels of the form's picture."""


class Kind(BaseModel):
    """What all fields have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    box: Box
    """Where it is on the form's picture."""
    optional: bool = False
    """Whether it may stay empty."""

    @field_validator("box")
    @classmethod
    def _has_room(cls, box: Box) -> Box:
        left, top, right, bottom = box
        if right - left < 8 or bottom - top < 8 or min(left, top) < 0:
            raise ValueError(f"{list(box)} is no box of 8 x 8 pixels or more: left, top, right, bottom")
        return box

    @property
    def signs(self) -> str:
        """Signs that may be written beside digits."""
        return ""

    @property
    def most(self) -> int:
        """Digits at most."""
        return MOST

    def allows(self, text: str) -> bool:
        """Whether a text without spaces may stand here."""
        return self.value(text) is not None

    def value(self, text: str) -> str | None:
        """What a text stands for, as it goes into a table; None if it may not stand here."""
        raise NotImplementedError

    def written(self, value: str) -> str:
        """A value's digits in the order in which they are written."""
        return "".join(filter(str.isdigit, value))

    def stands(self, value: str) -> bool:
        """Whether it is a value that may stand here."""
        return self.value(self.written(value)) == value


class Number(Kind):
    """A whole number, or digits that only look like one."""

    kind: Literal["number"] = "number"
    digits: int | tuple[int, int] | None = None
    """How many, or least and most."""
    least: int | None = None
    """The smallest number that may stand here."""
    greatest: int | None = None
    """The largest number that may stand here."""
    check: str | None = None
    """A check digit by its name in python-stdnum: luhn, isbn, ean, iban, de.idnr, ..."""
    prefix: str = ""
    """What is printed before the digits and belongs to the number that is checked: the DE of an IBAN."""

    @field_validator("digits")
    @classmethod
    def _some(cls, digits: int | tuple[int, int] | None) -> int | tuple[int, int] | None:
        least, most = digits if isinstance(digits, tuple) else (digits or 1, digits or 1)
        if not 1 <= least <= most <= MOST:
            raise ValueError(f"{digits}: 1 to {MOST} digits, or [least, most]")
        return digits

    @field_validator("check")
    @classmethod
    def _known(cls, check: str | None) -> str | None:
        if check is not None:
            _checker(check)
        return check

    @property
    @override
    def most(self) -> int:
        if self.digits is None:
            return len(str(self.greatest)) if self.greatest else MOST
        return self.digits[1] if isinstance(self.digits, tuple) else self.digits

    @property
    def fewest(self) -> int:
        """Digits at least."""
        return 1 if self.digits is None else self.digits[0] if isinstance(self.digits, tuple) else self.digits

    @override
    def value(self, text: str) -> str | None:
        if not (text.isdigit() and self.fewest <= len(text) <= self.most):
            return None
        if self.digits is None and text != str(int(text)):  # nobody writes 07 unless told how many digits
            return None
        if not _within(int(text), self.least, self.greatest):
            return None
        if self.check and not _checker(self.check)(self.prefix + text):
            return None
        return self.prefix + text

    @override
    def written(self, value: str) -> str:
        return super().written(value.removeprefix(self.prefix))


class Amount(Kind):
    """A number with decimal places: an amount of money, a weight, a percentage."""

    kind: Literal["amount"]
    places: Annotated[int, Field(ge=0, le=6)] = 2
    """Decimal places."""
    least: float | None = None
    greatest: float | None = None
    optional_places: bool = False
    """Whether 12 may stand for 12.00."""

    @property
    @override
    def signs(self) -> str:
        return ".,-"

    @property
    @override
    def most(self) -> int:
        return len(str(int(self.greatest))) + self.places if self.greatest is not None else 12

    @override
    def value(self, text: str) -> str | None:
        if text.isdigit() and not self.optional_places:  # the sign was not read, or is printed
            text = f"{text[: -self.places] or '0'}.{text[-self.places :]}" if self.places else text
        whole, sign, places = _decimal(text)
        if not whole or (len(places) != self.places and not (self.optional_places and not sign)):
            return None
        number = Decimal(f"{whole}.{places or '0'}")
        return str(number.quantize(Decimal(10) ** -self.places)) if _within(number, self.least, self.greatest) else None


class Date(Kind):
    """A day of the calendar."""

    kind: Literal["date"]
    order: Literal["dmy", "mdy", "ymd"] = "dmy"
    """In which day, month and year are written."""
    year: Literal[2, 4] = 4
    """Digits of the year."""
    earliest: datetime.date = datetime.date(1900, 1, 1)
    latest: datetime.date = datetime.date(2100, 12, 31)

    @property
    @override
    def signs(self) -> str:
        return "./-"

    @property
    @override
    def most(self) -> int:
        return 4 + self.year

    @override
    def value(self, text: str) -> str | None:
        parts = re.split(r"[./-]", text)
        if len(parts) == 1:
            parts = self._cut(text)
        if len(parts) != 3 or not all(part.isdigit() for part in parts):
            return None
        day, month, year = (dict(zip(self.order, parts, strict=True))[part] for part in "dmy")
        if len(day) > 2 or len(month) > 2 or len(year) != self.year:
            return None
        centuries = [0] if self.year == 4 else [self.latest.year // 100 * 100, self.latest.year // 100 * 100 - 100]
        for century in centuries:
            with suppress(ValueError):
                found = datetime.date(century + int(year), int(month), int(day))
                if self.earliest <= found <= self.latest:
                    return found.isoformat()
        return None

    @override
    def written(self, value: str) -> str:
        year, _, rest = value.partition("-")
        month, _, day = rest.partition("-")
        return "".join({"d": day, "m": month, "y": year[-self.year :]}[part] for part in self.order)

    def _cut(self, text: str) -> list[str]:
        """Day, month and year that are written without signs between, in printed cells."""
        if len(text) != self.most:
            return []
        widths = [self.year if part == "y" else 2 for part in self.order]
        ends = [sum(widths[: place + 1]) for place in range(3)]
        return [text[end - width : end] for end, width in zip(ends, widths, strict=True)]


class Pattern(Kind):
    """A text that is always made in the same way."""

    kind: Literal["pattern"]
    pattern: str
    """# for a digit, and the signs . , : - / ( ) + = $ € £ as they stand there, printed or written: ####-##."""

    @field_validator("pattern")
    @classmethod
    def _made_of(cls, pattern: str) -> str:
        if "#" not in pattern or set(pattern) - set("#0123456789" + _SIGNS):
            raise ValueError(f"{pattern!r} is to be made of # for a digit, digits, and the signs {' '.join(_SIGNS)}")
        return pattern

    @property
    @override
    def signs(self) -> str:
        return "".join(sorted({sign for sign in self.pattern if sign != "#" and not sign.isdigit()}))

    @property
    @override
    def most(self) -> int:
        return sum(sign == "#" or sign.isdigit() for sign in self.pattern)

    @cached_property
    def _as_written(self) -> "re.Pattern[str]":
        parts = {"#": "([0-9])"} | {sign: re.escape(sign) + "?" for sign in self.signs}
        return re.compile("".join(parts.get(sign, sign) for sign in self.pattern))

    @override
    def value(self, text: str) -> str | None:
        found = self._as_written.fullmatch(text)
        if not found:
            return None
        digits = iter(found.groups())
        return "".join(next(digits) if sign == "#" else sign for sign in self.pattern)


AnyField = Annotated[Number | Amount | Date | Pattern, Field(discriminator="kind")]


def _within(number: Any, least: float | None, greatest: float | None) -> bool:
    return (least is None or number >= least) and (greatest is None or number <= greatest)


def _decimal(text: str) -> tuple[str, str, str]:
    """Whole digits without signs between thousands, decimal sign and places; all "" if the text is no such number."""
    found = re.fullmatch(r"(\d{1,3}(?:([.,])\d{3})*|\d+)(?:([.,-])(\d*|-+))?", text)
    if not found or (found[2] and found[2] == found[3]):
        return "", "", ""
    places = found[4] or ""
    if set(places) == {"-"}:  # 12,-- is 12,00
        places = "0" * len(places)
    return re.sub(r"[.,]", "", found[1]), found[3] or "", places


@cache
def _checker(name: str) -> Any:
    """python-stdnum's `is_valid` of a number by its module's name."""
    if re.fullmatch(r"[a-z]+[a-z0-9_]*(\.[a-z0-9_]+)?", name):
        try:
            return import_module(f"stdnum.{name}").is_valid
        except (ModuleNotFoundError, AttributeError):
            pass
    raise ValueError(f"{name!r} is no check digit that python-stdnum knows: luhn, isbn, ean, iban, de.idnr ...")
