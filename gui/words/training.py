"""What is said about trainings and models: on their pages, below the panel, and at the foot when one ends."""

# --- the page of training

PAGE = "Training"
ALL_LEARNED = "Everything that you taught has been learned."
EXPECTED = "A training takes {time}, as the last one did. You can go on writing meanwhile."
EXPECTED_AT_FIRST = "A training takes {time}, on two cores. You can go on writing meanwhile."
TRAIN_NOW = "Train now"
CANCEL = "Cancel"
COPY_COMMAND = "Copy the command"
IN_TERMINAL = "The same in a terminal, in the project's folder:   {command}"


def waiting(count: int | None) -> str:
    """What there is to learn; "" for nothing. None: data/ changed otherwise than by teaching."""
    if count is None:
        return "New handwriting waits to be learned"
    if count == 1:
        return "1 digit that you taught waits to be learned"
    return f"{count} digits that you taught wait to be learned" if count else ""


# --- how far a training is

STAGES = {
    "download": "fetching digits to learn from",
    "preprocess": "preparing the digits",
    "pages": "learning to find digits on pages",
    "train": "learning to tell digits apart",
    "evaluate": "examining what was learned",
    "register": "comparing it with the model that reads now",
}
"""What each stage of dvc.yaml is at, in the order in which they run."""

STARTING = "starting"
STOPPING = "stopping; what it learned is kept"
AT = "{stage}: {progress}; {left}"
STEP = "step {number} of {count}"
ROUND = ", round {number}"
PERCENT = ", {percent} %"
LEFT = "{time} left"
IN_STATUS = "training: {text}"
DVC_IS_BUSY = "another training is running in this project"

SOON = "less than a minute"


def minutes(count: int) -> str:
    """How long it takes, up to two hours."""
    return f"about {count} minute{'s' if count > 1 else ''}"


def hours(count: int) -> str:
    """From two on."""
    return f"about {count} hours"


# --- how it ended

NOT_STARTED = "No training can be started here ({reason}): `make repro` in a terminal installs what it needs"
STOPPED = "Stopped. The next training goes on where this one was."
ANOTHER_RUNS = "Another training is running, in a second window or a terminal: wait for its end, then try again."
FAILED = "The training stopped: {last}. `{command}` in a terminal shows all of it."
DONE = "Done; looking up which model reads from now on"
DONE_UNKNOWN = "Done, but it could not be looked up which model reads from now on: Ctrl+M tries again"

# --- what came of it

NO_CHAMPION = "Trained, but no model was chosen to read: `make repro` in a terminal says why."
NOTHING_NEW = "Nothing new to learn: version {champion}, which reads now, is what this training gives."
NEW_CHAMPION = "The new model, version {champion}, reads from now on."
NOT_REGISTERED = "Version {champion} goes on reading: the new model was not registered."
REFUSED = "Version {champion} goes on reading: the new one, version {new}, is {reason}."
COMPARED_BEFORE = "Version {champion} goes on reading: the new one, version {new}, was compared with it before."
READ_WRONGLY = "Read wrongly in the tests: {sets}."
ERRORS = "{set} {errors}"
ERRORS_CHANGED = "{set} {before:.0f} → {errors}"
LEARNED_ONE = "What you taught is read correctly now."


def learned(right: int, taught: int) -> str:
    """How many of the digits that a person taught are read as they should be."""
    if right < taught:
        return f"Of {taught} digits that you taught, {right} {'is' if right == 1 else 'are'} read correctly now."
    return f"All {right} digits that you taught are read correctly now." if right > 1 else LEARNED_ONE


# --- which model reads, below the panel

LOADING = "loading the model …"
NO_MODEL = "no model reads yet"
READ_BY = "read by {model}"
READ_BY_CHAMPION = "read by {model}, champion"
VERSION = "version {number}"
SCORE = "{set} {accuracy:.2%}"

# --- the page of models

MODELS_PAGE = "Models"
READ_WITH_IT = "Read with it"
COMPARE_WITH_IT = "Compare with it"
OPEN_FILE = "Open a model file…"
COMPARE_WITH_FILE = "Compare with a file…"
SEE_RUN = "See its run"
LOOKING_UP = "Looking up which models there are …"
NO_MODELS = "There is no model yet: `make repro` in a terminal trains one, in minutes"

VERSION_COLUMN, TRAINING_COLUMN = "Version", "Training"
ACCURACY = "{accuracy:.2%}"
NOT_MEASURED = "–"
IS_CHAMPION, READS_NOW = "  champion", "  reads"

DETAILS_ACCURACY = "Accuracy"
DETAILS_RECIPE = "Recipe"
DETAILS_REGISTERED = "Registered"
DETAILS_TRAINING = "Training"
DETAILS_DECISION = "Decision"
DETAILS_RUN = "Run"
DATE = "{time:%d %b %Y, %H:%M}"
RECIPE = "{networks}, {mix}, {epochs} epochs"
RECIPE_OF_SEVERAL = "{count} × {network}"
RECIPE_BEST = " (best: {epochs})"

RUN_OPENS = "Its page opens in your browser in a moment: MLflow is starting"
RUN_NOT_OPENED = "MLflow, which shows it, cannot be started ({reason}): `digits ui` in a terminal says more"
