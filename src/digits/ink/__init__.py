"""What a digit looks like: strokes, the 28x28 image the network reads, and the way from a picture to it.

Ink is a float32 array (H, W), 0 where there is paper and 1 where there is full ink, whatever the
colours of the picture it came from. NumPy and Pillow only: the window imports this room.
"""

from digits.ink.extraction import extract_ink
from digits.ink.layout import Layout
from digits.ink.normalise import SIDE, ink_box, normalise
from digits.ink.picture import Picture, PictureError, open_picture
from digits.ink.pieces import InkPieces, StrokePieces
from digits.ink.strokes import Strokes, draw, sampled, slant, smooth

__all__ = [
    "SIDE",
    "InkPieces",
    "Layout",
    "Picture",
    "PictureError",
    "StrokePieces",
    "Strokes",
    "draw",
    "extract_ink",
    "ink_box",
    "normalise",
    "open_picture",
    "sampled",
    "slant",
    "smooth",
]
