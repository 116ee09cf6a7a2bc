"""How fast a training is alone, and beside a program that keeps one processor busy.

    OMP_WAIT_POLICY=passive python benchmarks/neighbour.py [BATCHES]      default 150; minutes on 2 cores

Threads that wait for each other after every operation stand still when one of them has to wait for the processor. How
they wait decides how much that costs: by themselves they spin; `passive`, as dvc.yaml has it, they sleep. The rounds
alternate.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

from digits.config import compose
from digits.paths import SETS
from digits.training import hardware
from digits.training.datamodule import DigitsDataModule
from digits.training.fit import fit
from digits.training.recorder import Recorder

ROUNDS = 3


def main(batches: int) -> None:
    warnings.simplefilter("ignore")
    mix = [f"mix.mnist={batches * 128}", "mix.pen=0", "mix.allograph=0", "mix.page=0", "mix.outlier=0"]
    config = compose(["trainer=cpu", "train.epochs=1", *mix])
    datamodule = DigitsDataModule(config, SETS)
    speeds: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(ROUNDS):
        for busy, measured in speeds.items():
            neighbour = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if busy else None
            try:
                with tempfile.TemporaryDirectory() as folder:
                    recorder = Recorder()
                    fit(config, datamodule, hardware.precision(config.trainer), recorder, Path(folder))
                measured.append(batches * config.train.batch_size / recorder.seconds)
            finally:
                if neighbour:
                    neighbour.kill()
                    neighbour.wait()
    alone, beside = (statistics.median(speeds[busy]) for busy in (False, True))
    print(
        f"{alone:,.0f} images a second alone, {beside:,.0f} beside a busy program: {beside / alone:.0%} "
        f"(OMP_WAIT_POLICY={os.environ.get('OMP_WAIT_POLICY', '')}, {config.trainer.threads} threads)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 150)
