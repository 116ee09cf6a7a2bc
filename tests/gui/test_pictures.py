"""Pictures in the real window: opened, pasted, dropped, read as a whole and in part."""

import io
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from hand import ONE, SEVEN, Hand, picture_of
from PIL import Image

from digits.reading.reader import Reader
from gui.work import log


def test_a_picture_from_the_command_line_is_read(window: Callable[..., Hand], model: Path, tmp_path: Path) -> None:
    picture = picture_of(SEVEN)
    picture.save(tmp_path / "seven.png")
    hand = window(model, tmp_path / "seven.png")
    hand.reads(Reader(model).read(picture).text)
    hand.key("ctrl+l")
    hand.reads("")
    hand.key("ctrl+z")
    hand.reads(Reader(model).read(picture).text)


def test_of_a_new_picture_nothing_stands_that_was_read_before(hand: Hand, tmp_path: Path) -> None:
    hand.write(SEVEN)
    reading, slow = hand.session.reading, threading.Event()
    hand.session.worker.submit(slow.wait)
    try:
        picture_of(ONE).save(tmp_path / "one.png")
        hand.session.open_picture(tmp_path / "one.png")
        hand.reads("")
        assert hand.drawing.picture is not None
        assert not reading.readout.digits
        assert reading.why_nothing == "Reading …"
        hand.key("ctrl+c")
        hand.says("Reading …")
    finally:
        slow.set()
    hand.wait(lambda: reading.is_current)


def test_the_first_page_of_a_pdf_is_read(window: Callable[..., Hand], model: Path, tmp_path: Path) -> None:
    first, second = (picture_of(digit).resize((1500, 1300)) for digit in (SEVEN, ONE))
    first.save(tmp_path / "scan.pdf", save_all=True, append_images=[second])
    hand = window(model, tmp_path / "scan.pdf")
    hand.reads(Reader(model).read(first).text)
    assert hand.drawing.picture is not None
    assert hand.drawing.picture.size == first.size


def test_only_the_selected_part_of_a_picture_is_read(window: Callable[..., Hand], model: Path, tmp_path: Path) -> None:
    form = Image.new("L", (600, 260), "white")
    form.paste(picture_of(ONE), (0, 0))
    form.paste(picture_of(SEVEN), (300, 0))
    form.save(tmp_path / "form.png")
    hand = window(model, tmp_path / "form.png")
    hand.wait(lambda: hand.readout.digits)
    view = hand.window.sheet
    left, top, right, bottom = view.to_view((310, 10, 590, 250), 0)
    hand.draw([(left, top), ((left + right) / 2, bottom), (right, bottom)])
    hand.wait(lambda: hand.drawing.selection is not None)
    selection = hand.drawing.selection
    assert selection is not None
    hand.reads(Reader(model).read(form.crop(selection)).text)
    hand.wait(lambda: all(shown.box[0] >= 300 and shown.box[2] <= 600 for shown in hand.readout.digits))
    hand.key("Escape")
    hand.wait(lambda: hand.drawing.selection is None)


def test_a_drag_over_a_picture_that_goes_meanwhile_selects_nothing(
    window: Callable[..., Hand], model: Path, tmp_path: Path
) -> None:
    picture_of(SEVEN).save(tmp_path / "seven.png")
    hand = window(model, tmp_path / "seven.png")
    hand.wait(lambda: hand.drawing.picture is not None)
    sheet = hand.window.sheet
    sheet.event_generate("<ButtonPress-1>", x=200, y=200)
    sheet.event_generate("<B1-Motion>", x=400, y=400)
    hand.session.clear()
    sheet.event_generate("<ButtonRelease-1>", x=400, y=400)
    hand.reads("")
    assert hand.drawing.selection is None
    assert not log.path().exists()


def on_the_clipboard(content: bytes, kind: str) -> None:
    subprocess.run(["xclip", "-selection", "clipboard", "-t", kind], input=content, check=True)


def test_a_large_picture_is_pasted_bit_by_bit_the_same(hand: Hand) -> None:
    # Larger than one answer of the X server may be: noise does not compress.
    picture = Image.effect_noise((900, 700), 80).convert("RGB")
    content = io.BytesIO()
    picture.save(content, "PNG")
    on_the_clipboard(content.getvalue(), "image/png")
    hand.key("ctrl+v")
    hand.wait(lambda: hand.drawing.picture is not None)
    assert hand.drawing.picture.tobytes() == picture.tobytes()


def test_a_path_is_pasted_as_text_and_as_address(hand: Hand, tmp_path: Path) -> None:
    file = tmp_path / "a seven, größer.png"
    picture_of(SEVEN).save(file)
    for content, kind in ((file.as_uri() + "\r\n", "text/uri-list"), (str(file), "UTF8_STRING")):
        on_the_clipboard(content.encode(), kind)
        hand.key("ctrl+v")
        hand.wait(lambda: hand.drawing.picture is not None)
        hand.key("Delete")
        hand.reads("")


def test_dropped_pictures_are_opened(hand: Hand, tmp_path: Path) -> None:
    file = tmp_path / "a strange name.png"
    picture_of(SEVEN).save(file)
    hand.wait(lambda: hand.window.drops is not None)
    assert hand.window.drops, "tkdnd could not be loaded"
    # What tkdnd calls at the end of a drag; the drag itself needs a file manager.
    tcl = hand.window.tk.tk
    script = str(tcl.call("bind", hand.window.sheet, "<<Drop>>"))
    tcl.call("set", "dropped", tcl.eval(f"list {{{file}}}"))
    tcl.eval(script.replace("%D", "$dropped"))
    hand.wait(lambda: hand.drawing.picture is not None)
