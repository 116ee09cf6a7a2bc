"""Whatever goes wrong, the window says it calmly and goes on."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hand import SEVEN, Hand, picture_of

from digits.errors import DigitsError
from gui.work import log


def still_draws(hand: Hand) -> None:
    before = len(hand.drawing.strokes)
    hand.draw(SEVEN)
    hand.wait(lambda: len(hand.drawing.strokes) == before + 1)


def test_without_a_champion_it_names_the_command_and_draws(window: Callable[..., Hand]) -> None:
    hand = window()
    hand.says("No champion is registered", "make repro")
    still_draws(hand)
    hand.key("7")
    hand.says("No model reads yet", "F5")


def test_an_unreachable_registry(window: Callable[..., Hand], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    hand = window()
    hand.says("cannot be reached", "start it")
    still_draws(hand)


def test_a_broken_model_file_and_then_a_whole_one(window: Callable[..., Hand], model: Path, tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(model.read_bytes()[:1000])
    hand = window(file)
    hand.says("is no model that reads digits")
    still_draws(hand)
    shutil.copy(model, file)
    hand.key("F5")
    hand.wait(lambda: hand.readout.text)


def test_try_again_after_a_broken_model_means_that_model(hand: Hand, model: Path, tmp_path: Path) -> None:
    file = tmp_path / "second.onnx"
    file.write_bytes(b"no model")
    hand.session.reading.load(str(file))
    hand.says("is no model that reads digits")
    shutil.copy(model, file)
    hand.press("Try again")
    hand.wait(lambda: hand.session.reading.model and hand.session.reading.model.name == "second.onnx")


def test_an_unreadable_picture_leaves_the_drawing(window: Callable[..., Hand], model: Path, tmp_path: Path) -> None:
    (tmp_path / "no.png").write_text("no picture")
    hand = window(model, tmp_path / "no.png")
    hand.says("no.png")
    assert hand.drawing.picture is None
    still_draws(hand)
    hand.reads(hand.readout.text)


def test_a_clipboard_without_a_picture(hand: Hand) -> None:
    subprocess.run(["xclip", "-selection", "clipboard"], input=b"just words", check=True)
    hand.key("ctrl+v")
    hand.says("holds no picture")
    still_draws(hand)


def test_a_sample_that_cannot_be_saved_is_not_shown_as_learned(hand: Hand, root: Path) -> None:
    shutil.rmtree(root / "data")
    (root / "data").write_text("in the way")
    hand.write(SEVEN)
    hand.key("Right", "3")
    hand.says("could not be saved", "make the folder writable")
    hand.wait(lambda: not any(shown.taught for shown in hand.readout.digits))
    (root / "data").unlink()
    still_draws(hand)


def test_a_digit_of_a_picture_that_is_too_small_is_put_right_but_not_taught(hand: Hand) -> None:
    hand.session.show_picture(lambda: picture_of(SEVEN))
    hand.wait(lambda: hand.readout.digits and hand.session.reading.is_current)
    (shown,) = hand.readout.digits
    left, top = shown.box[:2]
    hand.session.reading.readout = replace(hand.readout, digits=(replace(shown, box=(left, top, left + 5, top + 6)),))
    hand.key("Right", "3")
    hand.says("Put right", "smaller than 8 pixels")
    assert not hand.drawing.lessons
    assert [said.digit for said in hand.drawing.corrections] == [3]


def test_what_nobody_expected_is_a_message_that_names_the_file_with_the_traceback(hand: Hand) -> None:
    def stumble() -> None:
        raise RuntimeError("a slip")

    places: list[Callable[[Callable[[], None]], object]] = [
        partial(hand.window.tk.after, 1),
        hand.session.errands.submit,
    ]
    for number, has_done in enumerate(places, 1):
        has_done(stumble)
        hand.says("a slip", "Your drawing is safe", str(log.path()))
        assert log.path().read_text().count("in stumble\n") == number
        hand.session.say("")
    still_draws(hand)


def test_a_training_that_fails_says_why(hand: Hand) -> None:
    hand.session.training.start()  # the project of this test is no DVC repository
    hand.says("The training stopped", "dvc repro")
    still_draws(hand)


def test_a_screen_that_is_not_there_is_said_in_one_line(home: Path) -> None:
    from gui.window import run

    os.environ["DISPLAY"] = ":98765"  # put back by `home`
    with pytest.raises(DigitsError, match="needs a screen"):
        run()
