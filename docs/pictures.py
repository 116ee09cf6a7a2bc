"""Every picture of docs/, made anew from the real thing after `make repro`: `make pictures`.

    python docs/pictures.py [NAME…]      only some of them: window, card, compare, mlflow, study, labels, sheets

What a picture needs and is not there yet is made first, in minutes each: a quick run to compare with, the study of
`sweep=quick`, the full evaluation. Needs Chromium, Xvfb and xdotool, which `make tools` installs.
"""

import argparse
import io
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import browser
import optuna
import screenshots
from PIL import Image
from playwright.sync_api import Page

from digits.charts import study, style
from digits.paths import REPORTS, ROOT, SETS

DOCS = Path(__file__).parent

COLOURS = 128
"""Enough for flat pages, and a file that a page loads at once."""

FAILURES = """
header, nav, footer, section:not(#where-it-fails, #when-pictures-get-worse),
section > :not(h2, h2 + p, #errors, #robustness) { display: none }
"""
"""A style of the model card that leaves the pictures of what is read wrong."""

QUICK = "residual-w16 mnist_pen 2ep seed1 experiment=quick"
"""The run that the champion is compared with."""

STUDY = "quick_sweep"

FULL = Path("artifacts/evaluation/full")


def run(*command: str, check: bool = True) -> str:
    """What one of our programs prints; a failure ends this one unless `check` is False."""
    print("+", *command, flush=True)
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode and check:
        sys.exit(f"error: {' '.join(command)} ended with status {done.returncode}")
    return "" if done.returncode else done.stdout


def keep(picture: Image.Image, name: str) -> None:
    """Writes docs/<name>.png."""
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(DOCS / f"{name}.png", optimize=True)


def picture(page: Page) -> Image.Image:
    """What a page shows, once it has settled."""
    page.wait_for_timeout(500)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def card() -> None:
    """The beginning of the model card in light colours, and in dark ones where it fails."""
    width, height = 1080, 1350
    both = Image.new("RGB", (2 * width, height))
    with browser.page(width, height) as page:
        page.goto((ROOT / REPORTS / "card.html").as_uri())
        both.paste(picture(page), (0, 0))
        page.emulate_media(color_scheme="dark")
        page.evaluate("style => document.querySelector('style').append(style)", FAILURES)
        both.paste(picture(page), (width, 0))
    keep(both, "card")


def compare() -> None:
    """The champion beside a quick run."""
    said = run("digits", "compare", "champion", QUICK, check=False)
    if not said:
        trained = run(sys.executable, "-m", "digits.stages.train", "experiment=quick")
        made = re.search(r"model_file=\S+", trained)
        assert made
        run(sys.executable, "-m", "digits.stages.evaluate", made[0])
        said = run("digits", "compare", "champion", QUICK)
    made = re.search(r"^page +(\S+)$", said, re.MULTILINE)
    assert made
    with browser.page(1220, 1338) as page:
        page.goto((ROOT / made[1]).as_uri())
        keep(picture(page), "compare")


@contextmanager
def mlflow(width: int, height: int, *of: str) -> Iterator[Page]:
    """What `digits ui` opens, of all runs or of one, without what MLflow puts around it on a first visit."""
    command = ["digits", "ui", *of, "--no-browser"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        address = next((line.split()[1] for line in server.stdout if line.startswith("MLflow: ")), None)
        if address is None:
            sys.exit("error: digits ui does not start")
        with browser.page(width, height) as page:
            page.goto(address)
            for label in ("Close", "Toggle sidebar", *(() if of else ("Hide banner",))):
                page.locator(f"[aria-label='{label}']").first.click()
            yield page
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def mlflow_runs() -> None:
    """The list of runs with the columns that matter."""
    with mlflow(1600, 520) as page:
        page.get_by_role("row").nth(2).wait_for()
        keep(picture(page), "mlflow")


def mlflow_study() -> None:
    """A study's page in MLflow, and two of the plots that it keeps."""
    run("digits", "sweep", "sweep=quick")  # which returns at once where the study is complete
    found = optuna.load_study(study_name=STUDY, storage=f"sqlite:///{ROOT}/artifacts/sweeps.db")
    with mlflow(760, 590, STUDY) as page:
        page.get_by_text("Child runs").first.wait_for()
        left = picture(page)
    both = Image.new("RGB", (left.width + 540, left.height), "white")
    both.paste(left, (0, 0))
    for place, name in enumerate(("history-error", "importance-error")):
        file = DOCS / f".{name}.png"
        style.save(study.figures(found, ["error"])[name], file)
        plot = Image.open(file).convert("RGB")
        file.unlink()
        plot.thumbnail((530, left.height // 2))
        both.paste(plot, (left.width + 5, place * left.height // 2))
    keep(both, "study")


def labels() -> None:
    """The training labels that a full evaluation finds most suspicious."""
    made = ROOT / FULL / "charts" / "labels.png"
    if not made.is_file():
        run(sys.executable, "-m", "digits.stages.evaluate", "evaluate=full")
    shutil.copy(made, DOCS / "labels.png")


def sheets() -> None:
    """Training digits of both hands."""
    for name in ("mnist-train", "pen-train"):
        shutil.copy(ROOT / SETS / "sheets" / f"{name}.png", DOCS / f"{name}.png")


PICTURES = {
    "window": screenshots.pictures,
    "card": card,
    "labels": labels,
    "sheets": sheets,
    "compare": compare,
    "study": mlflow_study,
    "mlflow": mlflow_runs,
}
"""In an order in which the runs that some of them make are on the pages that show runs."""


def main() -> None:
    """Makes those that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*PICTURES, []], metavar="NAME")
    for name in parser.parse_args().names or PICTURES:
        print(name, flush=True)
        PICTURES[name]()


if __name__ == "__main__":
    main()
