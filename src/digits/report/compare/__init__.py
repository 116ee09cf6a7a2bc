"""`digits compare`: what sets runs apart, in their configs, on the test images and, for two of them, digit by digit.

`contenders` finds the runs and reads with their models, `words` says what came of it, `page` draws it.
"""

from collections.abc import Sequence
from pathlib import Path

from mlflow.exceptions import MlflowException

from digits.errors import DigitsError
from digits.evaluation.comparison import Pair
from digits.files import written_whole
from digits.paths import COMPARISONS, ROOT
from digits.report.compare import page, words
from digits.report.compare.contenders import choose, differing, read
from digits.report.pages import typed
from digits.tracking import runs


def compare(names: Sequence[str]) -> Path:
    """The page that compares the runs of these names (`runs.named`); prints its tables, and logs it to the newest run.

    One name alone is compared with the champion; no name means the champion and the newest run of another model.

    Raises:
        DigitsError: a run is unknown, has no model, or there is nothing to compare; says what to do.
    """
    print("asking MLflow", flush=True)
    client = runs.connect()
    contenders = read(choose(client, names))
    configs = differing(contenders)
    pair = Pair(*contenders) if len(contenders) == 2 else None
    print(f"\n{words.tables(contenders, configs, pair)}\n")

    path = ROOT / COMPARISONS / f"{words.file_name(contenders)}.html"
    with written_whole(path) as temporary:
        temporary.write_text(page.render(contenders, configs, pair), encoding="utf-8")
    print(f"page    {typed(path)}")
    newest = max(contenders, key=lambda contender: contender.run.info.start_time)
    try:
        client.log_artifact(newest.id, str(path), "compare")
    except (MlflowException, OSError) as error:
        raise DigitsError(f"MLflow cannot keep the page with run {newest.id} ({error})") from error
    print(f"logged  to run {newest.letter}, below compare/: digits ui shows it")
    return path
