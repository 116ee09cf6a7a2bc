"""Pictures in whatever people keep them in give the brightness of what was drawn, upright."""

from pathlib import Path

import numpy as np
import pytest
from drawn import DIGITS, Page, agreement, placed
from numpy.typing import NDArray
from PIL import Image

from digits.ink import PictureError, open_picture
from digits.ink.source import MAX_PIXELS, WORKING_SIDE

SHAPE = (240, 300)
"""Of a page, pixels."""


def seen(ink: Page, noise: float = 0.0) -> NDArray[np.uint8]:
    """Ink on paper as a scanner sees it."""
    brightness = 0.88 - 0.68 * ink + np.random.default_rng(0).normal(0, noise, ink.shape)
    return np.rint(np.clip(brightness, 0, 1) * 255).astype(np.uint8)


def found(source: str | Path | Image.Image | NDArray[np.uint8]) -> Page:
    """What differs from the paper, which is most of the picture."""
    brightness = open_picture(source).brightness
    off = np.abs(brightness - np.median(brightness))
    return np.maximum(off / off.max() - 0.3, 0)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "F"])
@pytest.mark.parametrize("inverted", [False, True], ids=["dark on light", "light on dark"])
def test_every_mode_gives_the_ink(mode: str, inverted: bool) -> None:
    for ink in DIGITS[:4]:
        page = placed(ink, SHAPE)
        picture = Image.fromarray(seen(1 - page if inverted else page)).convert("RGB")
        assert agreement(found(picture.convert(mode, dither=Image.Dither.NONE)), page) > 0.9


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "bmp", "tif", "webp", "ppm"])
def test_every_file_format_gives_the_ink_of_its_first_frame(tmp_path: Path, kind: str) -> None:
    page, path = placed(DIGITS[0], SHAPE), tmp_path / f"a.{kind}"
    first, second = (Image.fromarray(seen(ink)).convert("RGB") for ink in (page, 0 * page))
    first.save(path, save_all=kind in ("gif", "tif", "webp", "png"), append_images=[second])
    assert agreement(found(path), page) > 0.95


@pytest.mark.parametrize("bits", [12, 16])
def test_a_scan_of_more_than_eight_bits_gives_the_ink(tmp_path: Path, bits: int) -> None:
    page = placed(DIGITS[1], SHAPE)
    Image.fromarray(((0.88 - 0.68 * page) * (2**bits - 1)).astype(np.uint16)).save(tmp_path / "scan.png")
    assert agreement(found(tmp_path / "scan.png"), page) > 0.99


@pytest.mark.parametrize("name", ["turned.jpg", "turned.tif"])
def test_exif_orientation_is_undone(tmp_path: Path, name: str) -> None:
    page, turn = placed(DIGITS[2], SHAPE), Image.Transpose
    stored = {2: turn.FLIP_LEFT_RIGHT, 3: turn.ROTATE_180, 4: turn.FLIP_TOP_BOTTOM, 5: turn.TRANSPOSE}
    stored |= {6: turn.ROTATE_90, 7: turn.TRANSVERSE, 8: turn.ROTATE_270}
    for orientation, method in stored.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        Image.fromarray(seen(page)).transpose(method).save(tmp_path / name, exif=exif)
        assert open_picture(tmp_path / name).brightness.shape == SHAPE
        assert agreement(found(tmp_path / name), page) > 0.95, orientation


def test_the_farthest_numbers_of_a_scan_of_floats_are_black_and_white() -> None:
    pixels = np.full((20, 20), np.finfo(np.float32).max)
    pixels[5:15, 5:15] = np.finfo(np.float32).min
    brightness = open_picture(Image.fromarray(pixels.astype(np.float32))).brightness
    assert (brightness[0, 0], brightness[9, 9]) == (1, 0)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_box_on_a_turned_picture_is_one_on_the_picture_itself(degrees: int) -> None:
    page = np.full((WORKING_SIDE, 2 * WORKING_SIDE), 255, np.uint8)
    page[200:260, 300:700] = 0
    turned = open_picture(page).turn(degrees)
    rows, columns = np.nonzero(turned.brightness < 0.5)
    box = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    assert turned.to_original(box) == (300, 200, 700, 260)
    assert turned.turn(360 - degrees).turned == 0


@pytest.mark.parametrize("colour", [0, 255], ids=["black", "white"])
def test_ink_on_a_transparent_canvas_is_found(colour: int) -> None:
    page = placed(DIGITS[3], SHAPE)
    opacity = np.rint(255 * page).astype(np.uint8)
    assert agreement(found(np.dstack([np.full(SHAPE, colour, np.uint8)] * 3 + [opacity])), page) > 0.99


def test_transparent_corners_of_a_page_are_paper() -> None:
    page = placed(DIGITS[4], SHAPE)
    y, x = np.mgrid[-1 : 1 : SHAPE[0] * 1j, -1 : 1 : SHAPE[1] * 1j]
    assert agreement(found(np.dstack([seen(page)] * 3 + [np.uint8(255) * (np.hypot(x, y) < 1.2)])), page) > 0.99


@pytest.mark.parametrize(
    ("ink", "paper"),
    [((255, 0, 0), (0, 130, 0)), ((255, 240, 0), (255, 255, 255)), ((0, 0, 255), (0, 0, 0))],
    ids=["red on green of the same luminance", "yellow on white", "blue on black"],
)
def test_coloured_ink_on_coloured_paper_is_found(ink: tuple[int, ...], paper: tuple[int, ...]) -> None:
    page = placed(DIGITS[5], SHAPE)[..., None]
    assert agreement(found(np.rint(page * ink + (1 - page) * paper).astype(np.uint8)), page[..., 0]) > 0.95


def test_a_small_digit_in_a_picture_of_50_megapixels_is_found(tmp_path: Path) -> None:
    page = placed(DIGITS[6], (6120, 8160), share=0.07, at=(0.3, 0.8))
    Image.fromarray((230 - 200 * page).astype(np.uint8)).save(tmp_path / "large.png", compress_level=1)
    brightness = open_picture(tmp_path / "large.png").brightness
    assert max(brightness.shape) <= WORKING_SIDE
    assert agreement(found(tmp_path / "large.png"), DIGITS[6]) > 0.9


def test_the_callers_picture_is_left_as_it_is(tmp_path: Path) -> None:
    Image.new("L", (4000, 3000), 255).save(tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as image:
        open_picture(image)
        assert image.size == (4000, 3000)


def test_a_file_that_is_no_picture_is_named_with_the_reason(tmp_path: Path) -> None:
    Image.fromarray(seen(placed(DIGITS[0], SHAPE), noise=0.05)).save(tmp_path / "whole.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "whole.png").read_bytes()[:4000])
    (tmp_path / "empty.png").touch()
    (tmp_path / "letter.png").write_text("Dear reader")
    reasons = {"cut.png": "cut short", "empty.png": "empty", "letter.png": "not a picture", "no.png": "does not exist"}
    for name, reason in {**reasons, "": "is a folder"}.items():
        with pytest.raises(PictureError, match=f"{name}: .*{reason}"):
            open_picture(tmp_path / name)


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("width", [MAX_PIXELS // 8000 + 1, 12_000, 24_000])
def test_too_large_a_picture_is_refused_before_it_is_decoded(tmp_path: Path, width: int) -> None:
    Image.new("1", (width, 8000)).save(tmp_path / "large.png")
    with pytest.raises(PictureError, match=r"large.png: .*50 megapixels"):
        open_picture(tmp_path / "large.png")


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.zeros((28, 28)), "float64"),
        (np.zeros((28, 28, 2), np.uint8), r"\(28, 28, 2\)"),
        (np.zeros(784, np.uint8), r"\(784,\)"),
        (np.zeros((28, 7), np.uint8), "7 x 28 pixels"),
    ],
)
def test_an_array_that_is_no_picture_is_described(array: NDArray[np.uint8], reason: str) -> None:
    with pytest.raises(PictureError, match=reason):
        open_picture(array)
