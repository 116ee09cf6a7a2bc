"""How fast the window is: until it takes ink, until it reads, and from pen-up to the result on the screen.

python benchmarks/window.py [--model FILE]      half a minute; needs Xvfb, xdotool and a model

The window runs as its own process on a virtual screen; xdotool draws with real pointer events. Ink and title are
seen from outside: the screen's own pixels and the window's name, as a person sees them.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

OPENINGS, STROKES = 5, 200
PATIENCE = 15.0
PAUSE = 0.25
"""Seconds after which a stroke was lost, for the window was not there yet, and is drawn again."""

FIELD = (120, 120)
"""Where the strokes begin, pixels from the window's corner."""

PROBE = """
import json, sys, time
from gui.window import Window
window = Window(model=sys.argv[1] or None)
session, times, lifted = window.session, [], []
def lift():
    lifted.append(time.perf_counter())
def show():
    window.tk.update_idletasks()
    if lifted and session.sheet.drawing.strokes and session.reading.is_current and not session.sheet.line:
        times.append(time.perf_counter() - lifted[-1])
        lifted.clear()
session.on(lift, "drawn")
session.on(show, "focus")
window.tk.mainloop()
print(json.dumps(times))
"""


def xdotool(*command: object) -> str:
    """Runs xdotool; returns what it printed."""
    return subprocess.run(["xdotool", *map(str, command)], capture_output=True, text=True).stdout.strip()


def until(condition: Callable[[], bool]) -> None:
    """Waits; fails after `PATIENCE`."""
    end = time.perf_counter() + PATIENCE
    while not condition():
        if time.perf_counter() > end:
            sys.exit("error: the window did not come; does `digits gui` work on this screen?")


def line(x: int, y: int, length: int) -> list[object]:
    """A stroke downwards as xdotool's commands."""
    moves: list[object] = ["mousemove", x, y, "mousedown", 1]
    for step in range(1, 9):
        moves += ["mousemove", x + step, y + step * length // 8, "sleep", 0.004]
    return [*moves, "mouseup", 1]


def opening(model: str, cache: Path) -> tuple[float, float]:
    """Seconds from the process's start until a stroke is seen on the screen, and until the first reading stands in the
    title; each look takes some 50 ms itself."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "digits.cli", "gui", *(["--model", model] if model else [])],
        env=os.environ | {"XDG_CACHE_HOME": str(cache), "XDG_STATE_HOME": tempfile.mkdtemp(dir=cache.parent)},
    )
    window = ""

    def visible() -> bool:
        nonlocal window
        window = xdotool("search", "--onlyvisible", "--class", "Digits").partition("\n")[0]
        return bool(window)

    def inked() -> bool:
        xdotool(*line(*FIELD, 120))
        end = time.perf_counter() + PAUSE
        while time.perf_counter() < end:
            if pixel_is_dark():
                return True
        return False

    until(visible)
    until(inked)
    ink = time.perf_counter() - start
    until(lambda: xdotool("getwindowname", window) not in ("Digits", ""))
    read = time.perf_counter() - start
    xdotool("key", "ctrl+q")
    process.wait(PATIENCE)
    return ink, read


def pixel_is_dark() -> bool:
    """Whether there is ink where the stroke went."""
    x, y = FIELD[0] + 4, FIELD[1] + 60
    command = ["import", "-window", "root", "-crop", f"1x1+{x}+{y}", "-depth", "8", "gray:-"]
    content = subprocess.run(command, capture_output=True).stdout
    return bool(content) and content[0] < 128


def pen_up(model: str) -> list[float]:
    """Seconds from each pen-up to its result drawn."""
    process = subprocess.Popen([sys.executable, "-c", PROBE, model], stdout=subprocess.PIPE, text=True)
    until(lambda: bool(xdotool("search", "--onlyvisible", "--class", "Digits")))
    window = xdotool("search", "--onlyvisible", "--class", "Digits").partition("\n")[0]
    xdotool(*line(*FIELD, 120))
    until(lambda: xdotool("getwindowname", window) != "Digits")
    for number in range(STROKES):
        if number % 4 == 0:
            xdotool("key", "Delete")
        xdotool(*line(FIELD[0] + 90 * (number % 4), FIELD[1], 120 + number % 7 * 10), "sleep", 0.02)
    xdotool("key", "ctrl+q")
    times = process.communicate(timeout=PATIENCE)[0]
    return [float(value) for value in times.strip(" []\n").split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="", metavar="FILE", help="an ONNX file instead of the champion")
    arguments = parser.parse_args()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert screen.stdout is not None
    os.environ["DISPLAY"] = f":{screen.stdout.readline().strip()}"
    try:
        with tempfile.TemporaryDirectory() as name:
            os.environ |= {"XDG_CONFIG_HOME": name, "XDG_STATE_HOME": name}
            cold = [opening(arguments.model, Path(name) / str(number)) for number in range(OPENINGS)]
            kept = [opening(arguments.model, Path(name) / "0") for _ in range(OPENINGS)]
            times = sorted(pen_up(arguments.model))
    finally:
        screen.terminate()
    median = statistics.median
    print(f"takes ink after process start       {median(ink for ink, _ in cold + kept):6.2f} s")
    print(f"first reading, champion to fetch    {median(read for _, read in cold):6.2f} s")
    print(f"first reading, champion kept        {median(read for _, read in kept):6.2f} s")
    print(f"pen-up to result, median            {1000 * median(times):6.1f} ms   ({len(times)} strokes)")
    print(f"pen-up to result, 99th percentile   {1000 * times[int(0.99 * len(times))]:6.1f} ms")


if __name__ == "__main__":
    main()
