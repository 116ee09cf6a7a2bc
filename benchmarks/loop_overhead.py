"""What Lightning's loop costs over a bare PyTorch loop with the same batches, augmentation, average and schedule.

    python benchmarks/loop_overhead.py [BATCHES]      default 200; a minute on 2 cores

Both train the default recipe; the rounds alternate, for machines are noisy, and the median of each counts.
"""

import statistics
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import torch
from torch.nn import functional

from digits.config import Config, compose
from digits.config.choices import build
from digits.paths import SETS
from digits.training import hardware
from digits.training.augmentation import augment
from digits.training.classifier import DigitClassifier, network_input, targets
from digits.training.datamodule import DigitsDataModule
from digits.training.fit import fit
from digits.training.recorder import Recorder

ROUNDS = 5


def lightning(config: Config, datamodule: DigitsDataModule, precision: str) -> float:
    """Seconds of one epoch's training batches in the library's own `fit`."""
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder()
        fit(config, datamodule, precision, recorder, Path(folder))
        return recorder.seconds


def bare(config: Config, datamodule: DigitsDataModule, precision: str) -> float:
    """Seconds of the same batches in a loop without any framework."""
    classifier = DigitClassifier(config)
    loader = datamodule.train_dataloader()
    optimizer = classifier.optimizer()
    schedule = build(config.schedule, optimizer, len(loader))
    network, average = classifier.network.train(), classifier.average
    assert average is not None
    start = time.perf_counter()
    for images, labels in loader:
        images = augment(images.float() / 255, config.augmentation)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16-mixed"):
            logits = network(network_input(images).contiguous(memory_format=torch.channels_last))
            loss = functional.cross_entropy(logits, targets(labels, config.train.label_smoothing))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        average.update_parameters(network)
    return time.perf_counter() - start


def main(batches: int) -> None:
    warnings.simplefilter("ignore")
    mix = [f"mix.mnist={batches * 128}", "mix.pen=0", "mix.allograph=0", "mix.page=0", "mix.outlier=0"]
    config = compose(["trainer=cpu", "train.epochs=1", *mix])
    torch.set_num_threads(config.trainer.threads)
    datamodule = DigitsDataModule(config, SETS)
    precision = hardware.precision(config.trainer)
    seconds: dict[str, list[float]] = {"bare": [], "lightning": []}
    for _ in range(ROUNDS):
        seconds["bare"].append(bare(config, datamodule, precision))
        seconds["lightning"].append(lightning(config, datamodule, precision))
    plain, framed = (statistics.median(seconds[name]) for name in ("bare", "lightning"))
    print(
        f"{batches} batches of 128 in {precision}: bare {plain:.2f} s, Lightning {framed:.2f} s, "
        f"overhead {framed / plain - 1:+.1%} (pytorch-lightning {version('pytorch-lightning')})"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
