"""The picture of the model card for the README, taken by a browser.

python docs/card.py [--page reports/card.html] [--out docs/card.png]

Its beginning in light colours, and in dark ones where it fails. Needs Chromium.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]

WIDTH, HEIGHT = 1080, 1350
"""Of each of the two windows, pixels."""

FAILURES = """
header, nav, footer, section:not(#where-it-fails, #when-pictures-get-worse),
section > :not(h2, h2 + p, #errors, #robustness) { display: none }
"""
"""A style that leaves the pictures of what is read wrong."""

COLOURS = 128
"""Enough for flat pages, and a file that a README loads at once."""


def photograph(page: str, style: str, dark: bool) -> Image.Image:
    """What a window shows of the page with a style added."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("error: Chromium is missing: make test installs it or says how")
    with tempfile.TemporaryDirectory() as name:
        shown, taken = Path(name) / "page.html", Path(name) / "page.png"
        shown.write_text(page.replace("</style>", f"{style}</style>", 1))
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
        options += ["--disable-background-networking", f"--user-data-dir={name}/browser"]
        options += [f"--window-size={WIDTH},{HEIGHT}", "--virtual-time-budget=20000", f"--screenshot={taken}"]
        if dark:
            options.append("--blink-settings=preferredColorScheme=0")
        subprocess.run([browser, *options, shown.as_uri()], check=True, capture_output=True)
        return Image.open(taken).convert("RGB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", default=ROOT / "reports" / "card.html", type=Path, metavar="FILE")
    parser.add_argument("--out", default=ROOT / "docs" / "card.png", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    both = Image.new("RGB", (2 * WIDTH, HEIGHT))
    page = arguments.page.read_text()
    both.paste(photograph(page, "", dark=False), (0, 0))
    both.paste(photograph(page, FAILURES, dark=True), (WIDTH, 0))
    both.quantize(COLOURS, dither=Image.Dither.NONE).save(arguments.out, optimize=True)


if __name__ == "__main__":
    main()
