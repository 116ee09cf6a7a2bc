"""What a page network tells apart and how finely: agreed on by who makes pages, who trains it and who reads with it."""

SIGNS = ".,:-/()+=$€£"
"""The signs that are read, besides the ten digits."""

CLASSES = "0123456789" + SIGNS
"""In the order of the network's outputs."""

DOWN, ACROSS = 4, 2
"""Pixels of the page to a cell of the network's outputs."""
