"""Digits cut out of pictures: kept as the picture shows them, refused by file and line where broken, and trained on as
strokes are."""

import base64
import io
import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from digits.config import compose
from digits.data import images, pen
from digits.data.hands import Hands
from digits.data.images import Cutting, ImageSample
from digits.data.making import pen_sets
from digits.data.sets import DigitSet
from digits.data.splits import split_strokes
from digits.errors import DigitsError
from digits.ink import draw, normalise

SEVEN = draw([[(150, 130), (190, 126), (240, 124), (262, 128), (240, 190), (222, 250), (210, 310)]], pen=18)
SETTINGS = compose([]).preprocess


def page(ink: np.ndarray[Any, np.dtype[np.float32]] = SEVEN, dark: float = 0.8) -> Image.Image:
    """A digit on a page of grey paper in uneven light, with another's ink close by."""
    paper = np.linspace(0.95, 0.6, 400)[None] * np.ones((300, 1))
    paper[60 : 60 + ink.shape[0], 100 : 100 + ink.shape[1]] -= 0.55 * dark * ink
    paper[40:260, 100 + ink.shape[1] + 12 :][:, :20] = 0.1
    return Image.fromarray((255 * paper).astype(np.uint8))


BOX = (100, 60, 100 + SEVEN.shape[1], 60 + SEVEN.shape[0])


def png(image: Image.Image, form: str = "PNG") -> str:
    content = io.BytesIO()
    image.save(content, form)
    return base64.b64encode(content.getvalue()).decode()


GREY = Image.new("L", (40, 60), 200)
GOOD = {"digit": 7, "writer": "anna", "image": png(GREY), "box": [5, 5, 30, 50]}


def without(key: str) -> dict[str, object]:
    return {name: value for name, value in GOOD.items() if name != key}


def damaged_png() -> str:
    content = bytearray(base64.b64decode(png(Image.effect_noise((60, 60), 90).convert("L"))))
    content[-600] ^= 0xFF
    return base64.b64encode(content).decode()


def bomb() -> str:
    """A PNG that says it is a million pixels wide."""
    content = bytearray(base64.b64decode(png(GREY)))
    content[16:20] = (1_000_000).to_bytes(4, "big")
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (GOOD | {"digit": 10}, '"digit"'),
        (GOOD | {"digit": "7"}, '"digit"'),
        (GOOD | {"writer": None}, '"writer"'),
        (without("writer"), "expected an object"),
        (without("image"), "expected an object"),
        (GOOD | {"strokes": [[[0, 0]]]}, 'either "strokes" or "image"'),
        (GOOD | {"label": 7}, "unknown key 'label'"),
        (GOOD | {"image": 7}, "must be base64 of a PNG"),
        (GOOD | {"image": ""}, "must be base64 of a PNG"),
        (GOOD | {"image": "A" * 20_000}, "found 20,000 characters"),
        (GOOD | {"image": "é" * 80}, "not base64"),
        (GOOD | {"image": png(GREY)[:-3]}, "not base64"),
        (GOOD | {"image": base64.b64encode(b"no picture").decode()}, "no PNG that can be opened"),
        (GOOD | {"image": png(GREY, "BMP")}, "no PNG that can be opened"),
        (GOOD | {"image": png(GREY)[:80]}, "no PNG that can be opened"),
        (GOOD | {"image": damaged_png()}, "no PNG that can be opened"),
        (GOOD | {"image": bomb()}, "found L of 1000000 x 60"),
        (GOOD | {"image": png(GREY.convert("RGB"))}, "found RGB of 40 x 60"),
        (GOOD | {"image": png(GREY.convert("1"))}, "found 1 of 40 x 60"),
        (GOOD | {"image": png(GREY.resize((97, 20)))}, "found L of 97 x 20"),
        (GOOD | {"image": png(GREY.resize((60, 7)))}, "found L of 60 x 7"),
        (GOOD | {"box": [5, 5, 41, 50]}, "does not lie in the image of 40 x 60"),
        (GOOD | {"box": [30, 5, 5, 50]}, "does not lie in the image"),
        (GOOD | {"box": [5, 5, 30.0, 50]}, '"box" must be'),
        (GOOD | {"box": [5, 5, True, 50]}, '"box" must be'),
        (GOOD | {"box": [5, 5, 12, 12]}, "smaller than 8 pixels"),
        (GOOD | {"box": None}, '"box" must be'),
    ],
)
def test_a_broken_line_is_named_by_file_and_number(tmp_path: Path, record: object, reason: str) -> None:
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(GOOD)}\n{json.dumps(record)}\n")
    with pytest.raises(DigitsError, match=r"a\.jsonl:2: not a sample: ") as caught:
        pen.read_all(tmp_path)
    assert reason in str(caught.value)


def sample(cutting: Cutting, key: int = 1) -> ImageSample:
    return ImageSample(7, "anna", cutting, key, "a.jsonl:1")


def test_a_line_is_read_as_it_was_cut(tmp_path: Path) -> None:
    cutting = images.cut(page(), BOX)
    assert max(cutting.image.shape) == images.LARGEST
    (tmp_path / "a.jsonl").write_text(images.line(7, "Émile", cutting) + "\n" + json.dumps(without("box")) + "\n")
    first, second = pen.read_all(tmp_path)
    assert isinstance(first, ImageSample)
    assert isinstance(second, ImageSample)
    assert (first.digit, first.writer, first.place) == (7, "Émile", "a.jsonl:1")
    assert np.array_equal(first.cutting.image, cutting.image)
    assert first.cutting.box == cutting.box
    assert second.cutting.box == (0, 0, 40, 60)  # without one, the digit fills the image
    assert pen.read_samples(tmp_path) == []


def difference(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


def test_light_neighbours_and_which_way_the_picture_lies_change_nothing_of_the_digit() -> None:
    upright = images.draw_plainly(sample(images.cut(page(), BOX)))
    assert difference(upright, normalise(SEVEN)) < 15  # a pixel beside it; another digit has 40
    dark = Image.fromarray(255 - np.asarray(page()))
    assert difference(images.draw_plainly(sample(images.cut(dark, BOX))), upright) < 1
    lying = page().transpose(Image.Transpose.ROTATE_90)  # to be turned clockwise by 90 degrees
    box = (BOX[1], 400 - BOX[2], BOX[3], 400 - BOX[0])
    assert difference(images.draw_plainly(sample(images.cut(lying, box, turned=90))), upright) < 1
    assert difference(images.draw_plainly(sample(images.cut(lying, box))), upright) > 25


def test_a_digit_that_fills_its_picture_is_read_with_any_pen() -> None:
    for width in (6, 18, 40):
        ink = draw([[(150, 130), (240, 124), (262, 128), (222, 250), (210, 310)]], pen=width)
        tight = Image.fromarray(np.uint8(255 * (1 - ink)))
        found = images.find(tight)
        assert np.abs(np.array(found) - (0, 0, *tight.size)).max() < 12
        assert difference(images.draw_plainly(sample(images.cut(tight, found))), normalise(ink)) < 12


def test_of_nothing_nothing_is_cut() -> None:
    blank = Image.new("L", (200, 200), 230)
    with pytest.raises(DigitsError, match="nothing is written"):
        images.find(blank)
    with pytest.raises(DigitsError, match="no ink stands out"):
        images.cut(blank, (50, 50, 100, 150))
    with pytest.raises(DigitsError, match="smaller than 8 pixels"):
        images.cut(page(), (100, 60, 104, 67))
    with pytest.raises(DigitsError, match=r"a\.jsonl:1: no ink"):
        images.draw_plainly(sample(Cutting(np.full((40, 40), 200, np.uint8), (0, 0, 40, 40))))
    with pytest.raises(DigitsError, match="wider than a digit"):
        images.find(Image.fromarray(np.uint8(255 * (1 - np.pad(np.hstack([SEVEN] * 3), 20)))))


def test_an_image_gives_as_many_images_as_strokes_the_first_as_it_stood_there() -> None:
    one = sample(images.cut(page(), BOX))
    drawn = images.draw_variants(one, SETTINGS, seed=1)
    assert drawn.shape == (SETTINGS.pen_variants, 28, 28)
    assert np.array_equal(drawn[:1], images.draw_plainly(one))
    assert all(1 < difference(other, drawn[0]) < 40 for other in drawn[1:])
    assert np.array_equal(images.draw_variants(one, SETTINGS, seed=1), drawn)
    assert not np.array_equal(images.draw_variants(sample(one.cutting, key=2), SETTINGS, seed=1)[1:], drawn[1:])


@pytest.fixture
def with_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose data/ holds a part of the strokes, and images by one who gave nothing else."""
    data = tmp_path / "data"
    data.mkdir()
    written = (Path("data") / "uci-pendigits.jsonl").read_bytes().splitlines(keepends=True)
    (data / "uci.jsonl").write_bytes(b"".join(written[::9]))
    line = images.line(7, "painter", images.cut(page(), BOX))
    (data / "collected.jsonl").write_text(f"{line}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_who_gave_only_images_is_trained_on_and_writes_on_no_made_page(with_images: Path) -> None:
    sets = dict(pen_sets(replace(SETTINGS, pen_variants=2), seed=1))
    own = sets["pen-train"].writers == "painter"
    assert sets["pen-train"].labels[own].tolist() == [7, 7]
    assert not (sets["pen-test"].writers == "painter").any()
    strokes = split_strokes(SETTINGS)
    assert len(strokes["pen-train"]) == (len(sets["pen-train"]) - own.sum()) / 2
    bars = np.zeros((20, 28, 28), np.uint8)
    bars[:, 4:24, 12:16] = 255
    hands = Hands(strokes["pen-train"], DigitSet(bars, np.repeat(np.arange(10, dtype=np.uint8), 2), np.zeros(20, "U1")))
    assert hands.hand(np.random.default_rng(1), 30.0).digit(7).ink.any()


def test_who_gave_only_images_may_be_tested_with_but_not_alone(with_images: Path) -> None:
    joined = replace(SETTINGS, pen_test_writers=["uci-02", "painter"])
    assert dict(pen_sets(joined, seed=1))["pen-test"].writers.tolist().count("painter") == 1
    assert {one.writer for one in split_strokes(joined)["pen-test"]} == {"uci-02"}
    with pytest.raises(DigitsError, match="the writers of pen-test gave only images"):
        split_strokes(replace(SETTINGS, pen_test_writers=["painter"]))
