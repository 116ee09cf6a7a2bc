"""Stage 6 of dvc.yaml: puts the model into the MLflow registry, and makes it champion unless it is worse.

It looks every time `dvc repro` runs, for the registry lives outside the pipeline. Mostly the champion is the pipeline's
model already; that is found out before anything is imported that takes longer than the look itself.

As the last stage it also removes the checkpoints that the others have left until all is noted.
"""

import json
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digits.errors import DigitsError
from digits.files import sha256
from digits.paths import MODEL as PIPELINE_MODEL
from digits.paths import REPORTS, SETS, start_in_this_checkout
from digits.tracking import registry
from digits.tracking.store import ALIAS, MODEL
from digits.training.checkpoints import forget_ended

if TYPE_CHECKING:
    from digits.config import Config
    from digits.config.schema import Register


def is_champion(model: Path) -> bool:
    """Whether a model file is what the alias `champion` stands for; prints so."""
    champion = registry.find_champion()
    if champion is None or champion.sha256 != sha256(model):
        return False
    print(f"{MODEL} version {champion.number} is this file and the champion already: nothing to do")
    return True


def register(config: "Config") -> None:
    """Registers the model file, moves the alias `champion` to it or says why not."""
    from digits.reading.reader import Reader

    model = Path(config.model_file) if config.model_file else PIPELINE_MODEL
    challenger = Reader(model)  # no broken file is registered
    if is_champion(model):
        return

    print("asking MLflow", flush=True)
    from digits.tracking import diary, registering, runs

    sha, champion, client = sha256(model), registry.find_champion(), runs.connect()
    diary.hand_over()
    version = registering.find_version(client, sha) or add(client, model, sha)
    if champion and registering.decided(client, version, sha, champion):
        print(f"{MODEL} version {version} and the champion, version {champion.number}, were compared before: it stays")
        return
    if champion:
        good, tags = decide(challenger, champion, config.register)
    else:
        print("there was no champion")
        good, tags = True, {"decision": "champion: the first"}
    for key, value in tags.items():
        client.set_model_version_tag(MODEL, version, key, value)
    if good:
        client.set_registered_model_alias(MODEL, ALIAS, version)
        registry.fetch(registry.champion())  # while MLflow is imported anyway
    stays = "" if good or champion is None else f"; version {champion.number} stays"
    print(f"{MODEL} version {version} is {'now the champion' if good else 'not made champion'}{stays}")


def decide(challenger: Any, champion: registry.Version, knobs: "Register") -> tuple[bool, dict[str, str]]:
    """Whether the challenger is not worse than the champion on any test set and on whole numbers, and what is noted
    about it as tags."""
    from digits.evaluation.challenge import challenge
    from digits.evaluation.held_out import load_tests, load_written
    from digits.evaluation.pages import make_pages
    from digits.reading.reader import Reader

    tags: dict[str, str] = {}
    tests = load_tests(SETS)
    pages = make_pages(load_written(tests), tests["mnist"], knobs.made_pages)
    results = challenge(
        challenger, Reader(registry.fetch(champion)), tests, [page for page in pages if page.text], knobs.alpha
    )
    for name, result in results.items():
        p, alone = result.comparison.p, (result.comparison.only_first_wrong, result.comparison.only_second_wrong)
        tags |= {
            f"decision.{name}.challenger_errors": str(result.challenger),
            f"decision.{name}.champion_errors": str(result.champion),
            f"decision.{name}.p": f"{p:.4g}",
        }
        print(
            f"{name}: {result.challenger} wrong against {result.champion}, {alone[0]} and {alone[1]} of them alone, "
            f"p = {p:.3g}: {'worse' if result.worse else 'not worse'}"
        )
    worse = [name for name, result in results.items() if result.worse]
    good = not worse
    said = "champion: not worse" if good else f"refused: worse on {', '.join(worse)}"
    tags["decision.against"] = champion.sha256
    tags["decision"] = f"{said} than version {champion.number}"
    return good, tags


def add(client: Any, model: Path, sha: str) -> str:
    """Registers the model of the run that made the file, restored from the files if the store has lost it.

    Returns:
        the new version's number.

    Raises:
        DigitsError: neither a run nor the files to restore one are there.
    """
    import mlflow

    from digits.report import card
    from digits.tracking import registering, runs
    from digits.tracking.ui import page_of

    run = runs.find(client, sha)
    if run is None and not (model.parent / "history.csv").is_file():
        raise DigitsError(f"no tracked run made {model}, and its folder holds no training to restore one from")
    run = client.get_run(run.info.run_id if run else runs.restore(model.parent, sha))
    run_id, about, page = run.info.run_id, None, None
    with tempfile.TemporaryDirectory() as folder:
        text = runs.evaluated(client, run, card.TEXT, Path(folder))
        if text is None and model == PIPELINE_MODEL:  # MLflow was away then, or has lost it since
            text = REPORTS / card.TEXT
            files = [*sorted((REPORTS / "charts").glob("*.png")), text, REPORTS / card.PAGE]
            with mlflow.start_run(run_id=run_id):
                runs.log_evaluation(json.loads((REPORTS / "metrics.json").read_text()), files, REPORTS)
        if text is not None:
            artifact = f"{runs.EVALUATION}/{card.PAGE}"
            page = f"runs:/{run_id}/{artifact}"
            about = (
                f"{card.beginning(text.read_text(encoding='utf-8'))}\n[The whole model card]({page_of(run, artifact)}),"
                f" or: `digits card {run_id[:8]}`\n"
            )
    return registering.add_version(client, run, sha, about, page)


if __name__ == "__main__":
    start_in_this_checkout()
    forget_ended()
    with suppress(DigitsError, OSError):  # which the stage tells of in its own way
        if not sys.argv[1:] and is_champion(PIPELINE_MODEL):
            sys.exit()
    from digits.config import stage

    stage(register)()
