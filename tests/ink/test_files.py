"""Files of several pages, PDF, HEIC, and parts of pictures: each opens as a picture, or says why not."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from drawn import DIGITS, agreement, placed
from PIL import Image

from digits.ink import PageOf, PictureError, Region, open_picture, pdf
from digits.ink.files import opened, pages
from digits.ink.source import WORKING_SIDE

SHAPE = (1500, 1300)
"""Of a scan, pixels: more than is worked with."""

LINE = b"<</Length 24>>stream\n4 w 20 20 m 40 80 l S    \nendstream"
INK = b"<</Type/Annot/Subtype/Ink/Rect[100 10 190 90]/BS<</W 4>>/InkList[[110 20 150 80 180 30]]>>"
FIELD = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/F 4/Rect[100 10 190 90]/DA(/F 0 Tf)/AP<</N 6 0 R>>>>"
FILLED = b"<</Type/XObject/Subtype/Form/BBox[0 0 90 80]/Length 26>>stream\n4 w 10 10 m 60 60 l S      \nendstream"


def scan(index: int) -> Image.Image:
    """A digit in black on white."""
    return Image.fromarray(np.uint8(255 * (placed(DIGITS[index], SHAPE) < 0.5))).convert("1")


def document(kids: bytes = b"3 0 R", annotation: bytes = INK, trailer: bytes = b"") -> bytes:
    """A PDF of one page, 200 x 100 points, turned clockwise when it is shown, with a line and an annotation."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, bool(kids)),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Rotate 90/Contents 4 0 R/Annots[5 0 R]>>",
        LINE,
        annotation,
        FILLED,
    ]
    content, table = b"%PDF-1.7\n", b""
    for number, each in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    head = b"xref\n0 7\n0000000000 65535 f \n"
    tail = b"trailer\n<</Size 7/Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (trailer, len(content))
    return content + head + table + tail


@pytest.mark.parametrize("resolution", [72, 150, 300])
def test_a_page_that_is_a_scan_has_the_scans_pixels(tmp_path: Path, resolution: int) -> None:
    first, second = scan(0), scan(1)
    first.save(tmp_path / "scan.pdf", resolution=resolution, save_all=True, append_images=[second])
    assert pages(PageOf(tmp_path / "scan.pdf")) == 2
    for page, image in enumerate((first, second), 1):
        found, expected = open_picture(PageOf(tmp_path / "scan.pdf", page)), open_picture(image)
        assert found.size == expected.size
        off = np.abs(found.brightness - expected.brightness)
        assert off.max() == 0 if resolution == 72 else off.mean() < 0.001  # exact where points are pixels


@pytest.mark.parametrize("annotation", [INK, FIELD], ids=["a tablet's ink", "a filled field"])
def test_any_other_page_is_drawn_upright_with_what_was_written_on_it(tmp_path: Path, annotation: bytes) -> None:
    (tmp_path / "form.pdf").write_bytes(b"\xef\xbb\xbf" + document(annotation=annotation) + 500 * b"\0")
    picture = open_picture(tmp_path / "form.pdf")
    assert picture.size == (pdf.SIDE // 2, pdf.SIDE)
    assert picture.brightness.shape == (WORKING_SIDE, WORKING_SIDE // 2)
    printed, written = picture.brightness[: WORKING_SIDE // 3], picture.brightness[WORKING_SIDE // 2 :]
    assert printed.min() == 0
    assert written.min() == 0
    assert np.median(picture.brightness) == 1


def test_a_pdf_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    whole, scanned = document(), io.BytesIO()
    scan(0).convert("L").save(scanned, "PDF")
    broken = scanned.getvalue().replace(b"\xff\xd8\xff", b"\0\0\0")  # how its JPEG begins
    locked = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4/O<%s>/U<%s>>>" % (64 * b"1", 64 * b"2")
    contents = {
        "empty": (b"", "an empty file"),
        "head": (b"%PDF-1.7\n", "cut short"),
        "cut": (whole[:-7], "cut short"),
        "half": (whole[: len(whole) // 2], "cut short"),
        "locked": (document(trailer=locked), "locked with a password"),
        "none": (document(kids=b""), "has no pages"),
        "lost": (document(kids=b"9 0 R"), "damaged"),
        "scan": (broken, "damaged"),
        "noise": (b"%PDF-1.7\n" + np.random.default_rng(0).bytes(5000) + b"%%EOF", "damaged"),
    }
    for name, (content, reason) in contents.items():
        (tmp_path / f"{name}.pdf").write_bytes(content)
        assert pages(PageOf(tmp_path / f"{name}.pdf")) == 1
        with pytest.raises(PictureError, match=rf"{name}\.pdf: .*{reason}"):
            open_picture(tmp_path / f"{name}.pdf")


def test_a_page_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "form.pdf").write_bytes(document())
    scan(0).save(tmp_path / "scan.tif", save_all=True, append_images=[scan(1)])
    scan(0).save(tmp_path / "one.png")
    for name, last in {"form.pdf": "only 1", "scan.tif": "its last is 2", "one.png": "only 1"}.items():
        for page in (0, 3):
            with pytest.raises(PictureError, match=rf"{name}: has no page {page}, {last}"):
                open_picture(PageOf(tmp_path / name, page))


def test_what_was_read_of_a_pipe_is_opened_like_a_file() -> None:
    content = io.BytesIO()
    scan(0).save(content, "TIFF", save_all=True, append_images=[scan(1)])
    source = PageOf(Path("-"), 2, content=content.getvalue())
    assert pages(source) == 2
    assert np.array_equal(open_picture(source).brightness, open_picture(scan(1)).brightness)


@pytest.mark.parametrize("name", ["part.png", "part.jpg", "part.tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_region_is_cut_out_of_the_upright_picture(tmp_path: Path, name: str, orientation: int) -> None:
    turn = Image.Transpose
    stored = {2: turn.FLIP_LEFT_RIGHT, 3: turn.ROTATE_180, 4: turn.FLIP_TOP_BOTTOM, 5: turn.TRANSPOSE}
    stored |= {6: turn.ROTATE_90, 7: turn.TRANSVERSE, 8: turn.ROTATE_270}
    page = np.full(SHAPE, 255, np.uint8)
    page[200:260, 300:700] = 0
    image, exif = Image.fromarray(page), Image.Exif()
    exif[0x0112] = orientation
    turned = image.transpose(stored[orientation]) if orientation in stored else image
    turned.save(tmp_path / name, exif=exif, quality=100)
    for region in (Region(260, 150, 750, 300), Region(20, 10, 57.69, 20, percent=True)):
        part = open_picture(PageOf(tmp_path / name, region=region))
        box = region.on(image.size, name)
        assert part.corner == box[:2] == (260, 150)
        assert np.abs(part.brightness - open_picture(image.crop(box)).brightness).max() < 0.02  # JPEG is not exact
        rows, columns = np.nonzero(part.brightness < 0.5)
        ink = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        assert part.to_original(ink) == (300, 200, 700, 260)
        on_its_side = part.turn(90)
        rows, columns = np.nonzero(on_its_side.brightness < 0.5)
        ink = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        assert on_its_side.to_original(ink) == (300, 200, 700, 260)


def test_a_region_is_seen_as_finely_as_the_file_has_it(tmp_path: Path) -> None:
    page = placed(DIGITS[2], (4000, 6000), share=0.1, at=(0.9, 0.9))
    Image.fromarray(np.uint8(255 * (1 - page))).save(tmp_path / "large.jpg", quality=95)
    part = open_picture(PageOf(tmp_path / "large.jpg", region=Region(80, 80, 100, 100, percent=True)))
    assert part.size == (1200, 800) == part.brightness.shape[::-1]
    assert agreement(1 - part.brightness, DIGITS[2]) > 0.97


@pytest.mark.parametrize(
    ("region", "reason"),
    [
        (Region(0, 0, 1301, 10), "0,0,1301,10 reaches beyond its 1300 x 1500 pixels"),
        (Region(2000, 2000, 2100, 2100), "reaches beyond"),
        (Region(0, 0, 50, 100.5, percent=True), "0%,0%,50%,100.5% reaches beyond"),
        (Region(-1, 0, 50, 50), "reaches beyond"),
        (Region(50, 0, 50, 50), "is empty"),
        (Region(0, 0, 7, 50), "has 7 x 50 pixels"),
    ],
)
def test_a_region_that_is_no_part_of_the_picture_is_named(tmp_path: Path, region: Region, reason: str) -> None:
    scan(0).save(tmp_path / "scan.png")
    with pytest.raises(PictureError, match=rf"scan.png: the region .*{reason}"):
        open_picture(PageOf(tmp_path / "scan.png", region=region))


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_phones_heic_is_opened_upright(tmp_path: Path, orientation: int) -> None:
    pytest.importorskip("pillow_heif").register_heif_opener()  # for saving
    turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    page, exif = placed(DIGITS[3], (600, 400)), Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(np.uint8(255 * (1 - page))).convert("RGB")
    turned = image.transpose(turn[orientation]) if orientation in turn else image
    turned.save(tmp_path / "photo.heic", exif=exif.tobytes())
    assert agreement(1 - open_picture(tmp_path / "photo.heic").brightness, page) > 0.97
    (tmp_path / "cut.heic").write_bytes((tmp_path / "photo.heic").read_bytes()[:800])
    with pytest.raises(PictureError, match=r"cut\.heic: damaged or cut short"):
        open_picture(tmp_path / "cut.heic")


def test_of_a_heic_its_main_picture_is_opened(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    photo = heif.from_pillow(Image.new("RGB", (64, 64)))
    photo.add_from_pillow(scan(3).convert("RGB"))
    photo.save(tmp_path / "photo.heic", primary_index=1)
    assert pages(PageOf(tmp_path / "photo.heic")) == 1
    with opened(tmp_path / "photo.heic") as image:
        assert image.size == SHAPE[::-1]


def test_without_the_package_for_heic_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # as if it were not installed
    (tmp_path / "photo.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
    with pytest.raises(PictureError, match=r"photo\.heic: .*pillow-heif: pip install 'digits\[heic\]'"):
        open_picture(tmp_path / "photo.heic")


def test_a_picture_is_opened_without_what_opens_pdf_and_heic(tmp_path: Path) -> None:
    scan(0).save(tmp_path / "scan.png")
    script = (
        "import sys; from digits.ink import open_picture; open_picture(sys.argv[1]); "
        "assert not {'pypdfium2', 'pillow_heif', 'xlsxwriter'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "scan.png")], check=True)
