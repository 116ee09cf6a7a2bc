"""Pages that cover the sheet for a moment."""
