"""Numbers, written and photographed, read as their digits in order."""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from digits.ink import draw, slant
from digits.reading.reader import Reader, Reading

PEN = Path(__file__).parents[1] / "data" / "uci-pendigits.jsonl"
WRITER = "uci-04"

Strokes = list[NDArray[np.float64]]


@pytest.fixture(scope="module")
def reader(model: Path) -> Reader:
    return Reader(model)


@pytest.fixture(scope="module")
def written(reader: Reader) -> dict[int, list[Strokes]]:
    """Digits of one writer that the small network reads with confidence, in heights of their own."""
    digits: dict[int, list[Strokes]] = defaultdict(list)
    for line in PEN.read_text().splitlines():
        sample = json.loads(line)
        if sample["writer"] == WRITER:
            points = np.concatenate([np.array(stroke, float) for stroke in sample["strokes"]])
            low, height = points.min(axis=0), np.ptp(points[:, 1])
            digits[sample["digit"]].append([(np.array(stroke, float) - low) / height for stroke in sample["strokes"]])
    sure = {
        digit: [
            strokes
            for strokes in some
            if (reading := reader.read(strokes)).text == str(digit) and reading.digits[0].confidence > 0.9
        ]
        for digit, some in digits.items()
    }
    assert all(sure[digit] for digit in range(10))
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


def number(written: dict[int, list[Strokes]], text: str, gap: float = 0.3) -> Strokes:
    return row([written[int(digit)][place % len(written[int(digit)])] for place, digit in enumerate(text)], gap)


def paper(strokes: Strokes, height: int = 70, pen: float = 0.09) -> NDArray[np.uint8]:
    """Strokes in heights of a digit as a picture, with black ink."""
    points = np.concatenate(strokes)
    ink = draw(strokes, pen, side=round(np.ptp(points, axis=0).max() * height))
    return np.rint(255 * (1 - np.pad(ink, height // 3))).astype(np.uint8)


@pytest.mark.parametrize("text", ["2025", "31", "90817", "5663"])
def test_a_number_reads_as_its_digits_from_left_to_right(
    reader: Reader, written: dict[int, list[Strokes]], text: str
) -> None:
    strokes = number(written, text)
    for reading in (reader.read(strokes), reader.read(paper(strokes))):
        assert reading.text == text
        lefts = [digit.box[0] for digit in reading.digits]
        assert lefts == sorted(lefts)


def test_strokes_may_be_written_in_any_order(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    assert reader.read(number(written, "2075")[::-1]).text == "2075"


def test_lines_read_from_top_to_bottom(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    strokes = [*moved(number(written, "38"), down=1.7), *number(written, "620")]
    for reading in (reader.read(strokes), reader.read(paper(strokes))):
        assert reading.text == "620\n38"
        assert [digit.line for digit in reading.digits] == [0, 0, 0, 1, 1]


def test_a_line_may_climb(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    digits = [moved(written[digit][0], down=-0.4 * place) for place, digit in enumerate((2, 6, 3, 8))]
    assert reader.read(row(digits)).text == "2638"


def several_strokes(written: dict[int, list[Strokes]], digit: int) -> Strokes:
    return next(strokes for strokes in written[digit] if len(strokes) == 2)


@pytest.mark.parametrize("digit", [4, 5, 7])
def test_all_strokes_of_a_digit_stay_together(reader: Reader, written: dict[int, list[Strokes]], digit: int) -> None:
    """The crossbar of a 7, the top bar of a 5, the leg of an open 4."""
    strokes = row([written[0][0], several_strokes(written, digit), written[3][0]])
    reading = reader.read(strokes)
    assert reading.text == f"0{digit}3"
    assert [digit.strokes for digit in reading.digits] == [
        tuple(range(len(written[0][0]))),
        (len(written[0][0]), len(written[0][0]) + 1),
        tuple(range(len(written[0][0]) + 2, len(strokes))),
    ]


def test_a_top_bar_that_hangs_free_belongs_to_its_5(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    body, bar = sorted(several_strokes(written, 5), key=lambda stroke: -np.ptp(stroke[:, 1]))
    free = [body, bar + np.array([0.08, -0.08])]
    assert reader.read(paper(row([written[6][0], free, written[2][0]]))).text == "652"


def test_every_stroke_belongs_to_one_digit_and_boxes_hold_their_strokes(
    reader: Reader, written: dict[int, list[Strokes]]
) -> None:
    strokes = [100 * stroke for stroke in number(written, "745310")]
    reading = reader.read(strokes)
    used = [index for digit in reading.digits for index in digit.strokes]
    assert sorted(used) == list(range(len(strokes)))
    for digit in reading.digits:
        points = np.concatenate([strokes[index] for index in digit.strokes])
        left, top, right, bottom = digit.box
        assert (points >= (left, top)).all()
        assert (points <= (right, bottom)).all()


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


def owners(written: dict[int, list[Strokes]], text: str) -> list[tuple[int, ...]]:
    """Which strokes of `number(written, text)` make each digit."""
    counts = [len(written[int(digit)][place % len(written[int(digit)])]) for place, digit in enumerate(text)]
    ends = np.cumsum(counts).tolist()
    return [tuple(range(end - count, end)) for end, count in zip(ends, counts, strict=True)]


def test_touching_neighbours_are_cut_apart(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    """Most of them as strokes; on a picture, far from all yet."""
    texts = ("215", "177", "250", "501", "732")
    touching = [number(written, text, gap=-0.02) for text in texts]
    cuts = [[digit.strokes for digit in reader.read(strokes).digits] for strokes in touching]
    assert sum(cut == owners(written, text) for cut, text in zip(cuts, texts, strict=True)) >= 4
    assert sum(len(reader.read(paper(strokes)).digits) == 3 for strokes in touching) >= 1


def test_neighbours_whose_boxes_overlap_are_told_apart(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    slanted = slant(number(written, "2163", gap=0.15), degrees=15)  # as far as the small network was taught
    assert [digit.strokes for digit in reader.read(slanted).digits] == owners(written, "2163")
    assert reader.read(paper(slanted)).text == "2163"


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
    from digits.ink import extract_ink, normalise, open_picture

    for some in written.values():
        picture = paper(some[0])
        (digit,) = reader.read(picture).digits
        assert np.array_equal(digit.image, normalise(extract_ink(open_picture(picture).brightness)))


def test_many_pictures_read_as_each_alone(reader: Reader, written: dict[int, list[Strokes]]) -> None:
    sources = [paper(number(written, text)) for text in ("2025", "7", "31")]
    many = list(reader.read_all([*sources, Image.new("L", (60, 60), 255)]))
    assert [reading.text for reading in many if isinstance(reading, Reading)] == [
        *(reader.read(source).text for source in sources),
        "",
    ]


def test_nothing_written_is_nothing_read(reader: Reader) -> None:
    assert reader.read([]).text == reader.read([[]]).text == ""
    assert reader.read(np.full((60, 90), 255, np.uint8)).digits == ()


def test_a_dot_alone_is_read_as_something(reader: Reader) -> None:
    assert len(reader.read([[[5, 5]]]).digits) == 1
