"""Pictures from files and the clipboard as the sheet shows them, and back into a file."""

from pathlib import Path

from PIL import Image

from digits.errors import DigitsError
from digits.files import written_whole

from .. import words


def opened(source: Path | Image.Image) -> Image.Image:
    """The picture upright and in colour, transparent parts white; fully loaded.

    Raises:
        PictureError: it cannot be read; names it and says what to do.
    """
    from digits.ink import files, open_picture

    if isinstance(source, Path):
        with files.opened(source) as image:
            return _shown(image)
    open_picture(source)  # its errors are the ones that people understand
    return _shown(source)


def _shown(image: Image.Image) -> Image.Image:
    from PIL import ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):  # more than 8 bits a pixel
        low, high = image.convert("F").getextrema()
        span = max(float(high) - float(low), 1e-6)  # type: ignore[arg-type]
        image = image.convert("F").point(lambda value: (value - float(low)) * (255 / span)).convert("L")  # type: ignore[arg-type]
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    return image.convert("RGB")


def save(image: Image.Image, path: Path) -> None:
    """Writes a picture as PNG.

    Raises:
        DigitsError: it cannot be written; what was there is still there.
    """
    try:
        with written_whole(path) as temporary:
            image.save(temporary, "PNG")
    except OSError as error:
        reason = error.strerror or error
        raise DigitsError(words.sheet.NOT_SAVED.format(path=path, reason=reason)) from error
