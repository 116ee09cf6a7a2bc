"""Icons as lines on a 24 x 24 grid, drawn in the theme's colour and the screen's size."""

import math
import struct
import tkinter as tk
import zlib

from PIL import Image, ImageDraw

from .look import Look, rgb

_GRID = 24
_OVERSAMPLING = 4
_WIDTH = 1.7
"""Of a line, in units of the grid."""

_SIZE = 20
"""Pixels of a 96 dpi screen."""

_UNDERLINE = "5,23 19,23"

ICONS = {
    "open": "3,19 3,5 9,5 11.5,8 21,8 21,19 3,19",
    "paste": "8,4.5 5,4.5 5,21 19,21 19,4.5 16,4.5 | 8,3 16,3 16,7 8,7 8,3",
    "save": "12,3 12,15 | 7,10.5 12,15.5 17,10.5 | 4,16 4,20.5 20,20.5 20,16",
    "copy": "9,9 20.5,9 20.5,20.5 9,20.5 9,9 | 5.5,15 3.5,15 3.5,3.5 15,3.5 15,5.5",
    "undo": "8.5,4.5 4,9 8.5,13.5 | 4,9 14,9 14,14.25,5.25,-90,90 9,19.5",
    "redo": "15.5,4.5 20,9 15.5,13.5 | 20,9 10,9 10,14.25,5.25,-90,-270 15,19.5",
    "clear": "4,6.5 20,6.5 | 9,6 9,3.5 15,3.5 15,6 | 6,6.5 7,20.5 17,20.5 18,6.5 | 10,10.5 10,16.5 | 14,10.5 14,16.5",
    "pen": "4,20 5,15.5 16.5,4 20,7.5 8.5,19 4,20 | 14,6.5 17.5,10",
    "eraser": "8.5,20 3.5,15 14.5,4 21,10.5 11.5,20 8.5,20 | 9,9.5 15.5,16 | 11.5,20 20.5,20",
    "models": "12,3 21,8 12,13 3,8 12,3 | 3,12.2 12,17.2 21,12.2 | 3,16.4 12,21.4 21,16.4",
    "train": "12,12,8,-160,-15 | 12,12,8,20,165 | 20.5,4.5 20,10 14.8,9 | 3.5,19.5 4,14 9.2,15",
    "heat": "2,12 6,7 12,5 18,7 22,12 18,17 12,19 6,17 2,12 | 12,12,3,0,360",
    "theme": "12,12,4.2,0,360 | 19,12 21.5,12 | 16.95,16.95 18.72,18.72 | 12,19 12,21.5 | 7.05,16.95 5.28,18.72"
    " | 5,12 2.5,12 | 7.05,7.05 5.28,5.28 | 12,5 12,2.5 | 16.95,7.05 18.72,5.28",
    "help": "12,12,9,0,360 | 12,9.6,2.7,-170,60 12,13.2 12,14.2 | 12,17 12,17.2",
}
"""Lines, each through points `x,y` and arcs `x,y,radius,start,end` (degrees, clockwise from the right)."""


def _points(drawn: str) -> list[tuple[float, float]]:
    """A point, or an arc in short steps."""
    x, y, *arc = map(float, drawn.split(","))
    if not arc:
        return [(x, y)]
    radius, start, end = arc
    steps = max(2, round(abs(end - start) / 10))
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]


def icon(look: Look, name: str, colour: str, underlined: bool = False) -> tk.PhotoImage:
    """An icon, by its name or as its lines, in a colour; underlined, it is the tool in hand."""
    side = look.px(_SIZE)
    unit = side * _OVERSAMPLING / _GRID
    mask = Image.new("L", (side * _OVERSAMPLING, side * _OVERSAMPLING))
    pencil = ImageDraw.Draw(mask)
    radius = _WIDTH * unit / 2
    for line in ICONS.get(name, name).split("|") + [_UNDERLINE] * underlined:
        enlarged = [(x * unit, y * unit) for drawn in line.split() for x, y in _points(drawn)]
        pencil.line(enlarged, fill=255, width=round(2 * radius))
        for x, y in enlarged:
            pencil.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return _in_colour(look, mask, colour)


def dot(look: Look, diameter: int, room: int) -> tk.PhotoImage:
    """A round dot in the middle of a square of `room` pixels: what the pen leaves."""
    mask = Image.new("L", (room * _OVERSAMPLING, room * _OVERSAMPLING))
    low, high = (room - diameter) / 2 * _OVERSAMPLING, (room + diameter) / 2 * _OVERSAMPLING
    ImageDraw.Draw(mask).ellipse((low, low, high, high), fill=255)
    return _in_colour(look, mask, look.palette.text)


def _in_colour(look: Look, mask: Image.Image, colour: str) -> tk.PhotoImage:
    small = mask.reduce(_OVERSAMPLING)
    image = Image.new("RGB", small.size, rgb(colour))
    image.putalpha(small)
    return as_photo(look.root, image)


def as_photo(master: tk.Misc, image: Image.Image) -> tk.PhotoImage:
    """A picture with transparent parts (RGBA) as Tk shows it.

    As PNG written here (ISO/IEC 15948): Pillow's writer first loads plugins for five formats, and the window waits.
    """
    content, row = image.tobytes(), 4 * image.width
    unfiltered = b"".join(b"\0" + content[start : start + row] for start in range(0, len(content), row))
    header = struct.pack(">IIBBBBB", *image.size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(unfiltered, 1)), (b"IEND", b""))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return tk.PhotoImage(master=master, data=png)
