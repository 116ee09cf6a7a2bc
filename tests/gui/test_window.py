"""The real window on a real screen, worked with real pointer and key events."""

import json
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from clone import Clone
from hand import ONE, PAUSE, SEVEN, Hand

from digits.reading.reader import Reader
from digits.tracking.registry import Version
from gui.views.pages.help import Help
from gui.views.pages.models import Models


def lines(hand: Hand) -> list[dict[str, object]]:
    """What was collected so far."""
    path = hand.session.lessons.samples.path
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_it_reads_what_is_drawn_and_says_so_in_the_title(hand: Hand, model: Path) -> None:
    assert hand.window.tk.title() == "Digits"
    hand.draw(SEVEN)
    (stroke,) = hand.drawing.strokes
    assert len(stroke.points) > 2
    hand.reads(Reader(model).read([stroke.points]).text)


def test_it_reads_while_the_pen_is_still_down(hand: Hand) -> None:
    command: list[object] = ["mousemove", *hand.place(SEVEN[0]), "mousedown", 1]
    for point in SEVEN[1:]:
        command += ["mousemove", *hand.place(point), "sleep", 0.05]
    hand.do(*command)
    hand.wait(lambda: hand.readout.digits)
    assert hand.session.sheet.line
    hand.do("mouseup", 1)


def test_a_busy_window_gets_every_move_of_the_pointer(hand: Hand) -> None:
    hand.do("mousemove", *hand.place((50, 50)), "mousedown", 1)
    way: list[object] = []
    for step in range(1, 41):
        way += ["mousemove", *hand.place((50 + 5 * step, 50)), "sleep", PAUSE]
    subprocess.run(["xdotool", *map(str, way)], check=True)  # and nobody looks at the events meanwhile
    hand.window.tk.update()
    assert len(hand.session.sheet.line) == 41
    hand.do("mouseup", 1)


def test_undo_redo_and_delete(hand: Hand) -> None:
    text = hand.write(SEVEN)
    hand.key("ctrl+z")
    hand.reads("")
    hand.key("ctrl+y")
    hand.reads(text)
    hand.key("Delete")
    hand.reads("")
    hand.key("ctrl+z")
    hand.reads(text)
    hand.key("ctrl+z", "ctrl+shift+z")
    hand.reads(text)


def test_the_eraser_takes_ink_away_and_undo_brings_it_back(hand: Hand) -> None:
    hand.draw(ONE)
    hand.key("e")
    hand.draw([(380, 220), (460, 220)])
    hand.wait(lambda: len(hand.drawing.strokes) == 2)
    hand.key("ctrl+z")
    hand.wait(lambda: len(hand.drawing.strokes) == 1)


def test_the_pen_gets_wider_and_the_width_is_remembered(hand: Hand, window: Callable[..., Hand]) -> None:
    before = hand.session.settings.pen
    hand.key("bracketright", "bracketright")
    hand.wait(lambda: hand.session.settings.pen == before + 4)
    hand.window.close()
    assert window().session.settings.pen == before + 4


def test_a_correction_is_a_line_at_once_and_undo_takes_exactly_it(hand: Hand) -> None:
    others = hand.session.lessons.samples
    others.extend(['{"digit":1,"writer":"another","strokes":[[[0,0],[0,9]]]}'])
    hand.write(SEVEN)
    read = hand.readout.digits[0].digit
    right = (read + 3) % 10
    hand.click(SEVEN[4])
    hand.key(str(right))
    hand.wait(lambda: len(lines(hand)) == 2)
    sample = lines(hand)[1]
    strokes = [[[round(x, 1), round(y, 1)] for x, y in stroke.points] for stroke in hand.drawing.strokes]
    assert sample == {"digit": right, "writer": "tester", "strokes": strokes}
    hand.reads(str(right))
    assert hand.readout.digits[0].taught
    hand.key("ctrl+z")
    hand.wait(lambda: len(lines(hand)) == 1)
    hand.reads(str(read))
    hand.key("ctrl+y")
    hand.wait(lambda: len(lines(hand)) == 2)
    hand.key("Delete")
    hand.reads("")
    assert lines(hand)[0]["writer"] == "another"
    assert lines(hand)[1] == sample


def test_the_writer_is_asked_for_once(hand: Hand) -> None:
    hand.session.settings.writer = ""
    hand.write(SEVEN)
    hand.key("Right", "3")
    hand.says("Under which name?")
    hand.wait(lambda: len(lines(hand)) == 1)
    hand.key("e", "ctrl+a", "A", "n", "n", "a", "Return")
    assert hand.session.tool == "pen"
    hand.wait(lambda: [line["writer"] for line in lines(hand)] == ["Anna"])
    hand.key("4")
    hand.says("Kept as a 4")


def test_digits_typed_into_a_name_teach_nothing(hand: Hand) -> None:
    hand.write(SEVEN)
    hand.key("ctrl+w")
    hand.says("Whose handwriting")
    hand.key("3", "p", "Delete")
    hand.wait(lambda: hand.window.messages.entry.get() == "3p")
    assert lines(hand) == []
    assert hand.drawing.strokes


def test_the_number_is_copied(hand: Hand) -> None:
    hand.write(SEVEN)
    hand.key("ctrl+c")
    hand.says("Copied")
    asked = subprocess.Popen(["xclip", "-selection", "clipboard", "-o"], stdout=subprocess.PIPE, text=True)
    hand.wait(lambda: asked.poll() is not None)
    assert asked.communicate()[0] == hand.readout.text


def test_a_cleared_number_comes_back_from_the_strip(hand: Hand) -> None:
    text = hand.write(SEVEN)
    hand.key("Delete")
    hand.reads("")
    hand.wait(lambda: hand.window.strip.winfo_ismapped())
    strip = hand.window.strip
    hand.do("mousemove", strip.winfo_rootx() + 20, strip.winfo_rooty() + 20, "click", 1)
    hand.reads(text)
    hand.key("Delete", "alt+Left")
    hand.reads(text)


def test_a_small_window_still_shows_all_that_is_drawn(hand: Hand) -> None:
    text = hand.write([(x + 350, y + 250) for x, y in SEVEN])
    hand.window.tk.geometry("660x430")
    hand.wait(lambda: hand.window.sheet.winfo_width() < 420)
    hand.window.tk.update()
    (shown,) = hand.readout.digits
    box = hand.window.sheet.to_view(shown.box, 0)
    assert box[2] < hand.window.sheet.winfo_width()
    assert box[3] < hand.window.sheet.winfo_height()
    hand.draw([(20, 20), (30, 60)])
    hand.wait(lambda: len(hand.drawing.strokes) == 2)
    hand.key("ctrl+z")
    hand.reads(text)


def test_in_the_smallest_window_every_button_is_whole_and_every_page_scrolls(hand: Hand) -> None:
    tk = hand.window.tk
    tk.geometry("640x420")
    hand.wait(lambda: tk.winfo_width() == 640)
    tk.update()
    buttons = hand.buttons()
    words = {button.cget("text") for button in buttons}
    assert {"Open", "Paste", "Undo", "Why", "Train", "Keys"} < words
    for button in buttons:
        assert button.winfo_width() == button.winfo_reqwidth()
        assert button.winfo_rootx() + button.winfo_width() <= tk.winfo_rootx() + 640
    hand.key("F1")
    hand.wait(lambda: isinstance(hand.window.page, Help))
    assert hand.window.page
    tk.update()
    body = hand.window.page.body
    top = body.winfo_rooty()
    hand.key("Next")
    hand.wait(lambda: body.winfo_rooty() < top)


def test_on_a_screen_of_twice_the_density_the_pen_is_twice_as_wide(hand: Hand) -> None:
    hand.window.look.scale = 2.0
    hand.session.changed()
    hand.draw([(100, 100), (200, 100)])
    (stroke,) = hand.drawing.strokes
    assert stroke.points[-1][0] - stroke.points[0][0] == 50  # so that a pen of 12 takes 24 of the screen's pixels


def test_every_page_opens_and_closes_by_key(hand: Hand) -> None:
    hand.key("F1")
    hand.wait(lambda: isinstance(hand.window.page, Help))
    hand.key("ctrl+m")
    hand.wait(lambda: isinstance(hand.window.page, Models))
    hand.key("ctrl+t", "Escape")
    hand.wait(lambda: hand.window.page is None)
    hand.write(SEVEN)


def test_the_theme_changes_and_the_drawing_stays(hand: Hand) -> None:
    text = hand.write(SEVEN)
    light = hand.window.look.palette.window
    hand.key("ctrl+d")
    hand.wait(lambda: hand.window.look.palette.window != light)
    assert hand.window.sheet.cget("background") == hand.window.look.palette.window
    hand.reads(text)


def test_another_model_is_compared_and_then_reads(hand: Hand, model: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.onnx"
    shutil.copy(model, second)
    hand.write(SEVEN)
    hand.session.reading.compare_with(str(second))
    hand.wait(lambda: [name for name, _ in hand.session.reading.comparison] == ["model.onnx", "second.onnx"])
    hand.wait(lambda: hand.session.reading.comparison[1][1] == hand.readout.text)
    hand.key("Escape")
    hand.wait(lambda: hand.session.reading.other is None)
    hand.session.reading.load(str(second))
    hand.wait(lambda: hand.session.reading.model is not None and hand.session.reading.model.name == "second.onnx")
    hand.reads(hand.readout.text)


def test_which_ink_decides_is_shown_when_the_hand_rests(hand: Hand) -> None:
    hand.draw(SEVEN)
    hand.wait(lambda: hand.session.reading.heat is not None)
    heat = hand.session.reading.heat
    assert heat is not None
    assert heat.shape == (28, 28)
    assert heat.max() == 1
    hand.key("w")
    hand.wait(lambda: hand.session.reading.heat is None)


def test_the_models_page_shows_registered_versions(hand: Hand) -> None:
    hand.key("ctrl+m")
    hand.wait(lambda: isinstance(hand.window.page, Models))
    page = hand.window.page
    assert isinstance(page, Models)
    version = Version(
        "3", True, 1.7e9, "abc", "residual", {"decision": "champion: the first"}, {"mnist.accuracy": 0.9966}
    )
    page.show([version])
    hand.wait(lambda: "99.66%" in page.details.get("1.0", "end"))
    assert page.table.item("3")["values"][0] == "3  champion"


def test_the_run_of_a_version_opens_in_the_browser(
    hand: Hand, clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real registry, the real MLflow, and a browser that notes where it is sent."""
    noted = tmp_path / "address"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{clone.path / 'mlflow.db'}")
    monkeypatch.setenv("BROWSER", f'{sys.executable} -c \'import sys; open("{noted}", "w").write(sys.argv[1])\' %s')
    hand.key("ctrl+m")
    hand.wait(lambda: isinstance(hand.window.page, Models) and hand.window.page.table.selection(), "a version")
    page = hand.window.page
    assert isinstance(page, Models)
    hand.press("See its run")
    hand.says("MLflow is starting")
    hand.wait(lambda: noted.exists() and noted.read_text(), "the page", patience=90)
    address = noted.read_text()
    assert page.chosen
    page_of_run = rf"http://127\.0\.0\.1:\d+/#/experiments/\d+/runs/{page.chosen.run_id}\?workflowType=machine_learning"
    assert re.fullmatch(page_of_run, address)
    urllib.request.urlopen(address, timeout=30).close()
    hand.session.runs.end()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=30)
