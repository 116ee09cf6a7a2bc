"""Digits reads handwritten numbers: see README.md for the tour, `digits --help` for the commands."""
