"""Forms: where the fields of a form are, what may stand in them, and what does on a scan of it."""
