"""`digits card`: a run's model card, fetched from MLflow and opened."""

import webbrowser
from pathlib import Path

from digits.errors import DigitsError
from digits.paths import CARDS, ROOT
from digits.report.card import PAGE
from digits.report.pages import typed
from digits.tracking import runs


def show(name: str, browser: bool) -> Path:
    """The page, below `CARDS`; prints where it is.

    Args:
        name: a run, as `digits.tracking.runs.named` takes it.
        browser: whether to open it, or only to fetch it.

    Raises:
        DigitsError: there is no such run, or it has no card; says what to do.
    """
    print("asking MLflow", flush=True)
    client = runs.connect()
    run = runs.named(client, name)
    folder = ROOT / CARDS / run.info.run_id[:8]
    folder.mkdir(parents=True, exist_ok=True)
    page = runs.evaluated(client, run, PAGE, folder)
    if page is None:
        raise DigitsError(
            f"run {run.info.run_name} ({run.info.run_id}) has no model card: it was not evaluated, which "
            "python -m digits.stages.evaluate model_file=… does"
        )
    print(f"model card: {typed(page)}")
    if browser and not webbrowser.open(page.as_uri()):
        print("no browser could be opened: open this file yourself")
    return page
