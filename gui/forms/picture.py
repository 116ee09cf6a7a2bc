"""A picture in a window, as large as there is room, and boxes on it."""

import tkinter as tk
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..session.paint import ppm
from ..views.look import Look

Box = tuple[int, int, int, int]

_LEAST = 8  # pixels of the picture: a smaller box was a slip of the hand


class PictureView(tk.Canvas):
    """Shows a picture and lets somebody drag boxes over it.

    Args:
        parent: of the canvas.
        look: colours and measures.
        brightness: (H, W), 0 black, 1 white.

    Events: <<Dragged>> after a box was drawn, which is then `dragged`; <<Chosen>> after a click into a box, which is
    `chosen`.
    """

    def __init__(self, parent: tk.Misc, look: Look, brightness: NDArray[np.float32]) -> None:
        super().__init__(parent, background=look.palette.window, highlightthickness=0, cursor="crosshair")
        self._look = look
        self._image = _image(brightness)
        self._boxes: Mapping[str, Box] = {}
        self._photo: tk.PhotoImage | None = None
        self._start: tuple[int, int] | None = None
        self.dragged: Box = (0, 0, 0, 0)
        self.chosen = ""
        self.bind("<Configure>", lambda _: self._paint())
        self.bind("<ButtonPress-1>", self._press)
        self.bind("<B1-Motion>", self._drag)
        self.bind("<ButtonRelease-1>", self._release)

    @property
    def scale_now(self) -> float:
        """Pixels of the window to one of the picture."""
        wide, high = max(self.winfo_width(), 1), max(self.winfo_height(), 1)
        return min(wide / self._image.width, high / self._image.height)

    def use(self, brightness: NDArray[np.float32]) -> None:
        """Shows another picture, without boxes."""
        self._image, self._boxes = _image(brightness), {}
        self._paint()

    def show(self, boxes: Mapping[str, Box], chosen: str) -> None:
        """Draws these boxes, by name, and one of them as chosen."""
        self._boxes, self.chosen = boxes, chosen
        self._paint()

    def _paint(self) -> None:
        scale, palette = self.scale_now, self._look.palette
        size = max(round(self._image.width * scale), 1), max(round(self._image.height * scale), 1)
        self.delete("all")
        shown = self._image.resize(size, Image.Resampling.BOX, reducing_gap=2.0).convert("RGB")
        self._photo = tk.PhotoImage(master=self, data=ppm(shown))
        self.create_image(0, 0, image=self._photo, anchor="nw")
        for name, box in self._boxes.items():
            colour = palette.doubt if name == self.chosen else palette.accent
            left, top, right, bottom = (side * scale for side in box)
            self.create_rectangle(left, top, right, bottom, outline=colour, width=2 + (name == self.chosen))
            text = self.create_text(right - 3, bottom - 2, text=name, anchor="se", fill=colour, font=self._look.small)
            plate = self.create_rectangle(*self.bbox(text), fill=palette.window, outline="")
            self.tag_lower(plate, text)

    def _press(self, event: "tk.Event[tk.Canvas]") -> None:
        self.focus_set()
        self._start = event.x, event.y

    def _drag(self, event: "tk.Event[tk.Canvas]") -> None:
        if self._start:
            self.delete("drag")
            self.create_rectangle(*self._start, event.x, event.y, outline=self._look.palette.doubt, tags="drag")

    def _release(self, event: "tk.Event[tk.Canvas]") -> None:
        if not self._start:
            return
        (x, y), self._start, scale = self._start, None, self.scale_now
        self.delete("drag")
        left, right = sorted((round(x / scale), round(event.x / scale)))
        top, bottom = sorted((round(y / scale), round(event.y / scale)))
        left, top = max(left, 0), max(top, 0)
        right, bottom = min(right, self._image.width), min(bottom, self._image.height)
        if right - left >= _LEAST and bottom - top >= _LEAST:
            self.dragged = left, top, right, bottom
            self.event_generate("<<Dragged>>")
            return
        inside = [name for name, box in self._boxes.items() if box[0] <= left <= box[2] and box[1] <= top <= box[3]]
        if inside:
            self.chosen = inside[-1]
            self.event_generate("<<Chosen>>")


def _image(brightness: NDArray[np.float32]) -> Image.Image:
    return Image.fromarray(np.clip(brightness * 255, 0, 255).astype(np.uint8))
