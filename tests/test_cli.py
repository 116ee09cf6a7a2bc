"""`digits read`: what it prints and how it ends."""

import csv
import io
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clone import Clone
from PIL import Image

from digits.cli import main
from digits.cli.read import COLUMNS, EPILOG, as_cells, as_json, as_line
from digits.cli.sources import files
from digits.data import mnist
from digits.errors import DigitsError
from digits.reading.reading import Digit, Reading, Sign


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory, mnist_raw: Path) -> Path:
    """Ten MNIST test digits as PNG files, named by index and label."""
    folder = tmp_path_factory.mktemp("pictures")
    images, labels = mnist.load(mnist_raw, "test")
    for index in range(10):
        Image.fromarray(images[index]).save(folder / f"{index}-{labels[index]}.png")
    return folder


def test_a_folder_gives_a_json_line_for_each_picture(clone: Clone, pictures: Path) -> None:
    lines = [json.loads(line) for line in clone.run("digits", "read", str(pictures), "--json").splitlines()]
    assert [Path(line["path"]).name for line in lines] == sorted(file.name for file in pictures.iterdir())
    right = 0
    for line in lines:
        (digit,) = line["digits"]
        assert {*digit} == {"digit", "confidence", "probabilities", "box", "uncertain"}
        assert line["text"] == str(digit["digit"])
        assert digit["confidence"] == max(digit["probabilities"])
        assert len(digit["probabilities"]) == 10
        assert sum(digit["probabilities"]) == pytest.approx(1, abs=1e-4)
        left, top, right_edge, bottom = digit["box"]
        assert 0 <= left < right_edge <= 28
        assert 0 <= top < bottom <= 28
        right += line["text"] == Path(line["path"]).stem[-1]
    assert right >= 9


def test_a_blank_picture_has_no_text(clone: Clone, tmp_path: Path) -> None:
    Image.new("L", (60, 60), 255).save(tmp_path / "blank.png")
    (line,) = clone.run("digits", "read", str(tmp_path / "blank.png"), "--json").splitlines()
    empty: dict[str, object] = {"turned": 0, "digits": [], "signs": [], "unread": []}
    said = {"path": str(tmp_path / "blank.png"), "text": "", "confidence": 1.0, "uncertain": False}
    assert json.loads(line) == {**said, **empty}


def digit(value: int, uncertain: bool = False) -> Digit:
    return Digit(value, 0.9, tuple([0.01] * 10), (0, 0, 9, 9), uncertain, np.zeros((28, 28), np.uint8))


def test_signs_and_unread_ink_are_objects_with_their_boxes() -> None:
    signs = (Sign(".", 0.75, (10, 8, 12, 10)),)
    reading = Reading((digit(1), digit(2, True)), "1.2", signs, ((30, 0, 40, 9),), 0.5, True)
    said = as_json("a.png", reading)
    assert {*said} == {"path", "text", "confidence", "uncertain", "turned", "digits", "signs", "unread"}
    assert (said["text"], said["confidence"]) == ("1.2", 0.5)
    assert said["signs"] == [{"sign": ".", "confidence": 0.75, "box": [10, 8, 12, 10]}]
    assert said["unread"] == [[30, 0, 40, 9]]
    assert {key for key in said if f"\n  {key}" not in EPILOG} == set()


def test_a_line_for_people_says_what_is_in_doubt() -> None:
    both = (digit(1), digit(2))
    assert as_line("a.png", Reading(both, "1\n2", confidence=0.998)) == "a.png\t1 2\t99.8%"
    left_out = Reading((digit(1), digit(2, True)), "12", unread=((30, 0, 40, 9),), confidence=0.5, uncertain=True)
    assert as_line("a.png", left_out) == "a.png\t12\t50.0%\t2 or 1?, some ink not read"
    turned = Reading((digit(1, True), digit(2, True)), "12", confidence=0.998, uncertain=True, turned=90)
    assert as_line("a.png", turned) == "a.png\t12\t99.8%\tturned 90°"
    assert as_line("a.png", Reading()) == "a.png\t(blank)"
    assert as_line("a.png", Reading(unread=((0, 0, 9, 9),))) == "a.png\t(nothing read)\tsome ink not read"


def test_an_unreadable_file_is_reported_after_and_beside_the_others(
    clone: Clone, pictures: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(next(pictures.iterdir()).read_bytes()[:60])
    output = clone.run("digits", "read", str(broken), str(next(pictures.iterdir())), "--json", status=1)
    first, second = (json.loads(line) for line in output.splitlines())
    assert first["path"] == str(broken)
    assert "broken.png" in first["error"]
    assert second["text"]


def test_nothing_but_unreadable_files_gives_an_error_each(clone: Clone, tmp_path: Path) -> None:
    Image.new("L", (1, 1)).save(tmp_path / "pixel.png")
    (tmp_path / "empty.png").touch()
    (tmp_path / "form.pdf").write_bytes(b"%PDF-1.7\n")
    (tmp_path / "letter.png").write_text("Dear reader")
    names = ("nowhere.png", "empty.png", "form.pdf", "letter.png", "pixel.png")
    output = clone.run("digits", "read", "--json", *(str(tmp_path / name) for name in names), status=1)
    lines = [json.loads(line) for line in output.splitlines()]
    assert [Path(line["path"]).name for line in lines] == [*names]
    reasons = ("does not exist", "empty file", "cut short", "not a picture", "1 x 1 pixels")
    for line, reason in zip(lines, reasons, strict=True):
        assert reason in line["error"]


def test_names_of_any_bytes_take_one_line_each(clone: Clone, pictures: Path, tmp_path: Path) -> None:
    picture = next(pictures.iterdir()).read_bytes()
    for name in (b"a\tb.png", b"c\nd.png", b"e\xff.png"):
        (tmp_path / os.fsdecode(name)).write_bytes(picture)
    lines = clone.run("digits", "read", str(tmp_path)).splitlines()
    assert [Path(line.split("\t")[0]).name for line in lines] == [r"a\tb.png", r"c\nd.png", r"e\xff.png"]
    objects = [json.loads(line) for line in clone.run("digits", "read", str(tmp_path), "--json").splitlines()]
    assert all(Path(each["path"]).read_bytes() == picture for each in objects)


def test_standard_input_and_pipes_are_read(clone: Clone, pictures: Path) -> None:
    file = sorted(pictures.iterdir())[0]
    expected = clone.run("digits", "read", str(file)).split("\t")[1]
    for path in ("-", "/dev/stdin"):
        output = clone.run("sh", "-c", f"cat '{file}' | digits read {path}")
        assert output.split("\t")[:2] == [path, expected]


def test_every_page_of_a_file_is_read(clone: Clone, pictures: Path, tmp_path: Path) -> None:
    files = sorted(pictures.iterdir())[:3]
    first, *others = [Image.open(file) for file in files]
    first.save(tmp_path / "scan.tif", save_all=True, append_images=others)
    first.save(tmp_path / "film.gif", save_all=True, append_images=others)
    alone = [json.loads(line) for line in clone.run("digits", "read", "--json", *map(str, files)).splitlines()]
    for name in ("scan.tif", "film.gif"):
        path = str(tmp_path / name)
        lines = [json.loads(line) for line in clone.run("digits", "read", "--json", path).splitlines()]
        assert [(line["path"], line["page"], line["text"]) for line in lines] == [
            (path, page, one["text"]) for page, one in enumerate(alone, 1)
        ]
        assert clone.run("digits", "read", path).splitlines()[2].startswith(f"{path} page 3\t{alone[2]['text']}\t")


def test_every_page_of_a_pdf_is_read_or_those_that_are_asked_for(clone: Clone, pictures: Path, tmp_path: Path) -> None:
    pages = [Image.open(file).resize((1400, 1400)) for file in sorted(pictures.iterdir())[:3]]
    pages[0].save(tmp_path / "scan.pdf", save_all=True, append_images=pages[1:])
    path = str(tmp_path / "scan.pdf")

    def read(*options: str, status: int = 0) -> list[dict[str, Any]]:
        output = clone.run("digits", "read", "--json", *options, status=status)
        return [json.loads(line) for line in output.splitlines()]

    every = read(path)
    assert [(line["path"], line["page"]) for line in every] == [(path, 1), (path, 2), (path, 3)]
    assert read(str(tmp_path)) == every
    assert read(path, "--page", "3,1-2,2") == every
    second, error = read(path, "--page", "2,5-9", status=1)
    assert second == every[1]
    assert (error["page"], error["error"]) == (5, f"{path}: has no page 5, its last is 3; ask for another")
    piped = clone.run("sh", "-c", f"digits read --json - --page 2 < '{path}'")
    assert json.loads(piped) == {**every[1], "path": "-"}


def test_a_region_is_read_with_boxes_on_the_whole_picture(clone: Clone, pictures: Path, tmp_path: Path) -> None:
    one, two = (Image.open(file).resize((140, 140)) for file in sorted(pictures.iterdir())[:2])
    both = Image.new("L", (600, 400))
    both.paste(one, (20, 30))
    both.paste(two, (420, 230))
    both.save(tmp_path / "both.png")
    for region in ("400,200,600,400", "66.7%,50%,100%,100%"):
        (line,) = clone.run("digits", "read", "--json", str(tmp_path / "both.png"), "--region", region).splitlines()
        (digit,) = json.loads(line)["digits"]
        left, top, right, bottom = digit["box"]
        assert 420 <= left < right <= 560
        assert 230 <= top < bottom <= 370


@pytest.mark.parametrize(
    ("option", "rule"),
    [
        ("--page=0", "from 1"), ("--page=3-1", "from 1"), ("--page=1,,2", "from 1"), ("--page=", "from 1"),
        ("--region=1,2,3", "LEFT,TOP,RIGHT,BOTTOM"), ("--region=1,2,3%,4", "all in pixels or all in percent"),
        ("--region=5,5,5,9", "LEFT is to be less than RIGHT"), ("--region=0%,0%,101%,9%", "ends at 100%"),
        ("--region=", "LEFT,TOP,RIGHT,BOTTOM"),
    ],
)  # fmt: skip
def test_a_malformed_part_is_answered_with_the_rule(option: str, rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["read", "a.png", option])
    assert ended.value.code == 2
    assert rule in capsys.readouterr().err


def test_patterns_and_folders_are_the_pictures_in_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b.png", "a.JPG", "[1].png", "notes.txt", "deep/c.jpg", "deep/er/d.pdf", "deep/er/e.heic", "empty/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    everything = ["[1].png", "a.JPG", "b.png", "deep/c.jpg", "deep/er/d.pdf", "deep/er/e.heic"]
    assert files(["."]) == everything
    assert files(["*.png", "[1].png"]) == ["[1].png", "b.png", "[1].png"]  # a file of that name comes first
    assert files([f"{tmp_path}/**/*.jpg"]) == [f"{tmp_path}/deep/c.jpg"]
    assert files(["de*"]) == files(["de??/**"]) == files(["deep"]) == everything[3:]
    for pattern in ("*.tif", "nowhere/*.png", "emp*"):
        with pytest.raises(DigitsError, match=f"^{re.escape(pattern)}: matches no picture"):
            files(["b.png", pattern])
    with pytest.raises(DigitsError, match=r"^empty holds no picture"):
        files(["empty"])


def test_a_table_has_a_row_for_each_picture_also_for_one_that_fails(
    clone: Clone, pictures: Path, tmp_path: Path
) -> None:
    first, second = (Image.open(file).resize((200, 200)) for file in sorted(pictures.iterdir())[:2])
    first.save(tmp_path / "scan.tif", save_all=True, append_images=[second])
    (tmp_path / "=1+cmd.png").write_text("no picture")
    command = ["sh", "-c", f"cd '{tmp_path}' && digits read \"$@\"", "sh", "=1+cmd.png", "scan.tif"]
    objects = [json.loads(line) for line in clone.run(*command, "--json", status=1).splitlines()]
    for option, delimiter in (("--csv", ","), ("--tsv", "\t")):
        output = clone.run(*command, option, status=1)
        header, failed, *rows = csv.reader(io.StringIO(output, newline=""), delimiter=delimiter)
        assert header == [*COLUMNS]
        error = "./=1+cmd.png: not a picture that can be read; save it as PNG or JPEG"
        assert failed == ["./=1+cmd.png", "", "", "", "", "", "", error]
        for row, said in zip(rows, objects[1:], strict=True):
            told = [said["path"], said["page"], said["text"], said["confidence"]]
            told += [str(said["uncertain"]).lower(), said["turned"], len(said["unread"]), ""]
            assert row == [str(value) for value in told]
    names = [f"out{suffix}" for suffix in (".csv", ".tsv", ".jsonl", ".xlsx")]
    for name in names:
        output = clone.run(*command, "-o", name, status=1)
        assert output == "error: =1+cmd.png: not a picture that can be read; save it as PNG or JPEG\n"
    assert {file.name for file in tmp_path.iterdir()} == {"scan.tif", "=1+cmd.png", *names}
    with (tmp_path / "out.tsv").open(newline="") as file:
        assert [*csv.reader(file, delimiter="\t")] == [header, failed, *rows]
    assert [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()] == objects


def test_what_is_read_is_never_written_over(clone: Clone, pictures: Path, tmp_path: Path) -> None:
    shutil.copy(next(pictures.iterdir()), tmp_path / "a.csv")
    before = (tmp_path / "a.csv").read_bytes()
    said = clone.run("digits", "read", str(tmp_path / "a.csv"), "-o", str(tmp_path / "a.csv"), status=1)
    assert "is to be read; name another file to write" in said
    assert (tmp_path / "a.csv").read_bytes() == before


def test_text_of_several_lines_is_one_cell_and_kept_as_it_is() -> None:
    reading = Reading((digit(1), digit(2)), "=1\n-2", unread=((0, 0, 9, 9),), confidence=0.5, uncertain=True)
    cells = as_cells(as_json("-", reading))
    assert (cells["path"], cells["text"], cells["unread"]) == ("-", "=1\n-2", 1)
    assert as_cells({"path": "-", "error": "-: an empty file"}) == {"path": "-", "error": "-: an empty file"}


def test_a_model_file_that_is_none_is_named(clone: Clone, pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "no.onnx").write_bytes(b"not a model")
    picture = str(next(pictures.iterdir()))
    assert "no.onnx is no model that reads digits" in clone.run(
        "digits", "read", picture, "--model", str(tmp_path / "no.onnx"), status=1
    )
    assert "there is no such model file" in clone.run("digits", "read", picture, "--model", "missing.onnx", status=1)


def test_reading_with_a_kept_champion_imports_neither_mlflow_nor_torch(clone: Clone, pictures: Path) -> None:
    picture = str(next(pictures.iterdir()))
    clone.run("digits", "read", picture)  # fetches the champion
    script = (
        "import sys; from digits.cli import main; status = main(['read', sys.argv[1]]); "
        "assert not {'torch', 'mlflow', 'hydra', 'matplotlib'} & set(sys.modules); sys.exit(status)"
    )
    clone.run("python", "-c", script, picture)
