"""Pictures of real pen digits, spoilt as phones, scanners and file formats do, give the ink that was drawn."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from digits.data import pen
from digits.data.mnist import read_idx
from digits.ink import PictureError, draw, extract_ink, normalise, open_picture
from digits.ink.picture import MAX_PIXELS, WORKING_SIDE

SHAPE = (240, 300)
"""Of a page, pixels."""

Page = NDArray[np.float32]
"""Brightness, or ink, (H, W), 0 to 1."""

SAMPLES = pen.read_samples(Path(__file__).parents[2] / "data")
DIGITS = [draw(s.strokes, pen=(20, 32, 45)[i % 3]) for i, s in enumerate(SAMPLES[:: len(SAMPLES) // 24][:24])]

LIGHTS: dict[str, Callable[[Page, Page], NDArray[np.floating]]] = {  # at x and y from -1 to 1
    "even": lambda x, y: np.ones_like(x),
    "gradient": lambda x, y: 0.75 + 0.2 * x + 0.05 * y,
    "vignette": lambda x, y: 1 - 0.3 * (x**2 + y**2),
    "shadow of a hand": lambda x, y: 1 - 0.35 / (1 + np.exp((x + 0.5 * y) / 0.08)),
}


def placed(
    ink: Page, shape: tuple[int, int] = SHAPE, share: float = 0.55, at: tuple[float, float] = (0.5, 0.5)
) -> Page:
    """Ink on an empty page, its longer side a share of the page's shorter one."""
    scale = share * min(shape) / max(ink.shape)
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    small = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BOX))
    top, left = (round((room - side) * where) for room, side, where in zip(shape, small.shape, at, strict=True))
    page = np.zeros(shape, np.float32)
    page[top : top + small.shape[0], left : left + small.shape[1]] = small
    return page


def seen(
    ink: Page, light: str = "even", noise: float = 0.0, paper: float = 0.88, pen: float = 0.2
) -> NDArray[np.uint8]:
    """Ink on paper as a camera sees it."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side, dtype=np.float32) for side in ink.shape), indexing="ij")
    brightness = (paper + (pen - paper) * ink) * LIGHTS[light](x, y)
    return np.rint(np.clip(brightness + np.random.default_rng(0).normal(0, noise, ink.shape), 0, 1) * 255).astype(
        np.uint8
    )


def found(source: str | Path | Image.Image | NDArray[np.uint8]) -> Page:
    return extract_ink(open_picture(source).brightness)


def agreement(one: Page, other: Page) -> float:
    """Correlation of two inks, normalised, where rounding may have moved one by a pixel."""
    first, second = normalise(one).astype(float), normalise(other).astype(float)
    if not first.any():
        return 0.0
    moved = [np.roll(first, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    return max(float(np.corrcoef(image.ravel(), second.ravel())[0, 1]) for image in moved)


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize(
    ("paper", "pen", "noise", "blur"),
    [
        pytest.param(0.88, 0.2, 0.03, 0, id="ink"),
        pytest.param(0.88, 0.55, 0.015, 0, id="pencil"),
        pytest.param(0.2, 0.85, 0.03, 0, id="chalk"),
        pytest.param(0.88, 0.2, 0.0, 2, id="blurred"),
    ],
)
def test_photographs_in_uneven_light_give_the_ink(
    light: str, paper: float, pen: float, noise: float, blur: float
) -> None:
    for ink in DIGITS:
        page, photograph = placed(ink), io.BytesIO()
        sharp = Image.fromarray(seen(page, light, noise, paper, pen))
        sharp.filter(ImageFilter.GaussianBlur(blur)).save(photograph, "JPEG", quality=80)
        assert agreement(found(Image.open(photograph)), page) > 0.9


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "F"])
@pytest.mark.parametrize("inverted", [False, True], ids=["dark on light", "light on dark"])
def test_every_mode_gives_the_ink(mode: str, inverted: bool) -> None:
    for ink in DIGITS[:4]:
        page = placed(ink)
        picture = Image.fromarray(seen(1 - page if inverted else page, noise=0.01)).convert("RGB")
        assert agreement(found(picture.convert(mode, dither=Image.Dither.NONE)), page) > 0.9


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "bmp", "tif", "webp", "ppm"])
def test_every_file_format_gives_the_ink_of_its_first_frame(tmp_path: Path, kind: str) -> None:
    page, path = placed(DIGITS[0]), tmp_path / f"a.{kind}"
    first, second = (Image.fromarray(seen(ink, "gradient")).convert("RGB") for ink in (page, 0 * page))
    first.save(path, save_all=kind in ("gif", "tif", "webp", "png"), append_images=[second])
    assert agreement(found(path), page) > 0.95


@pytest.mark.parametrize("bits", [12, 16])
def test_a_scan_of_more_than_eight_bits_gives_the_ink(tmp_path: Path, bits: int) -> None:
    page = placed(DIGITS[1])
    Image.fromarray(((0.88 - 0.68 * page) * (2**bits - 1)).astype(np.uint16)).save(tmp_path / "scan.png")
    assert agreement(found(tmp_path / "scan.png"), page) > 0.99


@pytest.mark.parametrize("name", ["turned.jpg", "turned.tif"])
def test_exif_orientation_is_undone(tmp_path: Path, name: str) -> None:
    page, turn = placed(DIGITS[2]), Image.Transpose
    stored = {2: turn.FLIP_LEFT_RIGHT, 3: turn.ROTATE_180, 4: turn.FLIP_TOP_BOTTOM, 5: turn.TRANSPOSE}
    stored |= {6: turn.ROTATE_90, 7: turn.TRANSVERSE, 8: turn.ROTATE_270}
    for orientation, method in stored.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        Image.fromarray(seen(page)).transpose(method).save(tmp_path / name, exif=exif)
        assert open_picture(tmp_path / name).brightness.shape == SHAPE
        assert agreement(found(tmp_path / name), page) > 0.95, orientation


@pytest.mark.parametrize("colour", [0, 255], ids=["black", "white"])
def test_ink_on_a_transparent_canvas_is_found(colour: int) -> None:
    page = placed(DIGITS[3])
    opacity = np.rint(255 * page).astype(np.uint8)
    assert agreement(found(np.dstack([np.full(SHAPE, colour, np.uint8)] * 3 + [opacity])), page) > 0.99


def test_transparent_corners_of_a_page_are_paper() -> None:
    page = placed(DIGITS[4])
    y, x = np.mgrid[-1 : 1 : SHAPE[0] * 1j, -1 : 1 : SHAPE[1] * 1j]
    assert agreement(found(np.dstack([seen(page)] * 3 + [np.uint8(255) * (np.hypot(x, y) < 1.2)])), page) > 0.99


@pytest.mark.parametrize(
    ("ink", "paper"),
    [((255, 0, 0), (0, 130, 0)), ((255, 240, 0), (255, 255, 255)), ((0, 0, 255), (0, 0, 0))],
    ids=["red on green of the same luminance", "yellow on white", "blue on black"],
)
def test_coloured_ink_on_coloured_paper_is_found(ink: tuple[int, ...], paper: tuple[int, ...]) -> None:
    page = placed(DIGITS[5])[..., None]
    assert agreement(found(np.rint(page * ink + (1 - page) * paper).astype(np.uint8)), page[..., 0]) > 0.95


def test_mnist_comes_out_as_its_own_values(mnist_raw: Path) -> None:
    for image in read_idx(mnist_raw / "t10k-images-idx3-ubyte")[:200]:
        for pixels in (image, 255 - image):
            assert np.abs(found(pixels) - image / 255).max() < 0.06


def test_a_digit_cut_out_to_its_very_box_survives(mnist_raw: Path) -> None:
    alike = []
    for image in read_idx(mnist_raw / "t10k-images-idx3-ubyte")[:200]:
        rows, columns = np.flatnonzero((image > 20).any(axis=1)), np.flatnonzero((image > 20).any(axis=0))
        cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        if min(cut.shape) >= 8:
            alike += [agreement(found(pixels), cut / np.float32(255)) > 0.9 for pixels in (cut, 255 - cut)]
    # A fat digit that leaves little paper can be taken for the paper.
    assert np.mean(alike) > 0.97


def test_a_small_digit_in_a_picture_of_50_megapixels_is_found(tmp_path: Path) -> None:
    page = placed(DIGITS[6], (6120, 8160), share=0.07, at=(0.3, 0.8))
    Image.fromarray((230 - 200 * page).astype(np.uint8)).save(tmp_path / "large.png", compress_level=1)
    brightness = open_picture(tmp_path / "large.png").brightness
    assert max(brightness.shape) <= WORKING_SIDE
    assert agreement(extract_ink(brightness), DIGITS[6]) > 0.9


def test_a_digit_of_eight_pixels_is_found() -> None:
    for ink in DIGITS[::3]:
        page = placed(ink, (8, 8), share=0.9)
        assert agreement(found(seen(page)), page) > 0.9


def test_all_that_is_written_stays() -> None:
    page = np.hstack([placed(ink) for ink in DIGITS[:3]])
    for wanted, part in zip(np.hsplit(page, 3), np.hsplit(found(seen(page, "gradient", 0.02)), 3), strict=True):
        assert float(np.corrcoef(wanted.ravel(), part.ravel())[0, 1]) > 0.9


def black_edge(pixels: NDArray[np.uint8]) -> None:
    pixels[:, -12:], pixels[:5] = 8, 8


def white_edge(pixels: NDArray[np.uint8]) -> None:
    pixels[:, :20] = 255


def dirt(pixels: NDArray[np.uint8]) -> None:
    pixels[20:23, 40:43] = pixels[200:202, 10:13] = 60


def printed_lines(pixels: NDArray[np.uint8]) -> None:
    pixels[::25] = pixels[::25] // 10 * 8


@pytest.mark.parametrize("spoil", [black_edge, white_edge, dirt, printed_lines])
def test_what_is_no_ink_is_left_out(spoil: Callable[[NDArray[np.uint8]], None]) -> None:
    for ink in DIGITS:
        page = placed(ink)
        pixels = seen(page, "gradient", 0.01)
        spoil(pixels)
        assert agreement(found(pixels), page) > 0.9


@pytest.mark.parametrize("shape", [(28, 28), SHAPE, (900, 1200)], ids=str)
@pytest.mark.parametrize("light", LIGHTS)
def test_a_blank_sheet_has_no_ink(shape: tuple[int, int], light: str) -> None:
    blank = np.zeros(shape, np.float32)
    for paper in (0.0, 0.5, 0.9, 1.0):
        for noise in (0.0, 0.03):
            assert not found(seen(blank, light, noise, paper)).any()
    assert not found(seen(blank, "even", noise=0.2, paper=0.5)).any()


def test_the_callers_picture_is_left_as_it_is(tmp_path: Path) -> None:
    Image.new("L", (4000, 3000), 255).save(tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as image:
        open_picture(image)
        assert image.size == (4000, 3000)


def test_a_file_that_is_no_picture_is_named_with_the_reason(tmp_path: Path) -> None:
    Image.fromarray(seen(placed(DIGITS[0]), noise=0.05)).save(tmp_path / "whole.png")
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
