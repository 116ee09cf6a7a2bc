"""Three lines: how well the last evaluated model reads, who is champion, what to do next."""

import argparse

HELP = "say what was reached and what to do next"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`digits status` takes nothing."""


def run(_: argparse.Namespace) -> int:
    """Prints three lines."""
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
    print(f"reached   {reached}\nchampion  {said}\nnext      {following}")
    return 0
