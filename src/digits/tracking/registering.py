"""The registry as the register stage writes it: new versions of the model, and what was decided about them."""

from typing import Any

from digits.errors import DigitsError
from digits.tracking import logged
from digits.tracking.registry import Version
from digits.tracking.store import CARD_TAG, MODEL, SHA_TAG


def find_version(client: Any, sha: str) -> str | None:
    """The number of the registered version whose file has this SHA-256, or None."""
    found = client.search_model_versions(f"name = '{MODEL}' and tags.`{SHA_TAG}` = '{sha}'")
    return str(found[0].version) if found else None


def add_version(client: Any, run: Any, sha: str, about: str | None, card: str | None) -> str:
    """Registers the model that a run logged.

    Args:
        client: of the tracking store.
        run: whose model it is.
        sha: SHA-256 of the model file.
        about: the version's description; None for none.
        card: URI of the model card's page, to be tagged with; None for none.

    Returns:
        the new version's number.

    Raises:
        DigitsError: the run has no model any more.
    """
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(
            MODEL, description="Reads handwritten digits; the alias champion is what is served."
        )
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    model = logged.model_id(client, run)
    if model is None:
        raise DigitsError(f"run {run.info.run_name} ({run.info.run_id}) has lost its model: train it again")
    tags = {SHA_TAG: sha} | ({CARD_TAG: card} if card else {})
    version = client.create_model_version(
        MODEL, f"models:/{model}", run.info.run_id, tags=tags, description=about, model_id=model
    )
    return str(version.version)


def decided(client: Any, version: str, sha: str, champion: Version) -> bool:
    """Whether these two files were compared before, as challenger and champion or the other way round."""
    tags = [client.get_model_version(MODEL, number).tags for number in (version, champion.number)]
    return tags[0].get("decision.against") == champion.sha256 or tags[1].get("decision.against") == sha
