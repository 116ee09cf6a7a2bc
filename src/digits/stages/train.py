"""Stage 3 of dvc.yaml: trains a network with PyTorch Lightning and exports it as model.onnx.

As a stage it writes to artifacts/train. Started by hand it writes to a folder of its own below
artifacts/runs, so exploring never touches the pipeline's outputs; MLflow tracks both.

A training that was interrupted, however rudely, goes on from its last finished epoch when the same
training is started again, and ends with the same bytes as one that was not.

The trials of a search (digits.sweep.worker) are made of the same parts.
"""

import csv
import dataclasses
import hashlib
import json
import re
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytorch_lightning as pl
from filelock import FileLock, Timeout
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf
from pytorch_lightning.callbacks import ModelCheckpoint, TQDMProgressBar
from tqdm import tqdm

from digits import data, training
from digits.charts.evaluation.learning import learning
from digits.config import Config, flatten, stage
from digits.data import sets
from digits.errors import DigitsError
from digits.evaluation import scores
from digits.files import sha256, written_whole
from digits.paths import CHECKPOINTS, RUNS, SETS, TRAINED
from digits.reading.reader import Reader
from digits.tracking import runs
from digits.training import distributed, hardware
from digits.training.calibration import fit_temperature
from digits.training.classifier import DigitClassifier
from digits.training.datamodule import VALIDATION, DigitsDataModule, parts, trained_parts
from digits.training.export import Viewed, clearest, export, fit_threshold, logits_of
from digits.training.networks import build
from digits.training.recorder import Recorder, Row

_OTHER_STAGES = ("download", "preprocess", "evaluate", "register", "sweep", "out", "model_file")
"""Parts of the configuration that this stage does not read."""


def recipe(config: Config) -> dict[str, Any]:
    """The part of the configuration that decides the weights, as plain values."""
    plain = dataclasses.asdict(config)
    return {key: value for key, value in plain.items() if key not in _OTHER_STAGES}


def fingerprint(config: Config, precision: str, digests: dict[str, str]) -> str:
    """Twelve hex digits that two trainings share only if their weights would be the same: recipe, data and code."""
    code = [
        *Path(data.__path__[0]).glob("*.py"),
        *Path(training.__path__[0]).glob("*.py"),
        Path(__file__),
    ]
    everything = [recipe(config), precision, digests, {path.name: sha256(path) for path in sorted(code)}]
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()[:12]


@contextmanager
def resumable(folder: Path) -> Iterator[Path]:
    """`folder` for this process alone, after any other that trains the same; it goes when the block ends well and
    stays when it does not."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_suffix(".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f"another process trains the same recipe right now: waiting for it to end ({lock.lock_file})", flush=True)
        lock.acquire()
    with lock:
        folder.mkdir(exist_ok=True)
        yield folder
        shutil.rmtree(folder)


class Inputs(NamedTuple):
    """What a training is a function of, beside its recipe."""

    datamodule: DigitsDataModule
    context: dict[str, str]
    """Data set -> what it is for."""
    digests: dict[str, str]
    """Data set -> SHA-256 of its file."""
    precision: str


def inputs(config: Config) -> Inputs:
    """The data sets and the precision of a training.

    Raises:
        DigitsError: data or the GPU asked for are missing.
    """
    datamodule = DigitsDataModule(config, SETS)
    context = {f"{name}-train": "training" for name in trained_parts(config.mix)}
    context |= {f"{name}-validation": "validation" for name in VALIDATION}
    digests = {name: sha256(SETS / f"{name}.npz") for name in context}
    precision = hardware.precision(config.trainer)
    if config.trainer.accelerator == "gpu" and not hardware.uses_gpu(config.trainer):
        raise DigitsError("trainer.accelerator=gpu, but PyTorch finds no GPU here: trainer=auto takes what there is")
    return Inputs(datamodule, context, digests, precision)


def fit(
    config: Config,
    datamodule: DigitsDataModule,
    precision: str,
    recorder: Recorder,
    folder: Path,
    callbacks: Sequence[pl.Callback] | None = None,
) -> None:
    """Trains; the recorder then holds the best weights. Checkpoints go to `folder`, and are taken up from there.
    `callbacks` come in the place of a progress bar."""
    classifier = DigitClassifier(config)
    datamodule.config = config  # its seed, a member's own, orders the batches
    checkpoint = ModelCheckpoint(
        folder, "last", save_top_k=1, save_on_train_epoch_end=True, enable_version_counter=False, every_n_epochs=1
    )
    trainer = pl.Trainer(
        accelerator=config.trainer.accelerator,
        devices=config.trainer.devices,
        num_nodes=config.trainer.num_nodes,
        strategy=config.trainer.strategy,
        precision=precision,  # type: ignore[arg-type]
        max_epochs=config.train.epochs,
        callbacks=[
            distributed.Agreement(str(folder)),
            recorder,
            checkpoint,
            *([TQDMProgressBar(refresh_rate=10)] if callbacks is None else callbacks),
        ],
        enable_progress_bar=callbacks is None,
        logger=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        enable_model_summary=False,
        deterministic="warn",
    )
    last = folder / "last.ckpt"
    if last.exists() and trainer.is_global_zero:
        print(f"going on from the last finished epoch of an interrupted training ({last})")
    trainer.fit(classifier, datamodule, ckpt_path=last if last.exists() else None, weights_only=True)


_SEEDS_APART = 1000
"""From the seed of a member to the next one's, so that other trainings' seeds are not among them."""


def members(config: Config) -> list[Config]:
    """The recipe of each network that the file will hold: they differ in their seed."""
    seeds = [config.seed + _SEEDS_APART * number for number in range(config.train.members)]
    return [dataclasses.replace(config, seed=seed) for seed in seeds]


def finish(config: Config, recorders: Sequence[Recorder], digests: dict[str, str], out: Path) -> None:
    """Writes model.onnx, history.csv and config.yaml: functions of recipe and data, of nothing else."""
    networks = [build(config.model) for _ in recorders]
    for trained, recorder in zip(networks, recorders, strict=True):
        trained.load_state_dict(recorder.best_weights)
    network = Viewed(networks, config.train.views)
    validation = [sets.load(SETS, f"{name}-validation") for name in parts(config.mix)]
    # Equally many digits of each set, so that temperature and threshold suit pens as well as MNIST.
    fewest = min(len(digits) for digits in validation)
    chosen = [np.linspace(0, len(digits) - 1, fewest).astype(int) for digits in validation]
    images = np.concatenate([digits.images[index] for digits, index in zip(validation, chosen, strict=True)])
    labels = np.concatenate([digits.labels[index] for digits, index in zip(validation, chosen, strict=True)])
    logits = logits_of(network, images)
    temperature = fit_temperature(logits, labels)
    threshold = fit_threshold(logits, temperature)

    with written_whole(out / "history.csv") as path, path.open("w", newline="") as file:
        rows = [row for recorder in recorders for row in recorder.history]
        writer = csv.DictWriter(file, ["epoch", *rows[0]], lineterminator="\n")
        writer.writeheader()
        writer.writerows({"epoch": epoch, **row} for epoch, row in enumerate(rows, 1))
    with written_whole(out / "config.yaml") as path:
        OmegaConf.save(OmegaConf.create(recipe(config)), path)
    metadata = {
        "trained_on": digests,
        "recipe": recipe(config),
        "best_epochs": [recorder.best_epoch + 1 for recorder in recorders],
        "threshold": threshold,
        "examples": clearest(network, [sets.load(SETS, f"{name}-train") for name in parts(config.mix)]),
    }
    export(network, temperature, metadata, out / "model.onnx")


@stage
def main(config: Config) -> None:
    """Trains as conf/ says; tracked in MLflow from the first epoch on."""
    distributed.check_start(config.trainer)
    first = distributed.is_first()
    if first:
        runs.connect()
    warnings.filterwarnings("ignore", module="pytorch_lightning")
    datamodule, context, digests, precision = inputs(config)
    checkpoints = CHECKPOINTS / fingerprint(config, precision, digests)
    if not first:  # a further process of a distributed training: the first one tracks and writes
        for number, member in enumerate(members(config)):
            fit(member, datamodule, precision, Recorder(lambda epoch, row, speed: None), checkpoints / str(number))
        return

    name = runs.run_name(recipe(config), HydraConfig.get().overrides.task)
    with resumable(checkpoints) as folder, tracked(config, folder, context, name) as run_id:
        own = re.sub(r"[^\w.-]+", "-", name).strip("-")  # a name that Hydra takes on a command line as it is
        out = Path(config.out) if config.out else RUNS / f"{own}-{run_id[:6]}"

        recorders = []
        for number, member in enumerate(members(config)):

            def on_epoch(epoch: int, row: Row, speed: Row, number: int = number) -> None:
                show_epoch(config, number, epoch, row, speed)
                log_epoch(number * config.train.epochs + epoch, row, speed)

            recorders.append(Recorder(on_epoch))
            fit(member, datamodule, precision, recorders[-1], folder / str(number))
        finish(config, recorders, digests, out)
        seconds = log_results(config, recorders, out)
    best = ", ".join(str(recorder.best_epoch + 1) for recorder in recorders)
    print(f"wrote {out / 'model.onnx'}, the weights of epoch {best}; training took {seconds:.0f} s")
    if config.out is None:
        print(f"score it with: python -m digits.stages.evaluate model_file={out / 'model.onnx'}")


@contextmanager
def tracked(
    config: Config,
    folder: Path,
    context: dict[str, str],
    name: str,
    tags: Mapping[str, str] | None = None,
    begun: str | None = None,
) -> Iterator[str]:
    """The id of the MLflow run of this training: the one that `folder` remembers from before an interruption, else
    `begun`, else a new one."""
    import mlflow

    remembered = folder / "run_id"
    interrupted = remembered.read_text() if remembered.exists() else None
    if interrupted and runs.exists(interrupted):
        with mlflow.start_run(run_id=interrupted):
            yield interrupted
        return
    with mlflow.start_run(run_id=begun, run_name=name, tags=dict(tags or {})) as run:
        mlflow.log_params(flatten(recipe(config)))
        pipeline = {"pipeline": str(config.out == str(TRAINED)).lower()}
        mlflow.set_tags(hardware.describe(config.trainer) | runs.code_version() | pipeline)
        runs.log_datasets(SETS, context)
        with written_whole(remembered) as path:
            path.write_text(run.info.run_id)
        yield run.info.run_id


def show_epoch(config: Config, member: int, epoch: int, row: Row, speed: Row) -> None:
    """Prints an epoch, counted from 0 as the members are, as one line above the progress bar."""
    several = f"network {member + 1}/{config.train.members}   " if config.train.members > 1 else ""
    validation = "  ".join(f"{name} {row[f'validation/{name}_accuracy']:.2%}" for name in VALIDATION)
    tqdm.write(
        f"{several}epoch {epoch + 1:3}/{config.train.epochs}   train loss {row['train/loss']:.4f}   "
        f"validation {validation}   {speed['images_per_second']:,.0f} images/s"
    )


def log_epoch(epoch: int, row: Row, speed: Row) -> None:
    """Logs an epoch, counted from 0, to the active run."""
    import mlflow

    mlflow.log_metrics({**row, **speed}, step=epoch + 1)


def log_results(config: Config, recorders: Sequence[Recorder], out: Path) -> float:
    """Logs the model, its scores on the validation sets and its learning curves to the active run.

    Returns:
        seconds that training took.
    """
    import mlflow

    runs.log_model(out / "model.onnx", sha256(out / "model.onnx"))
    reader = Reader(out / "model.onnx")
    for name in VALIDATION:
        digits = sets.load(SETS, f"{name}-validation")
        final = scores.summary(reader.classify(digits.images), digits.labels, config.evaluate.bins)
        mlflow.log_metrics({f"final/validation_{name}_{metric}": value for metric, value in final.items()})
    seconds = sum(recorder.seconds for recorder in recorders)
    mlflow.log_metric("train_seconds", seconds)
    mlflow.log_figure(learning(out / "history.csv"), "learning.png")
    mlflow.log_artifact(str(out / "history.csv"))
    return seconds


if __name__ == "__main__":
    main()
