"""Shapes that Tk's canvas lacks."""

import tkinter as tk
from typing import Any


def rounded(canvas: tk.Canvas, box: tuple[float, float, float, float], radius: float, **options: Any) -> int:
    """A rectangle with round corners; the item's id."""
    left, top, right, bottom = box
    r = max(0.0, min(radius, (right - left) / 2, (bottom - top) / 2))
    # Doubled points make corners of a smooth polygon's sides, single ones round it off.
    points = [
        (left + r, top), (left + r, top), (right - r, top), (right - r, top), (right, top),
        (right, top + r), (right, top + r), (right, bottom - r), (right, bottom - r), (right, bottom),
        (right - r, bottom), (right - r, bottom), (left + r, bottom), (left + r, bottom), (left, bottom),
        (left, bottom - r), (left, bottom - r), (left, top + r), (left, top + r), (left, top),
    ]  # fmt: skip
    return canvas.create_polygon([value for point in points for value in point], smooth=True, **options)
