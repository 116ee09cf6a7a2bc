"""`digits clean`: what nobody needs any more, shown, and removed if that is wanted.

`records` finds it in MLflow, `files` among the files, each a `Thing` that knows how it is removed; `words` shows it,
and `clean` does it. What has come to be needed by the moment at which it would go stays, so that a training, a
registration or another `digits clean` beside it does no harm.
"""

KINDS = {
    "versions": "registered versions that are neither champion nor recent",
    "runs": "runs that ended, with models and folders below artifacts/runs; a study is one",
    "deleted": "runs and models that were deleted in MLflow, which keeps them",
    "artifacts": "files in mlartifacts/ of no run or model",
    "checkpoints": "of trainings that nobody has taken up again",
    "folders": "below artifacts/runs, of runs that are gone",
    "pages": "fetched model cards, and pages of comparisons",
    "cache": "fetched model files in the user's cache",
}
"""In the order in which they are shown and removed: what leads to others goes before them."""
