"""A worker of a study: it claims trial after trial and trains each as the train stage does, judged on validation alone.

Every trial is an MLflow run below the study's. None exports a model: that costs as much as a third of a short
training, and `digits sweep --best` has the pipeline train the winner anyway.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any

import optuna
import pytorch_lightning as pl
import torch
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig
from optuna.trial import Trial, TrialState
from typing_extensions import override

from digits.config import Config, compose
from digits.config.choices import build
from digits.config.composition import to_config
from digits.errors import DigitsError
from digits.paths import ROOT
from digits.sweep import space as spaces
from digits.sweep.study import Study, beat
from digits.tracking import runs
from digits.tracking.diary import Diary
from digits.tracking.training_run import tracked
from digits.training import hardware
from digits.training.checkpoints import resumable
from digits.training.classifier import DigitClassifier
from digits.training.datamodule import VALIDATION, BatchTable, DigitsDataModule, parts
from digits.training.fit import fit
from digits.training.networks import multiply_adds
from digits.training.recipe import recipe
from digits.training.recorder import Recorder, Row
from digits.training.session import Session

_CHUNK = 500
"""Images validated at once."""


def work(composed: DictConfig) -> None:
    """Runs trials until none waits: what Hydra's launchers start, here or on other machines."""
    os.chdir(ROOT)
    overrides = list(HydraConfig.get().overrides.task)
    config = to_config(composed)
    runs.connect()
    study = Study(config, spaces.searched(config, overrides))
    while trial := study.claim():
        try:
            run(study, trial, overrides)
        except DigitsError:  # a store that is away, or held for too long, is not the trial's fault
            with study.alone():
                study.give_back(trial)
            raise
        except Exception:
            study.optuna.tell(trial, state=TrialState.FAIL)
            raise


def run(study: Study, trial: Trial, overrides: Sequence[str]) -> None:
    """Trains what the trial proposes, and tells its objectives, or that it was pruned."""
    import mlflow

    values = study.suggest(trial)
    config = compose([*overrides, *spaces.as_overrides(study.space, values)])
    session = Session(config)
    name = f"trial {trial.number}  {spaces.short(study.space, values)}"
    tags = {
        "mlflow.parentRunId": study.optuna.user_attrs["run_id"],
        "sweep.study": study.sweep.study,
        "sweep.trial": str(trial.number),
    }
    begun = runs.find_tagged(mlflow.MlflowClient(), tags)
    tags |= hardware.describe(config.trainer) | {"pipeline": "false"}
    with (
        resumable(session.checkpoints) as folder,
        tracked(folder, name, recipe(config), session.purposes, tags, begun) as diary,
    ):
        recorder = Recorder(diary.epoch)
        try:
            callbacks = [Checks(study.sweep.checks, judge(trial, config, diary)), Beat(trial)]
            fit(config, session.datamodule, session.precision, recorder, folder, callbacks)
        except optuna.TrialPruned:
            diary.tags({"sweep.state": "pruned"})
            diary.end("KILLED")
            study.optuna.tell(trial, state=TrialState.PRUNED)
            return
        row = recorder.history[recorder.best_epoch]
        results = objectives(config, row)
        figures = {f"objective/{name}": value for name, value in results.items()}
        diary.metrics({**figures, "train_seconds": recorder.seconds})
        diary.tags({"sweep.state": "complete"})
        diary.end()
        trial.set_user_attr("validation", row)
        study.optuna.tell(trial, [results[name] for name in study.sweep.objectives])


def objectives(config: Config, row: Row) -> dict[str, float]:
    """What a trial may be judged by, from the validation figures of the weights it keeps."""
    own = parts(config.mix)
    return {
        "error": row["validation/error"],
        "nll": sum(row[f"validation/{name}_nll"] for name in own) / len(own),
        "multiply_adds": float(multiply_adds(build(config.model)) * len(config.train.views)),
    }


def judge(trial: Trial, config: Config, diary: Diary) -> Callable[[int, float], None]:
    """A function of a check, counted from 1, and its validation error; it raises TrialPruned for a hopeless trial."""
    last = config.train.epochs * config.sweep.checks
    known = trial.study.get_trials(deepcopy=False)[trial.number].intermediate_values
    single = len(config.sweep.objectives) == 1

    def check(step: int, error: float) -> None:
        diary.metrics({"check/error": error}, step)
        if not single:  # Optuna ranks unfinished trials by one objective only
            return
        if step not in known:  # a trial that goes on after a kill has told its first checks
            trial.report(error, step)
        if step < last and trial.should_prune():
            raise optuna.TrialPruned

    return check


class Checks(pl.Callback):
    """Measures the validation error at `per_epoch` evenly spaced points of every epoch, the last being its end.

    Lightning's own val_check_interval draws random numbers on the way, after which a trial would no longer train to the
    same bits as its recipe does outside a study.
    """

    def __init__(self, per_epoch: int, judge: Callable[[int, float], None]) -> None:
        self.per_epoch, self.judge = per_epoch, judge

    @override
    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        batches = int(trainer.num_training_batches)
        point, before = ((batch_idx + after) * self.per_epoch // batches for after in (1, 0))
        if before < point < self.per_epoch:
            assert isinstance(pl_module, DigitClassifier)
            self.judge(trainer.current_epoch * self.per_epoch + point, validation_error(trainer, pl_module))

    @override
    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self.judge((trainer.current_epoch + 1) * self.per_epoch, float(trainer.callback_metrics["validation/error"]))


@torch.no_grad()
def validation_error(trainer: pl.Trainer, classifier: DigitClassifier) -> float:
    """The fraction of validation images, of the sets it trains on, that the served network misreads now."""
    datamodule: Any = trainer.datamodule  # type: ignore[attr-defined]
    assert isinstance(datamodule, DigitsDataModule)
    network, training = classifier.served, classifier.served.training
    network.eval()
    wrong, total = 0, 0
    for name, digits in zip(VALIDATION, datamodule.validation, strict=True):
        if name not in parts(classifier.config.mix):
            continue
        table = BatchTable(digits)
        for chosen in torch.arange(len(table)).split(_CHUNK):
            images, labels = table[chosen]
            with trainer.precision_plugin.val_step_context():
                read = classifier.read(images.to(classifier.device)).argmax(1)
            wrong, total = wrong + int((read.cpu() != labels).sum()), total + len(labels)
    network.train(training)
    return wrong / total


class Beat(pl.Callback):
    """Records after a batch, now and then, that the trial's worker is alive."""

    def __init__(self, trial: Trial) -> None:
        self.say = beat(trial)

    @override
    def on_train_batch_end(self, *_: Any) -> None:
        self.say()
