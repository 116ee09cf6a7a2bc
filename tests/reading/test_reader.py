"""Numbers, written and photographed, read as their digits in order."""

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from digits.data import pen
from digits.errors import DigitsError
from digits.ink import draw, extract_ink, normalise, open_picture, slant
from digits.reading.reader import Reader, Reading

DATA = Path(__file__).parents[2] / "data"
WRITER = "uci-04"

Strokes = list[NDArray[np.float64]]


@pytest.fixture(scope="module")
def reader(model: Path) -> Reader:
    return Reader(model)


@pytest.fixture(scope="module")
def written(reader: Reader) -> dict[int, list[Strokes]]:
    """Digits of one writer that the small network reads with confidence, in heights of their own."""
    sure: dict[int, list[Strokes]] = defaultdict(list)
    for sample in [sample for sample in pen.read_samples(DATA) if sample.writer == WRITER]:
        strokes = [np.array(stroke, float) for stroke in sample.strokes]
        points = np.concatenate(strokes)
        strokes = [(stroke - points.min(axis=0)) / np.ptp(points[:, 1]) for stroke in strokes]
        reading = reader.read(strokes)
        if reading.text == str(sample.digit) and reading.digits[0].confidence > 0.9:
            sure[sample.digit].append(strokes)
    assert sorted(sure) == list(range(10))
    return sure


def moved(strokes: Strokes, right: float = 0.0, down: float = 0.0) -> Strokes:
    return [stroke + np.array([right, down]) for stroke in strokes]


def row(digits: list[Strokes], gap: float = 0.3) -> Strokes:
    """Digits side by side, this much paper between their boxes, in heights."""
    strokes, right = [], 0.0
    for digit in digits:
        strokes += moved(digit, right)
        right += max(stroke[:, 0].max() for stroke in digit) + gap
    return strokes


def samples(written: dict[int, list[Strokes]], text: str) -> list[Strokes]:
    return [written[int(digit)][place % len(written[int(digit)])] for place, digit in enumerate(text)]


def number(written: dict[int, list[Strokes]], text: str, gap: float = 0.3) -> Strokes:
    return row(samples(written, text), gap)


def owners(digits: list[Strokes]) -> list[tuple[int, ...]]:
    """Which strokes of `row(digits)` make each digit."""
    ends = np.cumsum([len(digit) for digit in digits]).tolist()
    return [tuple(range(end - len(digit), end)) for end, digit in zip(ends, digits, strict=True)]


def paper(strokes: Strokes, height: int = 70) -> NDArray[np.uint8]:
    """Strokes in heights of a digit as a picture, with black ink."""
    ink = draw(strokes, pen=0.09, side=round(np.ptp(np.concatenate(strokes), axis=0).max() * height))
    return np.rint(255 * (1 - np.pad(ink, height // 3))).astype(np.uint8)


@pytest.mark.parametrize("text", ["2025", "31", "90817", "5663"])
def test_a_number_reads_as_its_digits_from_left_to_right(
    reader: Reader, written: dict[int, list[Strokes]], text: str
) -> None:
    strokes = number(written, text)
    for source in (strokes, strokes[::-1], paper(strokes)):  # whatever was written first
        reading = reader.read(source)
        assert reading.text == text
        lefts = [digit.box[0] for digit in reading.digits]
        assert lefts == sorted(lefts)


def test_lines_read_from_top_to_bottom_and_may_climb(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    strokes = [*moved(number(written, "38"), down=1.7), *number(written, "620")]
    for reading in (reader.read(strokes), reader.read(paper(strokes))):
        assert reading.text == "620\n38"
        assert [digit.line for digit in reading.digits] == [0, 0, 0, 1, 1]
    climbing = [moved(written[digit][0], down=-0.4 * place) for place, digit in enumerate((2, 6, 3, 8))]
    assert reader.read(row(climbing)).text == "2638"


@pytest.mark.parametrize("digit", [4, 5, 7])
def test_all_strokes_of_a_digit_stay_together(reader: Reader, written: dict[int, list[Strokes]], digit: int) -> None:
    """The crossbar of a 7, the top bar of a 5, the leg of an open 4; and the box holds them all."""
    two_strokes = next(strokes for strokes in written[digit] if len(strokes) == 2)
    digits = [written[0][0], two_strokes, written[3][0]]
    strokes = [100 * stroke for stroke in row(digits)]
    reading = reader.read(strokes)
    assert reading.text == f"0{digit}3"
    assert [digit.strokes for digit in reading.digits] == owners(digits)
    for found in reading.digits:
        points = np.concatenate([strokes[index] for index in found.strokes])
        left, top, right, bottom = found.box
        assert (points >= (left, top)).all()
        assert (points <= (right, bottom)).all()


def test_a_top_bar_that_hangs_free_belongs_to_its_5(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    two_strokes = next(strokes for strokes in written[5] if len(strokes) == 2)
    body, bar = sorted(two_strokes, key=lambda stroke: -np.ptp(stroke[:, 1]))
    free = [body, bar + np.array([0.08, -0.08])]
    assert reader.read(paper(row([written[6][0], free, written[2][0]]))).text == "652"


def test_boxes_lie_on_the_digits_of_a_picture(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    picture = paper(number(written, "2608"), height=60)
    reading = reader.read(np.kron(picture, np.ones((30, 30), np.uint8)))  # reduced before it is read
    dark = np.argwhere(picture < 128)
    inside = np.zeros(len(dark), int)
    for digit in reading.digits:
        assert not digit.strokes
        left, top, right, bottom = (side / 30 for side in digit.box)
        inside += (dark[:, 1] >= left - 1) & (dark[:, 1] <= right) & (dark[:, 0] >= top - 1) & (dark[:, 0] <= bottom)
    assert (inside == 1).all()


def test_touching_neighbours_are_cut_apart(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    """Most of them as strokes; on a picture, far from all yet."""
    as_strokes = as_pictures = 0
    for text in ("215", "177", "250", "501", "732"):
        digits = samples(written, text)
        strokes = row(digits, gap=-0.02)
        as_strokes += [digit.strokes for digit in reader.read(strokes).digits] == owners(digits)
        as_pictures += len(reader.read(paper(strokes)).digits) == 3
    assert as_strokes >= 4
    assert as_pictures >= 1


def test_neighbours_whose_boxes_overlap_are_told_apart(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    texts = ("2163", "5280", "3649", "8025")
    on_pictures = 0
    for text in texts:
        digits = samples(written, text)
        slanted = slant(row(digits, gap=0.15), degrees=15)  # as far as the small network was taught
        assert [digit.strokes for digit in reader.read(slanted).digits] == owners(digits)
        on_pictures += reader.read(paper(slanted)).text == text
    assert on_pictures >= len(texts) - 1  # the small network takes a slanted 1 for a part of its neighbour


def test_a_broken_digit_is_joined(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    picture = paper(number(written, "280"))
    left, top, right, bottom = reader.read(picture).digits[2].box
    picture[(top + bottom) // 2 :, left:right][:2] = 255
    assert reader.read(picture).text == "280"


def test_rules_and_specks_are_no_digits(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    strokes = number(written, "2680")
    right = max(stroke[:, 0].max() for stroke in strokes)
    rule = np.array([[-0.2, 1.3], [right / 2, 1.34], [right + 0.2, 1.33]])
    dot = np.array([[right + 0.3, 0.95], [right + 0.33, 1.0]])
    for more in (rule, dot):
        reading = reader.read([*strokes, more])
        assert reading.text == "2680"
        assert len(strokes) not in {index for digit in reading.digits for index in digit.strokes}
        assert reader.read(paper([*strokes, more])).text == "2680"


def test_a_single_digit_is_read_whole(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    """Its image is the normaliser's: cutting has no part in it."""
    for some in written.values():
        picture = paper(some[0])
        (digit,) = reader.read(picture).digits
        assert np.array_equal(digit.image, normalise(extract_ink(open_picture(picture).brightness)))


def test_whatever_holds_a_picture_is_read_alike(
    reader: Reader, written: dict[int, list[Strokes]], tmp_path: Path
) -> None:
    grey = paper(number(written, "280"))
    Image.fromarray(grey).save(tmp_path / "280.png")
    colour = np.dstack([grey] * 3)
    opaque = np.dstack([colour, np.full_like(grey, 255)])
    for source in (tmp_path / "280.png", str(tmp_path / "280.png"), Image.fromarray(grey), grey, colour, opaque):
        assert reader.read(source).text == "280"


def test_many_are_read_as_each_alone_and_an_error_stands_in_its_place(
    reader: Reader, written: dict[int, list[Strokes]], tmp_path: Path
) -> None:
    many = list(reader.read_all([paper(number(written, "2025")), tmp_path / "none.png", number(written, "31")]))
    assert [one.text for one in many if isinstance(one, Reading)] == ["2025", "31"]
    (alone,) = reader.read_all([tmp_path / "none.png"])
    for error in (many[1], alone):
        assert isinstance(error, DigitsError)
        assert "none.png: does not exist" in str(error)


def test_nothing_written_is_nothing_read_but_a_dot_is_something(reader: Reader) -> None:
    assert reader.read([]).text == reader.read([[]]).text == ""
    assert reader.read(np.full((60, 90), 255, np.uint8)).digits == ()
    assert len(reader.read([[[5, 5]]]).digits) == 1


def test_reading_leaves_nothing_in_the_users_cache_and_tells_nobody(model: Path, tmp_path: Path) -> None:
    """ONNX Runtime would keep its telemetry there, wherever it is not told otherwise or sees a CI."""
    names = ("CI", "GITHUB_ACTIONS", "ORT_DISABLE_TELEMETRY")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    script = "import sys; from digits.reader import Reader; Reader.load(sys.argv[1]).read([[[5, 5]]])"
    subprocess.run([sys.executable, "-c", script, str(model)], env=environment, check=True)
    assert list(tmp_path.iterdir()) == []
