"""What is said about a reading, beside the sheet and on it, and about digits that a person teaches."""

# --- the panel, before anything is written

HINTS = (
    ("Write", "and it is read as you go"),
    ("Point", "at a digit: how sure is it?"),
    ("Click", "a digit, say which it is"),
    ("Open", "a picture, drag over a part"),
)

# --- the panel, where no number stands

MODEL_LOADS = "The model is loading; what you write is read in a moment."
NO_MODEL = "No model reads yet: F5 looks for one again. What you write stays."
BEING_READ = "Reading …"
NO_DIGIT = "Nothing that looks like a digit. Write it larger, and it is read again."
NO_DIGIT_ON_PICTURE = "Nothing that looks like a digit. Drag over the part where one is, and it is read again."

# --- how sure the number is, below it

LINES_SHOWN = "lines {first} to {last} of {count}; {certainty}"
TURNED = "in doubt, for it was turned by {degrees}°"
UNREAD = "some ink was not read"
AS_TAUGHT = "as you taught it"
SURE = "{share:.1%} sure"
CERTAIN = "at least 99.9% sure"
OF_ALL = "{sure} of all of it"


def in_doubt(doubtful: int, count: int) -> str:
    """How many of the number's digits nobody can be sure of."""
    return f"{doubtful} of {count} digits in doubt" if count > 1 else "in doubt"


def put_right(corrected: int, count: int) -> str:
    """How many of the number's digits a person put right, on a picture."""
    return f"{corrected} of {count} put right by you" if count > 1 else "put right by you"


# --- one digit, in the panel and on the sheet

DIGIT_OF = "digit {number} of {count}"
TAUGHT = "taught by you; read as {digit}"
CORRECTED = "put right by you; read as {digit}"
DOUBT = "{digit}?"
DOUBT_BETWEEN = "{digit} or {other}?"
NO_DIGIT_PERHAPS = "not a digit?"
SAID_BY_PERSON = "{digit} ✓"
AS_NETWORK_SEES_IT = "as the network sees it"
SHARE = "{share:.1%}"
ORANGE_INK = "orange ink speaks most for it"
HEAT_SHOWN = "Shows which ink speaks for the answer"
HEAT_HIDDEN = "Shows the ink alone"
YOURS = "yours"
TYPICAL = "typical in training"

# --- two models beside each other

SIDE_BY_SIDE = "Side by side"
SAME = "both read the same · Esc ends"
DIFFERENT = "they differ · Esc ends"
READ_NOTHING = "–"

# --- the number on the clipboard

NOTHING_TO_COPY = "There is no number to copy yet"
COPIED_CORRECTED = ", {corrected} of it put right by hand"

# --- teaching

NOTHING_TO_TEACH = "Write a digit first, then say what it is"
WHICH_ONE = "Which one? Click a digit or press → first, then type what it is"
NOT_READY = "The reading is not ready yet: wait a moment, then try again"
NO_STROKES = "This model does not tell which strokes a digit is made of, so the digit cannot be taught"


def kept(digit: int) -> str:
    """A digit of strokes was taught."""
    return f"Kept as {_a(digit)}; Ctrl+Z takes it back"


def put_right_and_kept(digit: int) -> str:
    """A digit on a picture was."""
    return f"Put right, and kept as {_a(digit)}; Ctrl+Z takes it back"


def put_right_only(digit: int, reason: object) -> str:
    """It was, but is no good to learn from."""
    return f"Put right: it is copied and saved as {_a(digit)}, but not kept to learn from, for {reason}"


def _a(digit: int) -> str:
    """With its article."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


# --- whose handwriting it is


def which_name(digit: int) -> str:
    """Asked after the first digit that somebody taught."""
    return f"Kept as {_a(digit)}. Under which name?"


WHOSE = "Whose handwriting is it from now on?"
KEPT_UNDER = "Samples are kept under the name {name}"
SOMEBODY = "me"
"""Is proposed where the log-in has no name."""
