"""The windows for forms, with the made form of benchmarks/forms.py: form-new.png and form-review.png.

Needs a display and a champion.
"""

import contextlib
import json
import sys
import time
import tkinter as tk
from pathlib import Path

from PIL import Image, ImageGrab

from digits.forms.form import save
from digits.forms.table import Table, read_scans, row
from digits.ink import PageOf
from digits.paths import ROOT
from gui.forms.describe import Describe
from gui.forms.draft import Draft
from gui.forms.review import Review, Scans

sys.path.append(str(ROOT))
from benchmarks import forms

DOCS = Path(__file__).parent

_PAUSE = 1.5
"""Seconds after which nothing more changes."""


def take(window: tk.Tk, name: str) -> None:
    """Writes docs/<name>.png and closes the window."""
    end = time.monotonic() + _PAUSE
    while time.monotonic() < end:
        window.update()
    image = ImageGrab.grab((0, 0, window.winfo_width(), window.winfo_height()))
    image.quantize(256, dither=Image.Dither.NONE).save(DOCS / f"{name}.png", optimize=True)
    window.destroy()


def pictures(folder: Path) -> None:
    """Writes form-new.png and form-review.png, on the display of now, with files in a folder."""
    forms.draw_form().save(folder / "card.png")
    save(forms.form().model_copy(update={"picture": "card.png"}), folder / "card.yaml")
    window = Describe(Draft(folder / "card.yaml"))
    window.choose("customer")
    take(window.tk, "form-new")

    scans, table = [Path(f"scan-{index}.png") for index in range(12)], Path("table.jsonl")
    for index, scan in enumerate(scans):
        Image.fromarray(forms.scan(index)[0]).save(folder / scan)
    reader = Scans()
    with contextlib.chdir(folder):  # paths are shown as people have them
        found = read_scans(reader.reader, Path("card.yaml"), [PageOf(scan) for scan in scans])
        with table.open("w") as file:
            for scan, entries in zip(scans, found, strict=True):
                assert isinstance(entries, dict)
                file.write(json.dumps({"path": str(scan), **row(entries), "form": "card.yaml"}) + "\n")
        take(Review(Table(table), reader).tk, "form-review")
