"""The windows for forms: the one in which a form is described, and the one in which doubtful fields are looked at."""

# --- describing a form

HOW = (
    "Drag over each field on the picture, name it, and say what may stand in it. What you leave empty may be anything."
)
FIELD, KIND = "Field", "Kind"
SAVE = "Save"
REMOVE = "Remove field"
NEW_FIELD = "field {number}"
FIELD_NAME, FIELD_KIND = "name", "kind"

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
"""What each option of a field takes."""

SAVED = "Saved. Now: digits form read {form} SCANS -o table.csv"
IS_THERE = "{form} is there already; go on with it: digits form new {form}"
NO_NAME = "a field needs a name"
NAME_TAKEN = "{name!r} is another field: choose another name"
NO_VALUE = "{option}: {text!r} is no value; {hint}"
NOT_WRITTEN = "{form} cannot be written ({reason}); make room for it or name another file with -o"

# --- looking at doubtful fields

KEYS = "Enter: take it   ·   Page Down, Page Up: another   ·   Esc: end"
NOTHING_TO_DO = "{table}: nothing needs to be looked at"
WHERE = "{number} of {count}   ·   {scan}   ·   {why}"
SCAN_PAGE = "{scan}, page {page}"
DECIDED = "   ·   decided"
MAY_NOT_STAND = "The form says that this may not stand here. Enter again takes it anyway."
NO_FIELD = "{form} has no field {name!r} any more"
ALL_DONE = "All looked at"


def decided(count: int, table: object) -> str:
    """When all are."""
    return f"{count} fields were decided; {table} has them." if count != 1 else f"1 field was decided; {table} has it."


def left(count: int, table: object) -> str:
    """In the terminal, after the window was closed."""
    return f"{count} field{'s are' if count != 1 else ' is'} still to be looked at: digits review {table}"
