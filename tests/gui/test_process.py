"""The window as people start it: its own process, its own name, and nothing heavy in it."""

import subprocess
import sys
import time
from pathlib import Path

from hand import PATIENCE, ROOT, environment


def title(window: str) -> str:
    return subprocess.run(["xdotool", "getwindowname", window], capture_output=True, text=True).stdout.strip()


def test_it_opens_reads_a_picture_and_closes(home: Path, model: Path) -> None:
    from PIL import Image

    from digits.ink import draw
    from digits.reading.reader import Reader

    ink = draw([[(0, 0), (60, 0), (20, 120)]], pen=12)
    Image.fromarray((255 * (1 - ink)).astype("uint8")).save(home / "seven.png")
    expected = f"{Reader(model).read(home / 'seven.png').text} · Digits"
    command = [sys.executable, "-m", "digits.cli", "gui", str(home / "seven.png"), "--model", str(model)]
    process = subprocess.Popen(command, env=environment(), cwd=home)
    try:
        search = ["xdotool", "search", "--sync", "--onlyvisible", "--class", "Digits"]
        found = subprocess.run(search, capture_output=True, text=True, timeout=PATIENCE)
        window = found.stdout.split()[0]
        end = time.monotonic() + PATIENCE
        while title(window) != expected:
            assert time.monotonic() < end, title(window)
        subprocess.run(["xdotool", "mousemove", "300", "300", "key", "ctrl+q"], check=True)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()


PROGRAM = """
import sys, time
from gui.window import Window
window = Window(model=sys.argv[1])
early = {name.partition('.')[0] for name in sys.modules}
end, session, reading = time.monotonic() + 30, window.session, window.session.reading
session.sheet.begin((100, 100), 9); session.sheet.extend((100, 200)); session.sheet.end()
while reading.heat is None and time.monotonic() < end:
    window.tk.update()
late = {name.partition('.')[0] for name in sys.modules}
print(*sorted({'numpy', 'onnxruntime', 'torch', 'mlflow', 'digits'} & early), '|')
print(*sorted({'torch', 'mlflow'} & late), reading.readout.text)
window.close()
"""


def test_nothing_heavy_before_the_first_paint_and_no_torch_ever(home: Path, model: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(model)], env=environment(), capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    early, late = done.stdout.split("|")
    assert early.split() == ["digits"]
    assert "torch" not in late
    assert "mlflow" not in late
    assert late.strip(), "it read nothing"
