"""What a digit looks like: strokes, the 28x28 image the network reads, and the way from a picture to it.

Ink is a float32 array (H, W), 0 where there is paper and 1 where there is full ink, whatever the
colours of the picture it came from. NumPy and Pillow only, since the window imports this room; `contrast`, which pages
need, is left out here and brings OpenCV.
"""

from digits.ink.extraction import extract_ink as extract_ink
from digits.ink.normalise import SIDE as SIDE
from digits.ink.normalise import ink_box as ink_box
from digits.ink.normalise import normalise as normalise
from digits.ink.picture import Picture as Picture
from digits.ink.picture import open_picture as open_picture
from digits.ink.source import PageOf as PageOf
from digits.ink.source import PictureError as PictureError
from digits.ink.source import Region as Region
from digits.ink.strokes import Strokes as Strokes
from digits.ink.strokes import draw as draw
from digits.ink.strokes import sampled as sampled
from digits.ink.strokes import slant as slant
from digits.ink.strokes import smooth as smooth
from digits.ink.strokes import waves as waves
