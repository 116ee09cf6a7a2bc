"""A training of the page network from its recipe to pages.onnx: what the pages stage does.

An interrupted one goes on from its last finished epoch and ends with the same bytes, as that of a digit network.
"""

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from digits.config import Config
from digits.config.choices import build, checked
from digits.data import sets
from digits.data.hands import Hands
from digits.data.pages import Pages
from digits.data.splits import split_strokes
from digits.errors import DigitsError
from digits.files import sha256
from digits.paths import CHECKPOINTS, HANDWRITING, SETS
from digits.training import hardware, loop
from digits.training.pages.export import export
from digits.training.pages.learner import PageLearner
from digits.training.pages.strips import StripData, batches, make
from digits.training.recipe import digest
from digits.training.recorder import Recorder, Row, write_course

_PACKAGE = Path(__file__).parents[2]

_CODE = ("training/pages/*.py", "training/loop.py", "training/recorder.py", "data/*.py", "ink/*.py")
"""What of the package decides the weights; of data/ and ink/ not all, but most."""


class PageSession:
    """What a training of the page network is a function of, read and checked.

    Raises:
        DigitsError: the network's values are wrong, there are too few strips for one batch an epoch, or data are
            missing.
    """

    def __init__(self, config: Config) -> None:
        pages = dataclasses.replace(config.pages, network=checked(config.pages.network, "pages.network"))
        if batches(pages) == 0:
            raise DigitsError(
                f"pages.strips={pages.strips} seen pages.passes={pages.passes} times are no batch of "
                f"pages.batch_size={pages.batch_size} in each of pages.epochs={pages.epochs} epochs"
            )
        alone = dataclasses.replace(config.trainer, devices=1, num_nodes=1, strategy="auto")
        self.config = dataclasses.replace(config, pages=pages, trainer=alone)
        """Its network checked; trained by one process, whatever conf/trainer says."""
        self.digests = {f"mnist-{part}": sha256(SETS / f"mnist-{part}.npz") for part in ("train", "validation")}
        """Data set -> SHA-256 of its file."""
        handwriting = [sha256(file) for file in sorted(HANDWRITING.glob("*.jsonl"))]
        self.precision = hardware.precision(alone)
        about = {
            "recipe": self.recipe(network=pages.network),
            "kind": hardware.kind(alone),
            "data": self.digests | {"pen": handwriting},
        }
        self.digests["pen"] = hashlib.sha256("".join(handwriting).encode()).hexdigest()
        code = [file for pattern in _CODE for file in sorted(_PACKAGE.glob(pattern))]
        self.checkpoints = CHECKPOINTS / digest(about, code, {"pages.network": pages.network})
        """The folder of this very training."""

    def recipe(self, **further: Any) -> dict[str, Any]:
        """The part of the configuration that decides the weights, as plain values."""
        whole = dataclasses.asdict(self.config)
        network = {key: value for key, value in self.config.pages.network.items() if key != "_target_"}
        writers = {key: value for key, value in whole["preprocess"].items() if key.endswith("_writers")}
        return {
            "seed": self.config.seed,
            "pages": whole["pages"] | {"network": network} | further,
            "preprocess": writers,
            "trainer": whole["trainer"],
        }

    def strips(self) -> StripData:
        """Made strips of training writers and of validation writers."""
        samples = split_strokes(self.config.preprocess)
        parts = {"train": self.config.pages.strips, "validation": self.config.pages.validation}
        made = []
        for part, count in parts.items():
            hands = Hands(samples[f"pen-{part}"], sets.load(SETS, f"mnist-{part}"))
            made.append(make(Pages(hands, part, self.config.seed), count, f"made pages, {part}"))
        return StripData(self.config.pages, self.config.seed, *made)

    def train(self, folder: Path, on_epoch: Callable[[int, Row, Row], None] | None = None) -> Recorder:
        """What the network leaves behind.

        Args:
            folder: where it keeps its checkpoint.
            on_epoch: called as a recorder's.
        """
        recorder = Recorder(on_epoch)
        learner = PageLearner(self.config)
        epochs = self.config.pages.epochs
        loop.run(learner, self.strips(), self.config.trainer, self.precision, epochs, recorder, folder)
        return recorder

    def finish(self, recorder: Recorder, out: Path) -> None:
        """Writes pages.onnx, history.csv and config.yaml: functions of recipe, data and kind of processor alone."""
        network = build(self.config.pages.network)
        network.load_state_dict(recorder.best_weights)
        write_course([recorder], self.recipe(), out)
        facts = {"trained_on": self.digests, "recipe": self.recipe(), "best_epoch": recorder.best_epoch + 1}
        facts |= {"computed_on": hardware.kind(self.config.trainer)}
        export(network, facts, out / "pages.onnx")
