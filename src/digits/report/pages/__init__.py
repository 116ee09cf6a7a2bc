"""HTML pages that are one file each, with nothing beside them: what `digits compare` and the model card share.

`base.html` forbids the browser to load or run anything; `style.css` follows its light or dark mode.
"""

import base64
import io
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from numpy.typing import NDArray
from PIL import Image


def environment(folder: Path) -> Environment:
    """Templates of `folder`, and of this one: those named .html escape what they are given, and none accepts a name
    that is not there."""
    found = Environment(
        loader=FileSystemLoader([folder, Path(__file__).parent]),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.globals["digit_uri"] = digit_uri
    return found


def typed(path: Path) -> Path:
    """A path as a person in the current folder would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def png_uri(content: bytes) -> str:
    """A PNG file as a data URI."""
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


def digit_uri(image: NDArray[np.uint8]) -> str:
    """A digit (28, 28), 0 paper, 255 ink, as a PNG of black ink on nothing, so that the page chooses the paper."""
    picture = Image.merge("LA", (Image.new("L", image.shape[::-1]), Image.fromarray(image)))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return png_uri(buffer.getvalue())
