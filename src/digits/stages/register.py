"""Stage 5 of dvc.yaml: puts the model into the MLflow registry, and makes it champion unless it is worse.

It looks every time `dvc repro` runs, for the registry lives outside the pipeline; when the champion is the
pipeline's model already, that takes a moment and changes nothing.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from digits.config import Config, stage
from digits.errors import DigitsError
from digits.evaluation import scores
from digits.evaluation.held_out import load_tests, read_tests
from digits.files import sha256
from digits.paths import MODEL as PIPELINE_MODEL
from digits.paths import REPORTS, SETS
from digits.reading.reader import Reader
from digits.report import card
from digits.tracking import registry
from digits.tracking.store import ALIAS, CARD_TAG, MODEL, SHA_TAG


def decide(challenger: Reader, champion: Reader, alpha: float) -> tuple[bool, dict[str, str], list[str]]:
    """Whether the challenger is at least as good as the champion on the test images.

    It is worse if on any test set it errs more often and McNemar's exact p is below `alpha`.

    Returns:
        the answer; errors of both and p of every set, as tags; the same as lines for people.
    """
    tests = load_tests(SETS)
    ours, theirs = read_tests(challenger, tests), read_tests(champion, tests)
    good, tags, lines = True, dict[str, str](), list[str]()
    for name, (digits, probabilities) in ours.items():
        first, second = probabilities.argmax(axis=1), theirs[name][1].argmax(axis=1)
        result = scores.compare(first, second, digits.labels)
        errors = {"challenger": int((first != digits.labels).sum()), "champion": int((second != digits.labels).sum())}
        worse = errors["challenger"] > errors["champion"] and result.p < alpha
        good = good and not worse
        tags |= {f"decision.{name}.{who}_errors": str(count) for who, count in errors.items()}
        tags[f"decision.{name}.p"] = f"{result.p:.4g}"
        lines.append(
            f"{name}: {errors['challenger']} wrong against {errors['champion']}, {result.only_first_wrong} and "
            f"{result.only_second_wrong} of them alone, p = {result.p:.3g}: {'worse' if worse else 'not worse'}"
        )
    return good, tags, lines


@stage
def main(config: Config) -> None:
    """Registers the model file, moves the alias `champion` to it or says why not."""
    model = Path(config.model_file) if config.model_file else PIPELINE_MODEL
    challenger = Reader(model)
    sha = sha256(model)
    champion = registry.find_champion()
    if champion is not None and champion.sha256 == sha:
        print(f"{MODEL} version {champion.number} is this file and the champion already: nothing to do")
        return

    print("asking MLflow", flush=True)
    from digits.tracking import runs

    client = runs.connect()
    version = find_version(client, sha) or register(client, model, sha)
    if champion is None:
        tags, lines = {"decision": "champion: the first"}, ["there was no champion"]
        good = True
    else:
        if decided(client, version, sha, champion):
            print(
                f"{MODEL} version {version} and the champion, version {champion.number}, were compared before: it stays"
            )
            return
        good, tags, lines = decide(challenger, Reader(registry.fetch(champion)), config.register.alpha)
        tags["decision.against"] = champion.sha256
        tags["decision"] = f"{'champion: not worse' if good else 'refused: worse'} than version {champion.number}"
    for key, value in tags.items():
        client.set_model_version_tag(MODEL, version, key, value)
    if good:
        client.set_registered_model_alias(MODEL, ALIAS, version)
        registry.fetch(registry.champion())  # while MLflow is imported anyway
    for line in lines:
        print(line)
    print(
        f"{MODEL} version {version} is {'now the champion' if good else 'not made champion'}"
        + ("" if good or champion is None else f"; version {champion.number} stays")
    )


def decided(client: Any, version: str, sha: str, champion: registry.Version) -> bool:
    """Whether these two files were compared before, as challenger and champion or the other way round."""
    tags = [client.get_model_version(MODEL, number).tags for number in (version, champion.number)]
    return tags[0].get("decision.against") == champion.sha256 or tags[1].get("decision.against") == sha


def find_version(client: Any, sha: str) -> str | None:
    """The number of the registered version whose file has this SHA-256, or None."""
    found = client.search_model_versions(f"name = '{MODEL}' and tags.`{SHA_TAG}` = '{sha}'")
    return str(found[0].version) if found else None


def register(client: Any, model: Path, sha: str) -> str:
    """Registers the model of the run that made the file, restored from the files if the store has lost it.

    Returns:
        the new version's number.

    Raises:
        DigitsError: neither a run nor the files to restore one are there.
    """
    import mlflow
    from mlflow.exceptions import MlflowException

    from digits.tracking import runs

    run = runs.find(client, sha)
    if run is None and not (model.parent / "history.csv").is_file():
        raise DigitsError(f"no tracked run made {model}, and its folder holds no training to restore one from")
    run_id = run.info.run_id if run else runs.restore(model.parent, sha)
    if run is None and model == PIPELINE_MODEL:
        with mlflow.start_run(run_id=run_id):
            files = [*sorted((REPORTS / "charts").glob("*.png")), REPORTS / card.TEXT, REPORTS / card.PAGE]
            runs.log_evaluation(json.loads((REPORTS / "metrics.json").read_text()), files, REPORTS)
    try:
        client.create_registered_model(
            MODEL, description="Reads handwritten digits; the alias champion is what is served."
        )
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    run = client.get_run(run_id)
    (logged,) = run.outputs.model_outputs
    source = f"models:/{logged.model_id}"
    about, card_tags = introduced(client, run)
    version = client.create_model_version(
        MODEL, source, run_id, tags={SHA_TAG: sha} | card_tags, description=about, model_id=logged.model_id
    )
    return str(version.version)


def introduced(client: Any, run: Any) -> tuple[str | None, dict[str, str]]:
    """How a version presents itself: the beginning of its run's model card with a link to the page, and the tag that
    names the page. Nothing, where the run was not evaluated."""
    from digits.tracking import runs
    from digits.tracking.ui import page_of

    with tempfile.TemporaryDirectory() as folder:
        text = runs.evaluated(client, run, card.TEXT, Path(folder))
        if text is None:
            return None, {}
        beginning = card.beginning(text.read_text(encoding="utf-8"))
    page = f"{runs.EVALUATION}/{card.PAGE}"
    about = f"{beginning}\n[The whole model card]({page_of(run, page)}), or: `digits card {run.info.run_id[:8]}`\n"
    return about, {CARD_TAG: f"runs:/{run.info.run_id}/{page}"}


if __name__ == "__main__":
    main()
