"""What is seen of a picture or of strokes before the digit network is asked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from digits.ink import Picture

if TYPE_CHECKING:
    from digits.reading.drawing import Drawing
    from digits.reading.found import Box, Found
    from digits.reading.page import Seen


@dataclass(frozen=True)
class View:
    """What was seen of a source, and the images in it that the digit network is asked about."""

    images: list[NDArray[np.uint8]]
    seen: "Seen | None" = None
    """None of a tiny picture, which holds one digit or nothing."""
    picture: Picture | None = None
    drawing: "Drawing | None" = None
    lone: "Box" = (0, 0, 0, 0)
    """Around a tiny picture's ink."""

    @classmethod
    def of(cls, seen: "Seen", picture: Picture | None = None, drawing: "Drawing | None" = None) -> Self:
        """Of a page; an image that parts and candidates share is asked about once."""
        images = {id(one.image): one.image for one in (*seen.possible, *seen.parts)}
        return cls(list(images.values()), seen, picture, drawing)

    def take(self, rows: Sequence[NDArray[np.float32]]) -> None:
        """Gives all that may stand on a page what the digit network says of its image, a row for each of `images`."""
        assert self.seen is not None
        said = {id(image): row for image, row in zip(self.images, rows, strict=True)}
        for one in (*self.seen.possible, *self.seen.parts):
            one.classified = said[id(one.image)]

    def box(self, one: "Found") -> tuple[int, int, int, int]:
        """Of what was found, in the source's unit."""
        return _outwards(self.drawing.box(one)) if self.drawing else self.to_source(one.box)

    def to_source(self, box: "Box") -> tuple[int, int, int, int]:
        """A box of what was seen, in the source's unit."""
        if self.drawing:
            return _outwards(self.drawing.to_strokes(box))
        assert self.picture is not None
        return self.picture.to_original(box)


def _outwards(box: "Box") -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    return math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)
