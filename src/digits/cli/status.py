"""Says how well the last evaluated model reads, on which kind of processor it was computed, who is champion and what to
do next; and if the files in git come from another kind of processor, how to get them back.
"""

import argparse
import re
import subprocess

HELP = "say what was reached and what to do next"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`digits status` takes nothing."""


def run(_: argparse.Namespace) -> int:
    """Prints a line for each."""
    import json

    from digits.paths import REPORTS, ROOT
    from digits.tracking import registry
    from digits.tracking.store import MODEL

    reached = "nothing evaluated yet"
    metrics = ROOT / REPORTS / "metrics.json"
    if metrics.is_file():
        scores = json.loads(metrics.read_text())
        reached = "   ".join(
            f"{name} {values['accuracy']:.2%} ({values['errors']} wrong)" for name, values in scores.items()
        )
    said, following = "none yet", "make repro"
    if champion := registry.find_champion():
        said = f"{MODEL} version {champion.number} (its run and the others: digits ui)"
        following = (
            "make gui opens the window; after source .venv/bin/activate: digits read PICTURE, digits ui, dvc exp run"
        )
    print(f"reached   {reached}")
    here, committed = computed_on()
    if here:
        print(f"computed  on {here}")
    print(f"champion  {said}\nnext      {following}")
    if here and committed and here != committed:
        print(
            f"in git    dvc.lock and reports/ come from another kind of processor ({committed}), which gives other "
            "last digits: git restore dvc.lock reports brings them back"
        )
    return 0


def computed_on() -> tuple[str | None, str | None]:
    """The kinds of processor that model cards name: that of the last evaluation, and the committed one.

    None for one that is not there or names none.
    """
    from digits.paths import REPORTS, ROOT

    card = ROOT / REPORTS / "card.md"
    try:
        show = ["git", "show", f"HEAD:./{REPORTS}/card.md"]
        committed = subprocess.run(show, cwd=ROOT, check=False, capture_output=True, encoding="utf-8").stdout
    except OSError:  # no git
        committed = ""
    texts = (card.read_text(encoding="utf-8") if card.is_file() else "", committed)
    here, there = (re.search(r"^\| computed on \| (.+) \|$", text, re.MULTILINE) for text in texts)
    return here and here[1], there and there[1]
