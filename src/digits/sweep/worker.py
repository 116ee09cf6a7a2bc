"""A worker of a study: it claims trial after trial and trains each as stages/train does, judged on validation alone.

Every trial is an MLflow run below the study's. None exports a model: that costs as much as a third of a short
training, and `digits sweep --best` has the pipeline train the winner anyway.
"""

import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import optuna
import pytorch_lightning as pl
import torch
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig
from optuna.trial import Trial, TrialState

from digits.config import Config, compose, to_config
from digits.paths import CHECKPOINTS, ROOT
from digits.stages import train
from digits.sweep import space as spaces
from digits.sweep.study import Study, beat
from digits.tracking import runs
from digits.training.classifier import DigitClassifier, network_input
from digits.training.datamodule import VALIDATION, DigitsDataModule, parts
from digits.training.networks import build, multiply_adds
from digits.training.recorder import Recorder, Row

_CHUNK = 500
"""Images validated at once."""


def work(composed: DictConfig) -> None:
    """Runs trials until none waits: what Hydra's launchers start, here or on other machines."""
    os.chdir(ROOT)
    warnings.filterwarnings("ignore", module="pytorch_lightning")
    overrides = list(HydraConfig.get().overrides.task)
    config = to_config(composed)
    runs.connect()
    study = Study(config, spaces.searched(config, overrides))
    while trial := study.claim():
        try:
            run(study, trial, overrides)
        except Exception:
            study.optuna.tell(trial, state=TrialState.FAIL)
            raise


def run(study: Study, trial: Trial, overrides: Sequence[str]) -> None:
    """Trains what the trial proposes, and tells its objectives, or that it was pruned."""
    import mlflow

    values = study.suggest(trial)
    config = compose([*overrides, *spaces.as_overrides(study.space, values)])
    datamodule, context, digests, precision = train.inputs(config)
    checkpoints = CHECKPOINTS / train.fingerprint(config, precision, digests)
    name = f"trial {trial.number}  {spaces.short(study.space, values)}"
    tags = {
        "mlflow.parentRunId": study.optuna.user_attrs["run_id"],
        "sweep.study": study.sweep.study,
        "sweep.trial": str(trial.number),
    }
    with (
        train.resumable(checkpoints) as folder,
        train.tracked(config, folder, context, name, tags, runs.find_tagged(mlflow.MlflowClient(), tags)),
    ):
        recorder = Recorder(train.log_epoch)
        try:
            callbacks = [Checks(study.sweep.checks, judge(trial, config)), Beat(trial)]
            train.fit(config, datamodule, precision, recorder, folder, callbacks)
        except optuna.TrialPruned:
            mlflow.set_tag("sweep.state", "pruned")
            mlflow.end_run("KILLED")
            study.optuna.tell(trial, state=TrialState.PRUNED)
            return
        row = recorder.history[recorder.best_epoch]
        results = objectives(config, row)
        mlflow.log_metrics({f"objective/{name}": value for name, value in results.items()})
        mlflow.log_metric("train_seconds", recorder.seconds)
        mlflow.set_tag("sweep.state", "complete")
        mlflow.end_run()
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


def judge(trial: Trial, config: Config) -> Callable[[int, float], None]:
    """A function of a check, counted from 1, and its validation error; it raises TrialPruned for a hopeless trial."""
    last = config.train.epochs * config.sweep.checks
    known = trial.storage.get_trial(trial._trial_id).intermediate_values
    single = len(config.sweep.objectives) == 1

    def check(step: int, error: float) -> None:
        import mlflow

        mlflow.log_metric("check/error", error, step=step)
        if not single:  # Optuna ranks unfinished trials by one objective only
            return
        if step not in known:  # a trial that goes on after a kill has told its first checks
            trial.report(error, step)
        if step < last and trial.should_prune():
            raise optuna.TrialPruned

    return check


class Checks(pl.Callback):
    """Measures the validation error at `per_epoch` evenly spaced points of every epoch, the last being its end.

    Lightning's val_check_interval would do it too, but draws random numbers: a trial is to train to the same bits as
    the same recipe does outside a study.
    """

    def __init__(self, per_epoch: int, judge: Callable[[int, float], None]) -> None:
        self.per_epoch, self.judge = per_epoch, judge

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        batches = int(trainer.num_training_batches)
        point, before = ((batch_idx + after) * self.per_epoch // batches for after in (1, 0))
        if before < point < self.per_epoch:
            assert isinstance(pl_module, DigitClassifier)
            self.judge(trainer.current_epoch * self.per_epoch + point, validation_error(trainer, pl_module))

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self.judge((trainer.current_epoch + 1) * self.per_epoch, float(trainer.callback_metrics["validation/error"]))


@torch.no_grad()
def validation_error(trainer: pl.Trainer, classifier: DigitClassifier) -> float:
    """Part of the validation images, of the kinds it trains on, that the network to be served reads wrongly now."""
    datamodule: Any = trainer.datamodule  # type: ignore[attr-defined]
    assert isinstance(datamodule, DigitsDataModule)
    network, training = classifier.served, classifier.served.training
    network.eval()
    wrong, total = 0, 0
    for name, digits in zip(VALIDATION, datamodule.validation, strict=True):
        if name not in parts(classifier.config.mix):
            continue
        for images, labels in zip(
            *(torch.from_numpy(x).split(_CHUNK) for x in (digits.images, digits.labels)), strict=True
        ):
            inputs = network_input(images.to(classifier.device).unsqueeze(1).float() / 255)
            with trainer.precision_plugin.val_step_context():
                read = network(inputs.contiguous(memory_format=torch.channels_last)).argmax(1)
            wrong, total = wrong + int((read.cpu() != labels).sum()), total + len(labels)
    network.train(training)
    return wrong / total


class Beat(pl.Callback):
    """Says, batch after batch, that the trial's worker lives."""

    def __init__(self, trial: Trial) -> None:
        self.say = beat(trial)

    def on_train_batch_end(self, *_: Any) -> None:
        self.say()
