"""`digits import`: what it takes of folders of pictures, what it lists as not taken; it writes all or nothing."""

import csv
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from digits import paths
from digits.cli import main
from digits.data import mnist
from digits.data.hands import Hands
from digits.data.images import ImageSample, draw_plainly, line
from digits.data.pages import Pages
from digits.data.pen import read_all, read_samples
from digits.evaluation.numbers import compose_numbers, picture
from digits.reading.reader import Reader

ROOT = Path(__file__).parents[1]

Import = Callable[..., tuple[int, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with some strokes."""
    data = tmp_path / "project" / "data"
    data.mkdir(parents=True)
    written = (ROOT / "data" / "uci-pendigits.jsonl").read_bytes().splitlines(keepends=True)
    (data / "uci-pendigits.jsonl").write_bytes(b"".join(written[:50]))
    monkeypatch.setattr(paths, "ROOT", data.parent)
    return data.parent


@pytest.fixture
def imported(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Import:
    """Runs `digits import` on tmp_path/pictures; its exit status and what it printed."""

    def run(*options: str) -> tuple[int, str]:
        status = main(["import", str(tmp_path / "pictures"), "--writer", "anna", *options])
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


def collected(project: Path) -> list[ImageSample]:
    if not (project / "data" / "collected.jsonl").exists():
        return []
    return [sample for sample in read_all(project / "data") if isinstance(sample, ImageSample)]


@pytest.fixture(scope="module")
def digits(mnist_raw: Path) -> tuple[Any, list[int]]:
    """Twelve of MNIST's test images, and what they are."""
    images, labels = mnist.load(mnist_raw, "test")
    return images[:12], labels[:12].tolist()


@pytest.fixture
def pictures(tmp_path: Path, digits: tuple[Any, list[int]]) -> Path:
    """A folder with the twelve: half of them in folders, half named."""
    folder = tmp_path / "pictures"
    for number, (image, label) in enumerate(zip(*digits, strict=True)):
        path = folder / str(label) / f"{number}.png" if number % 2 else folder / f"{label}_{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path, quality=95)
    return folder


def table(folder: Path, rows: Sequence[tuple[str, str]], *head: str) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head or ("file", "text"), *rows])


def test_digits_in_folders_and_by_name_are_samples_as_mnist_has_them(
    imported: Import, pictures: Path, project: Path, digits: tuple[Any, list[int]]
) -> None:
    status, said = imported("--dry-run")
    assert status == 0
    assert said.count("_") >= 6
    assert "would take 12 of 12 pictures: 12 digits by anna" in said
    assert not collected(project)

    status, said = imported()
    assert (status, said.splitlines()[0]) == (
        0,
        "taken 12 of 12 pictures: 12 digits by anna, in data/collected.jsonl",
    )
    assert "dvc repro" in said
    samples = collected(project)
    assert sorted(sample.digit for sample in samples) == sorted(digits[1])
    assert {sample.writer for sample in samples} == {"anna"}
    for sample in samples:
        drawn = draw_plainly(sample)[0].astype(float)
        nearest = np.abs(digits[0].astype(float) - drawn).mean(axis=(1, 2))
        assert digits[1][int(nearest.argmin())] == sample.digit
        assert nearest.min() < 20  # another digit has 40

    before = (project / "data" / "collected.jsonl").read_bytes()
    status, said = imported()
    assert (status, said) == (
        0,
        "taken 0 of 12 pictures, nothing new\nleft out, for data/ holds it already: 12 digits\n",
    )
    assert (project / "data" / "collected.jsonl").read_bytes() == before


def test_bad_files_are_listed_each_and_stop_no_other(imported: Import, pictures: Path, project: Path) -> None:
    Image.new("L", (60, 60), 240).save(pictures / "3_blank.png")
    Image.new("L", (60, 60), 240).save(pictures / "holiday.png")
    (pictures / "3").mkdir(exist_ok=True)
    (pictures / "3" / "empty.png").touch()
    (pictures / "3" / "notes.txt").write_text("no picture")
    (pictures / "notes.txt").write_text("of nobody's concern")
    (pictures / ".hidden.png").touch()
    whole = min(pictures.glob("*.jpg"))
    (pictures / "4_cut.jpg").write_bytes(whole.read_bytes()[:300])
    shutil.copy(whole, pictures / "8_wrong.jpg")  # the same picture as another digit
    Image.open(whole).save(pictures / "5_pages.tif", save_all=True, append_images=[Image.open(whole)])
    status, said = imported()
    assert status == 1
    assert "taken 12 of 19 pictures: 12 digits" in said
    assert "7 not:\n" in said
    for name, reason in {
        "3_blank.png": "nothing is written",
        "holiday.png": "has no label",
        "empty.png": "an empty file",
        "3/notes.txt": "not a picture",
        "4_cut.jpg": "damaged or cut short",
        "8_wrong.jpg": "the same image is a 0 in",
        "5_pages.tif": "has 2 pages",
    }.items():
        assert f"{name}: {reason}" in said
    assert len(collected(project)) == 12


@pytest.fixture
def numbers(tmp_path: Path, hands: Hands, model: Path) -> dict[str, str]:
    """A folder with a number and a made page; what is read of each."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    uci = [sample for sample in read_samples(ROOT / "data") if sample.writer == "uci-01"]
    Image.fromarray(picture(compose_numbers(uci, 1)[0])).save(folder / "number.png")
    Image.fromarray(Pages(hands, "train", seed=4).whole(2, "plain", touching=False).picture).save(folder / "page.png")
    reader = Reader(model)
    return {name: reader.read(folder / name).text for name in ("number.png", "page.png")}


def other(text: str) -> str:
    """The text with every digit another."""
    return "".join(str((int(sign) + 1) % 10) if sign.isdigit() else sign for sign in text)


def test_each_digit_found_in_a_number_gets_the_label_s(
    imported: Import, numbers: dict[str, str], project: Path, model: Path, tmp_path: Path
) -> None:
    assert all(sum(map(str.isdigit, text)) > 1 for text in numbers.values())
    right = {name: other(text) for name, text in numbers.items()}
    rows = [*right.items(), ("number.png", "1" + right["number.png"]), ("page.png", f"{right['page.png']}\n7")]
    rows += [("nowhere.png", "12"), ("page.png", "12a"), ("page.png", "-"), ("", "12")]
    table(tmp_path / "pictures", rows)
    status, said = imported("--model", str(model))
    assert status == 1
    assert "taken 2 of 8 pictures" in said
    assert said.count("not as many digits and lines as in") == 2
    for reason in ("does not exist", "'a', which is no digit", "'-' holds no digit", "labels.csv:10: names no file"):
        assert reason in said
    found = "".join(str(sample.digit) for sample in collected(project))
    assert found == "".join(sign for text in right.values() for sign in text if sign.isdigit())


def test_what_is_no_folder_of_labelled_pictures_is_named_before_anything_is_done(
    imported: Import, project: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"

    def refused(reason: str, *options: str) -> None:
        status, said = imported(*options)
        assert status == 1
        assert said.startswith("error: ")
        assert reason in said
        assert not (project / "data" / "collected.jsonl").exists()

    refused("pictures does not exist")
    folder.mkdir()
    refused("holds no labelled picture")
    refused("is no name", "--writer", " ")
    table(folder, [("a.png", "1")], "name", "label")
    refused("found 'name,label'")
    (folder / "labels.csv").write_bytes(b"file,text\n\xff\xfe,1\n")
    refused("save it as CSV in UTF-8")
    table(folder, [("a.png", "12")])
    refused("there is no such model file", "--model", "missing.onnx")
    (project / "data" / "uci-pendigits.jsonl").write_text('{"digit": 1}\n')
    refused("uci-pendigits.jsonl:1: not a sample")


def test_what_cannot_be_written_leaves_all_that_was_there(imported: Import, pictures: Path, project: Path) -> None:
    (project / "artifacts").write_text("where the lock should be")
    status, said = imported()
    assert (status, "could not be saved" in said) == (1, True)
    assert [file.name for file in (project / "data").iterdir()] == ["uci-pendigits.jsonl"]
    (project / "data" / "collected.jsonl").mkdir()
    status, said = imported()
    assert (status, "collected.jsonl cannot be read" in said) == (1, True)


def test_an_image_is_known_whichever_file_of_data_holds_it(imported: Import, pictures: Path, project: Path) -> None:
    imported()
    samples = collected(project)
    (project / "data" / "collected.jsonl").unlink()
    rows = [line(sample.digit, "ben", sample.cutting) for sample in samples[:5]]
    (project / "data" / "bens.jsonl").write_text("".join(f"{row}\n" for row in rows))
    status, said = imported()
    assert status == 0
    assert "taken 7 of 12 pictures" in said
    assert "holds it already: 5 digits" in said
