"""What frames the window: title, foot, keys, tooltips, files, and what is said when it fails or closes."""

# --- its title

TITLE = "Digits"
TITLE_OF = "{what} · Digits"

# --- its foot, and the buttons there

IDLE = "F1 shows all keys"
CLOSE = "Close"
KEEP = "Keep"
TRY_AGAIN = "Try again"

COPIED = "Copied {text}{remark}"
CUT_SHORT = " …"
SAVED = "Saved {path}"

THEMES = {"system": "Light or dark, as your system is", "light": "Light", "dark": "Dark"}
"""By the names in the settings."""

QUIT_WHILE_TRAINING = "A training is running. Closing the window stops it; the next one goes on where this one was."
QUIT_ANYWAY = "Stop it and close"

# --- what went wrong

FAILED = "That did not work: {error}. Your drawing is safe; you can go on."
FAILED_SEE = " What is needed to repair it is in {file}"
NO_SCREEN = "the window cannot open ({error}): it needs a screen, see DISPLAY"

# --- its toolbar

PEN_WIDTH = "Width of the pen   [ and ]"
TOOLTIP = "{title}   {key}\n{help}"
OPENS_DIALOG = "{title} …"

# --- a page that covers the sheet

CLOSE_PAGE = "Close   Esc"

# --- the page of keys

KEYS_PAGE = "All keys"

WITHOUT_ACTION = {
    "Picture": (
        ("Space+drag", "Move a large picture", "or the middle button, or the wheel"),
        ("Shift+drag", "Read one more part", "in its table Del removes it, Ctrl+C copies all"),
    ),
    "Reading": (("0 … 9", "Say what the digit is", "or its button: kept for the next training"),),
}
"""Keys, what they do, and a word on it, for what no single action does; by the group in which it is shown."""

KEYS = {
    "Command": "⌘",
    "Control": "Ctrl+",
    "Alt": "Alt+",
    "Shift": "Shift+",
    "Delete": "Del",
    "Escape": "Esc",
    "bracketleft": "[",
    "bracketright": "]",
    "Prior": "Page ↑",
    "Next": "Page ↓",
    "plus": "+",
    "minus": "−",
    "Left": "←",
    "Right": "→",
}
"""Tk's names of keys as people know them, where those differ."""

# --- dialogs for files

PICTURES = "Pictures"
ALL_FILES = "All files"
OPEN_PICTURE = "Open a picture"
OPEN_FOLDER = "Open a folder of pictures"
SAVE_DRAWING = "Save the drawing"
SAVE_TABLE = "Save the parts as a table"
OPEN_MODEL = "Open a model file"

DRAWING_FILE = "drawing"
"""Name of a saved drawing in which no number was read."""

TABLE_FILE = "numbers.csv"

OFFER_FOLDER = "Open a folder …"
OFFER_FILE = "{name}   in {folder}"

# --- its log

SHEET_IGNORED = "{file} does not hold a sheet that was left: it is ignored, and the next stroke replaces it"
SHEET_FORMAT = "its format is {found!r}, not {expected}"
SHEET_POINTS = "a stroke's points are {found!r}"
SHEET_NO_NUMBER = "{found!r} is no number"
SHEET_OUTSIDE = "{found!r} lies on no sheet"
