"""Pages for people: the model card, and runs beside each other."""
