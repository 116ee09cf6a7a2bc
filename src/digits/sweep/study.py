"""A study in its storage: prepared once, its trials claimed one by one by workers, given back when a worker dies.

All trials are put into the storage, waiting, before any worker starts. A worker claims one by changing its state, which
only one of them can, so every trial runs exactly once, however many workers there are and wherever they run. A claimed
trial bears its worker's name and a beat; where the worker is gone, the trial waits again, under the same number and
with the values it had drawn.
"""

import os
import socket
import time
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import optuna
from filelock import FileLock
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, Trial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from digits.config import Config
from digits.config.choices import build, checked
from digits.errors import DigitsError
from digits.sweep import space as spaces
from digits.sweep.space import Space, Values
from digits.tracking.store import with_driver

optuna.logging.set_verbosity(optuna.logging.WARNING)
warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)

GRACE_SECONDS = 120.0
"""Without a beat for so long, a worker on another machine counts as dead; one on this machine is looked for instead."""

_CLAIM_SECONDS = 10.0
"""How long a worker may take from claiming a trial until it has written its name."""

_BEAT_SECONDS = 10.0

_BUSY_SECONDS = 60.0
"""How long SQLite waits for another worker's write."""

FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)


class Study:
    """An Optuna study, its storage, and who may change what in it.

    Raises:
        DigitsError: sampler or pruner have a wrong setting, or the storage cannot be used; says what else to do.
    """

    def __init__(self, config: Config, space: Space) -> None:
        sweep = config.sweep
        self.sweep, self.space, self.seed = sweep, space, config.seed
        self.sampling = checked(sweep.sampler, "sweep.sampler")
        pruner = build(checked(sweep.pruner, "sweep.pruner"), config.train.epochs * sweep.checks)
        self.local = Path(sweep.storage.removeprefix("sqlite:///")) if sweep.storage.startswith("sqlite:///") else None
        if self.local:
            self.local.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self.alone():  # processes that meet an empty SQLite store at once race on its schema
                self.storage = RDBStorage(
                    with_driver(sweep.storage),
                    {"connect_args": {"timeout": _BUSY_SECONDS}} if self.local else None,
                )
                self.optuna = optuna.create_study(
                    storage=self.storage,
                    study_name=sweep.study,
                    directions=["minimize"] * len(sweep.objectives),
                    pruner=pruner,
                    load_if_exists=True,
                )
        except (SQLAlchemyError, ImportError, ValueError) as error:
            raise DigitsError(
                f"sweep.storage={_without_password(sweep.storage)} cannot be used ({error}): start it, or leave it out "
                "to keep studies in artifacts/sweeps.db"
            ) from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else claims meanwhile. PostgreSQL locks the row by itself; SQLite knows no such lock."""
        if self.local is None:
            yield
            return
        with FileLock(self.local.with_suffix(".lock")):
            yield

    def prepare(self, definition: Mapping[str, Any]) -> None:
        """Puts as many trials into the storage as the study is to have.

        Raises:
            DigitsError: the study was begun with another definition; names what differs.
        """
        with self.alone():
            begun = self.optuna.user_attrs.get("definition")
            if begun is None:
                self.optuna.set_user_attr("definition", dict(definition))
            elif differing := sorted(key for key in {*begun, *definition} if begun.get(key) != definition.get(key)):
                key = differing[0]
                raise DigitsError(
                    f"study {self.sweep.study} was begun with {key}={begun.get(key)}, not {definition.get(key)}: "
                    "go on with it as it was, or begin another with sweep.study=NAME"
                )
            present = len(self.trials())
            if self.sampling["name"] == "grid":
                for values in spaces.grid(self.space)[present : self.sweep.trials]:
                    self.optuna.enqueue_trial(values)
            else:
                for _ in range(present, self.sweep.trials):
                    self.optuna.add_trial(optuna.create_trial(state=TrialState.WAITING))

    def trials(self, *states: TrialState) -> list[FrozenTrial]:
        """The trials in these states; by default all but failed ones, which further ones make up for."""
        wanted = states or (TrialState.WAITING, TrialState.RUNNING, *FINISHED)
        return self.optuna.get_trials(deepcopy=False, states=wanted)

    def release(self) -> list[FrozenTrial]:
        """Lets the trials wait again whose worker is gone; returns them. For one process of a study at a time."""
        with self.alone():
            gone = [trial for trial in self.trials(TrialState.RUNNING) if not _alive(trial)]
            for trial in gone:
                self.give_back(trial)
        return gone

    def give_back(self, trial: FrozenTrial | Trial) -> None:
        """Lets a trial wait again, with what it has drawn; to be called `alone`."""
        self.storage.set_trial_user_attr(self._id(trial), "worker", None)
        self.storage.set_trial_state_values(self._id(trial), TrialState.WAITING)

    def claim(self) -> Trial | None:
        """The next waiting trial, for this process alone; None where none waits.

        What its sampler draws is a function of the study's seed, the trial's number and the trials before it.
        """
        with self.alone():
            for waiting in self.trials(TrialState.WAITING):
                key = self._id(waiting)
                if self.storage.set_trial_state_values(key, TrialState.RUNNING):
                    self.storage.set_trial_user_attr(key, "worker", [socket.gethostname(), os.getpid()])
                    self.storage.set_trial_user_attr(key, "beat", time.time())
                    break
            else:
                return None
        # Not study.ask(), which begins a further trial where another worker was faster.
        self.optuna.sampler = self._sampler(waiting.number)
        return Trial(self.optuna, key)

    def suggest(self, trial: Trial) -> Values:
        """The trial's values; those it had drawn before it was killed stay."""
        _ = trial.relative_params  # drawn now, from the trial's own seed, even if some values are there already

        def reseed(name: str) -> None:
            self.optuna.sampler = self._sampler(trial.number, name)

        return spaces.suggest(self.space, trial, reseed)

    def _id(self, trial: FrozenTrial | Trial) -> int:
        """The trial's key in the storage."""
        study = self.storage.get_study_id_from_name(self.sweep.study)
        return self.storage.get_trial_id_from_study_id_trial_number(study, trial.number)

    def _sampler(self, number: int, name: str = "") -> optuna.samplers.BaseSampler:
        """The sampler of a trial, or of one of its dimensions."""
        return build(self.sampling, zlib.crc32(f"{self.seed} {number} {name}".encode()))

    def best(self) -> FrozenTrial | None:
        """The completed trial with the least first objective, the second deciding between equals, and so on."""
        return min(self.trials(TrialState.COMPLETE), key=lambda trial: trial.values, default=None)


def beat(trial: Trial) -> Callable[[], None]:
    """A function to be called often while the trial runs: it says, now and then, that the worker lives."""
    last = time.monotonic()

    def say() -> None:
        nonlocal last
        if time.monotonic() - last >= _BEAT_SECONDS:
            last = time.monotonic()
            trial.set_user_attr("beat", time.time())

    return say


def _alive(trial: FrozenTrial) -> bool:
    if (worker := trial.user_attrs.get("worker")) is None:  # who claimed it has yet to write its name, or never will
        begun = trial.datetime_start
        return begun is not None and (datetime.now() - begun).total_seconds() < _CLAIM_SECONDS
    if time.time() - trial.user_attrs.get("beat", 0) > GRACE_SECONDS:
        return False
    host, process = worker
    if host != socket.gethostname() or process == os.getpid():
        return host != socket.gethostname()
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _without_password(url: str) -> str:
    from sqlalchemy.engine import make_url

    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return url
