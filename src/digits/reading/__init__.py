"""From a picture or strokes to a reading: one reader, many side by side, and why a model reads what it reads."""
