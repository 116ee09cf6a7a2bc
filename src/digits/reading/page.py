"""Sees a page: the page network at the sizes that digits may have, and what it finds that may be read."""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from digits.ink.contrast import PAPER, in_place, local_contrast
from digits.ink.marks import ACROSS, DOWN
from digits.ink.opencv import cv2
from digits.reading.alone import standing_alone
from digits.reading.found import Box, Found
from digits.reading.lines import elsewhere, mark_spaces, nearly, overlap, read_lines

Grey = NDArray[np.float32]

STEP = 1.5
"""Between one size that a page is looked at in and the next; the network knows digits of 17 to 27 pixels."""

_BEFORE = 6  # maps of the network before those of its classes: heat, a hand's ink, four sides
_MARGIN = 8  # pixels of paper added around a page
_USUAL = 21.5  # pixels of a digit at the size to look at first
_LARGEST, _SMALLEST = 27.0, 10.0  # pixels that a digit as high as the page gets; that the finest size may enlarge from
_AREA = 1_400_000  # pixels of a page at most, at the finest size
_SMALL_COPY = 400  # pixels of the shorter side of the copy that is measured for the height of its writing
_FLOOR = 0.08  # of the heat: less is no candidate
_INK = PAPER / 2  # over paper, of the contrast
_SIGN = 0.3  # of heat and classes: from there on the page network says that a sign stands there
_COLD = 0.5  # of the heat: what stands alone is believed at least so much
_AS_HIGH = math.log(1.8)  # at most so much higher or lower than others are the digits of one number
_EVEN = math.log(0.4 / 0.6)  # of the heat, log odds: from there on something is taken to stand there
_NEVER = -8.0  # log odds of what does not stand there
_SURE = 0.6  # of the heat: if all digits have it, nothing else has to be looked for
_WRITTEN = 0.5  # of what the network says of a hand's ink
_HIGH, _LARGE = 0.35, 0.15  # heights of a digit and squares of it: unread ink that is smaller is a speck


class Seen:
    """What may stand on a page; then, once it was judged, what does.

    Attributes:
        possible: all that may.
        lines: what is read of it, each from left to right.
        classes: all that the page network tells apart.
        unread: boxes around a hand's ink that no digit or sign accounts for.
    """

    def __init__(self, possible: list[Found], look: "_Look", classes: str) -> None:
        self.possible, self._look, self.classes = possible, look, classes
        self.lines: list[list[Found]] = []
        self.unread: list[Box] = []
        self.parts: list[Found] = []

    @property
    def digits(self) -> list[Found]:
        """All that are read, line by line."""
        return [one for line in self.lines for one in line if one.is_digit]

    @property
    def signs(self) -> list[Found]:
        """All that are read, line by line."""
        return [one for line in self.lines for one in line if not one.is_digit]

    @property
    def text(self) -> str:
        """Line by line, spaces where it is written apart."""
        return "\n".join("".join((" " if one.space else "") + one.sign for one in line) for line in self.lines)

    @property
    def left_out(self) -> float:
        """Log odds of the likeliest that is not read."""
        read = {id(one) for line in self.lines for one in line}
        return max((one.gain for one in self.possible if id(one) not in read), default=_NEVER)

    @property
    def said_alone(self) -> bool:
        """Whether all that is read are digits that stand alone, all of them, and the digit network says the same."""
        digits = self.digits
        return len(digits) == len(self.parts) > 0 == len(self.signs) and all(
            one.alone and int(one.classified.argmax()) == int(one.sign) for one in digits
        )

    def take_parts(self, parts: Sequence[Found]) -> None:
        """Takes ink that hangs together as what may be digits; what was found in the same place gets its image."""
        self.parts = list(parts)
        boxes = np.array([one.box for one in [*self.possible, *parts]]).reshape(-1, 4)
        for part in parts:
            part.heat, part.classes = self._look.says_of(part.box)
            part.sign = str(int(part.classes[:10].argmax()))
            found = np.flatnonzero(nearly(part.box, boxes[: len(self.possible)]))
            for one in (self.possible[place] for place in found):
                one.image, one.alone, one.strokes = part.image, True, part.strokes
            if not len(found):
                boxes[len(self.possible)] = part.box
                self.possible.append(part)

    def take_clear(self, least: float) -> bool:
        """Reads part by part if each is clearly a digit and nothing stands besides; whether that is so.

        Args:
            least: the digit network's probability from which on it is sure.
        """
        if not self.parts or not all(_is_digit(part, least) for part in self.parts):
            return False
        high = float(np.median([part.height for part in self.parts]))
        if any(abs(math.log(part.height / high)) > _AS_HIGH or part.width > part.height for part in self.parts):
            return False
        if any(one.gain > 0 and not any(overlap(one.box, part.box) for part in self.parts) for one in self.possible):
            return False
        if self._look.unread([self.parts]):
            return False
        for part in self.parts:
            part.sign, part.gain, part.heat = str(int(part.classified.argmax())), -_NEVER, max(part.heat, _COLD)
        self.possible = self.parts
        self.choose()
        return len(self.digits) == len(self.parts)

    def choose(self) -> None:
        """Chooses, by what each gains, what is read; what a hand wrote besides is unread."""
        self.take(read_lines(self.possible))

    def take(self, lines: list[list[Found]]) -> None:
        """Takes these lines as what is read; what a hand wrote besides is unread."""
        self.lines = lines
        self.unread = self._look.unread(self.lines)
        for line in self.lines:
            mark_spaces(line)


class PageEye:
    """Sees pages with a page network.

    Args:
        network: its ONNX file.
        classes: what it tells apart, in the order of its outputs.
        threads: of ONNX Runtime.

    Raises:
        ValueError: the network does not give these classes; ONNX Runtime raises its own errors of broken files.
    """

    def __init__(self, network: bytes, classes: str, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        # Every page has a size of its own: what is kept for each to be faster the next time would grow and grow.
        options.enable_mem_pattern = options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            network, options, providers=["CPUExecutionProvider"], enable_fallback=0
        )
        self._input, self._classes = self._session.get_inputs()[0].name, classes
        given, expected = self._session.get_outputs()[0].shape[1], _BEFORE + len(classes)
        if given != expected or not classes.startswith("0123456789"):
            raise ValueError(f"its page network gives {given} maps, not {expected} for the classes {classes}")

    def see(self, brightness: Grey, alone: Sequence[Found] | None = None) -> Seen:
        """What stands on a page of brightness (H, W), 0 black, 1 white.

        Args:
            brightness: of the page.
            alone: what stands alone on it, if that is known better than the page tells.
        """
        brightness = np.ascontiguousarray(brightness, np.float32)
        likeliest, *further = sizes(brightness)
        looks = [self._look(brightness, likeliest)]
        for scale in further:
            # The finest cost most: nobody looks so closely at what was read from farther away.
            if looks[-1].complete or (scale > 1.1 * STEP * likeliest and any(look.lines for look in looks)):
                break
            looks.append(self._look(brightness, scale))
        best, *others = sorted(looks, key=lambda look: -look.certainty)
        possible, lines = best.possible, best.lines
        best.take_images(possible)
        for other in others:
            new = elsewhere(lines, other.lines)
            more = [one for line in new for one in line]
            other.take_images(more)
            lines, possible = [*lines, *new], [*possible, *more]
        seen = Seen(possible, best, self._classes)
        if alone is None:
            alone = standing_alone(brightness, best.scale, len(self._classes), best.by_hand)
        seen.take_parts(alone)
        return seen

    def _look(self, brightness: Grey, scale: float) -> "_Look":
        size = (max(8, round(brightness.shape[1] * scale)), max(8, round(brightness.shape[0] * scale)))
        resized: Any = cv2.resize(brightness, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
        contrast = np.pad(local_contrast(resized), _MARGIN, constant_values=PAPER)
        rows, columns = contrast.shape
        padded = np.pad(contrast, ((0, -rows % 8), (0, -columns % 8)), constant_values=PAPER)
        maps = self._session.run(None, {self._input: padded[None]})[0][0]
        return _Look(contrast, maps, (size[0] / brightness.shape[1], size[1] / brightness.shape[0]), self._classes)


class _Look:
    """What the page network says of a page at one size."""

    def __init__(
        self, contrast: NDArray[np.uint8], maps: NDArray[np.float32], factors: tuple[float, float], classes: str
    ) -> None:
        self._contrast, self._factors, self._classes = contrast, factors, classes
        self.scale = factors[0]
        self._maps, self._hand = maps, maps[1]
        self.possible = self._peaks(maps, classes)
        self.lines = read_lines(self.possible)
        self._digits = [one for line in self.lines for one in line if one.is_digit]
        self.certainty = sum(one.heat * float(one.classes.max()) for one in self._digits if one.heat > 0.5)

    @property
    def complete(self) -> bool:
        """Whether all that a hand wrote is read, surely: looking again is no use then."""
        sure = min((one.heat for one in self._digits), default=0.0) > _SURE
        return sure and not self.unread(self.lines)

    def _peaks(self, maps: NDArray[np.float32], names: str) -> list[Found]:
        """What the page network finds."""
        heat = maps[0]
        rows, columns = np.nonzero((cv2.dilate(heat, np.ones((3, 3), np.uint8)) == heat) & (heat > _FLOOR))
        at = maps[:, rows, columns]
        x, y = (columns + 0.5) * ACROSS, (rows + 0.5) * DOWN
        left, top = x - at[2], y - at[3]
        edges = np.stack([left, top, np.maximum(x + at[4], left + 1), np.maximum(y + at[5], top + 1)], 1)
        return self._found(edges, at, names)

    def _found(self, edges: NDArray[Any], at: NDArray[np.float32], names: str) -> list[Found]:
        """What may stand in boxes of this look, by what the network says there, (outputs, boxes)."""
        found = []
        for index, box in enumerate(self._to_page(edges).tolist()):
            classes, heat = at[_BEFORE:, index], float(at[0, index])
            of = classes[:10] if classes[:10].sum() > 0.5 else classes
            gain = math.log(heat / (1 - heat + 1e-6)) - _EVEN
            found.append(Found(names[int(of.argmax())], tuple(box), heat, classes, gain))
        return found

    def take_images(self, found: Sequence[Found]) -> None:
        """Gives the image that the digit network gets, as they stand in their place, to all that may stand here."""
        for one in found:
            one.image = in_place(self._contrast, self._to_look(one.box))

    def by_hand(self, box: Box) -> float:
        """How far a hand wrote the ink in a box of the page, 0 to 1."""
        left, top, right, bottom = (int(side) for side in self._to_look(box))
        cells = np.s_[top // DOWN : bottom // DOWN + 1, left // ACROSS : right // ACROSS + 1]
        ink = self._ink[cells]
        return float((self._hand[cells] * ink).sum() / max(ink.sum(), 1e-6))

    @cached_property
    def _ink(self) -> Grey:
        """Ink in each cell of the network's outputs, (H / 4, W / 2), 0 on paper."""
        rows, columns = self._contrast.shape
        ink = np.maximum(self._contrast.astype(np.float32) - PAPER, 0)
        whole = np.pad(ink, ((0, -rows % 8), (0, -columns % 8))).reshape(*self._hand.shape[:1], DOWN, -1, ACROSS)
        return np.asarray(whole.mean(axis=(1, 3)), np.float32)

    def says_of(self, box: Box) -> tuple[float, NDArray[np.float32]]:
        """Heat and classes that the network gives where it is warmest in the middle of a box."""
        left, top, right, bottom = self._to_look(box)
        y, x = int((top + bottom) / 2 / DOWN), int((left + right) / 2 / ACROSS)
        near = self._maps[0, max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
        row, column = divmod(int(near.argmax()), near.shape[1])
        at = self._maps[:, max(y - 1, 0) + row, max(x - 1, 0) + column]
        return float(at[0]), at[_BEFORE:]

    def _to_page(self, boxes: NDArray[Any]) -> NDArray[np.float64]:
        moved: NDArray[np.float64] = (boxes - _MARGIN) / np.array([*self._factors, *self._factors])
        return moved

    def _to_look(self, box: Box) -> Box:
        """A box of the page in pixels of this look."""
        across, down = self._factors
        left, top, right, bottom = box
        return left * across + _MARGIN, top * down + _MARGIN, right * across + _MARGIN, bottom * down + _MARGIN

    def unread(self, lines: Sequence[Sequence[Found]]) -> list[Box]:
        """Boxes around a hand's ink that no digit or sign accounts for."""
        mask = (self._hand > _WRITTEN).astype(np.uint8)
        heights = []
        for one in (one for line in lines for one in line):
            left, top, right, bottom = self._to_look(one.box)
            if one.is_digit:
                heights.append(bottom - top)
            grow = 0.1 * (bottom - top) + 2
            mask[max(int((top - grow) / DOWN), 0) : max(math.ceil((bottom + grow) / DOWN), 0),
                 max(int((left - grow) / ACROSS), 0) : max(math.ceil((right + grow) / ACROSS), 0)] = 0  # fmt: skip
        high = float(np.median(heights)) if heights else 20.0
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        left, top, wide, down, area = stats[1:].T
        kept = (down * DOWN > _HIGH * high) | (area * DOWN * ACROSS > _LARGE * high * high)
        edges = np.stack([left * ACROSS, top * DOWN, (left + wide) * ACROSS, (top + down) * DOWN], 1)[kept]
        return [(left, top, right, bottom) for left, top, right, bottom in self._to_page(edges).tolist()]


def _is_digit(part: Found, least: float) -> bool:
    """Whether the digit network is sure of a digit, and the page network of no sign."""
    return float(part.classified.max()) > least and part.heat * float(part.classes[10:].sum()) < _SIGN


def sizes(brightness: Grey) -> list[float]:
    """Scales to look at a page in: first as high as its parts of ink suggest, then in steps from it, coarse to fine."""
    height, width = brightness.shape
    finest = min(math.sqrt(_AREA / (height * width)), _USUAL / _SMALLEST)
    coarsest = min(_LARGEST / min(height, width), finest)
    likeliest = min(_USUAL / max(_height_of_writing(brightness), 1.0), finest)
    steps = range(math.floor(math.log(coarsest / likeliest, STEP)), math.ceil(math.log(finest / likeliest, STEP)) + 1)
    return [likeliest, *(min(likeliest * STEP**step, finest) for step in steps if step)]


def _height_of_writing(brightness: Grey) -> float:
    """Of its connected parts of ink, the median of pixels of the page, each part counting as much as it is high."""
    factor = max(1, min(brightness.shape) // _SMALL_COPY)
    size = (max(1, brightness.shape[1] // factor), max(1, brightness.shape[0] // factor))
    small: Any = cv2.resize(brightness, size, interpolation=cv2.INTER_AREA)
    ink = (local_contrast(small) > PAPER + _INK).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    heights = np.sort(stats[1:, cv2.CC_STAT_HEIGHT])
    heights = heights[heights > 4]
    if not len(heights):
        return float(min(brightness.shape))
    middle = int(np.searchsorted(heights.cumsum(), heights.sum() / 2))
    return float(heights[middle] * factor)
