"""Where people write: the sheet, pictures on it and their parts, folders, the clipboard, drawings of before."""

# --- a blank sheet

WRITE_HERE = "Write a number here"
OR_OPEN = "or drop a picture or a folder, or paste one with Ctrl+V"

NOTHING_TO_SAVE = "There is nothing to save yet"

# --- the strip of earlier drawings

NOT_READ = "not read"
NOTHING_BEFORE = "Nothing was written before"

# --- a picture

HOW_TO_READ_PARTS = "Drag over the part to read, with Shift over one more; Ctrl+L leaves the picture"
NOT_SAVED = "{path} cannot be saved ({reason}): choose another folder"

NOTHING_TO_PASTE = "The clipboard holds no picture: copy one (or the path of one) first, or open a file with Ctrl+O"
NOT_PASTED = "The clipboard's picture cannot be read ({reason}): save it and open the file"

# --- a folder of pictures

BEFORE, AFTER = "‹", "›"
PLACE_IN_FOLDER = "{number} of {count}   {name}"
FIRST_PICTURE = "This is the first picture"
LAST_PICTURE = "This is the last picture"
FOLDER_NOT_READ = "{folder} cannot be read ({reason}): choose another folder"
FOLDER_EMPTY = "{folder} holds no picture: choose a folder of PNG, JPEG or TIFF files"

# --- the table of a picture's parts

PART, TEXT, SURE = "Part", "Text", "Sure"
IN_DOUBT = "{sure} ?"
BY_HAND = "by hand"
NOT_YET = "…"
NOTHING = "–"
COPY_ALL = "Copy all"
SAVE_AS_CSV = "Save as CSV…"
REMOVE = "Remove"
COPIED_ROWS = "Copied {count} rows"
"""Two at least: a single part has no table."""
