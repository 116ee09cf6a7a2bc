"""A training from its recipe to the exported file: what the train stage and the trials of a sweep do.

    session = Session(config)
    with resumable(session.checkpoints) as folder:
        session.finish(session.train(folder), out)

A training that was interrupted, however rudely, goes on from its last finished epoch when the same training is started
again, and ends with the same bytes as one that was not.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from digits.config import Config
from digits.config.choices import build, with_learning_checked
from digits.data import sets
from digits.errors import DigitsError
from digits.files import sha256
from digits.paths import CHECKPOINTS, PAGE_MODEL, SETS
from digits.training import hardware
from digits.training.calibration import fit_temperature
from digits.training.datamodule import VALIDATION, DigitsDataModule, calibrated_parts, trained_parts
from digits.training.export import Viewed, clearest, export, fit_threshold, logits_of
from digits.training.fit import fit, members
from digits.training.model_file import embedded
from digits.training.recipe import fingerprint, recipe
from digits.training.recorder import Recorder, Row, write_course

_PACKAGE = Path(__file__).parents[1]


class Session:
    """What a training is a function of, read and checked.

    Raises:
        DigitsError: a choice's value is wrong, or data or the GPU asked for are missing.
    """

    def __init__(self, config: Config) -> None:
        self.config = with_learning_checked(config)
        """Its choices checked."""
        if config.trainer.accelerator == "gpu" and not hardware.uses_gpu(config.trainer):
            raise DigitsError(
                "trainer.accelerator=gpu, but PyTorch finds no GPU here: trainer=auto takes what there is"
            )
        self.datamodule = DigitsDataModule(self.config, SETS)
        self.purposes = {f"{name}-train": "training" for name in trained_parts(config.mix)}
        """Data set -> what it is for."""
        self.purposes |= {f"{name}-validation": "validation" for name in VALIDATION}
        self.digests = {name: sha256(SETS / f"{name}.npz") for name in self.purposes}
        """Data set -> SHA-256 of its file."""
        self.page_network = embedded(PAGE_MODEL)
        """What the metadata hold of it."""
        self.precision = hardware.precision(config.trainer)
        self.checkpoints = CHECKPOINTS / fingerprint(self.config, hardware.kind(config.trainer), self.digests)
        """The folder of this very training."""

    @cached_property
    def outcome(self) -> str:
        """Twelve hex digits that two trainings share only if their model files would be the same: besides what decides
        the weights, by the page network, and by all code that exports, reads and calibrates."""
        code = [path for room in ("data", "ink", "reading", "training") for path in (_PACKAGE / room).rglob("*.py")]
        digests = self.digests | {"pages": sha256(PAGE_MODEL)}
        return fingerprint(
            self.config, hardware.kind(self.config.trainer), digests, [*code, _PACKAGE / "stages" / "train.py"]
        )

    def train(self, folder: Path, on_epoch: Callable[[int, int, Row, Row], None] | None = None) -> list[Recorder]:
        """What each of the recipe's networks leaves behind, trained one after the other.

        Args:
            folder: where they keep their checkpoints.
            on_epoch: called as a recorder's, with the number of the network before.
        """
        recorders = []
        for number, member in enumerate(members(self.config)):
            recorders.append(Recorder(partial(on_epoch, number) if on_epoch else None))
            fit(member, self.datamodule, self.precision, recorders[-1], folder / str(number))
        return recorders

    def finish(self, recorders: Sequence[Recorder], out: Path) -> None:
        """Writes model.onnx, history.csv and config.yaml: functions of recipe, data and kind of processor alone."""
        networks = [build(self.config.model) for _ in recorders]
        for trained, recorder in zip(networks, recorders, strict=True):
            trained.load_state_dict(recorder.best_weights)
        network = Viewed(networks, self.config.train.views)
        images, labels = self._calibration_digits()
        logits = logits_of(network, images)
        temperature = fit_temperature(logits, labels)
        threshold = fit_threshold(logits, temperature)

        write_course(recorders, recipe(self.config), out)
        training = [sets.load(SETS, f"{name}-train") for name in calibrated_parts(self.config.mix)]
        metadata = {
            "trained_on": self.digests,
            "recipe": recipe(self.config),
            "computed_on": hardware.kind(self.config.trainer),
            "best_epochs": [recorder.best_epoch + 1 for recorder in recorders],
            "threshold": threshold,
            "examples": clearest(network, training),
            **self.page_network,
        }
        export(network, temperature, metadata, out / "model.onnx")

    def _calibration_digits(self) -> tuple[np.ndarray, np.ndarray]:
        """Equally many validation images (N, 28, 28) and labels (N,) of each set that the mix has, so that temperature
        and threshold suit pens as well as MNIST."""
        validation = [sets.load(SETS, f"{name}-validation") for name in calibrated_parts(self.config.mix)]
        fewest = min(len(digits) for digits in validation)
        chosen = [np.linspace(0, len(digits) - 1, fewest).astype(int) for digits in validation]
        images = np.concatenate([digits.images[index] for digits, index in zip(validation, chosen, strict=True)])
        labels = np.concatenate([digits.labels[index] for digits, index in zip(validation, chosen, strict=True)])
        return images, labels
