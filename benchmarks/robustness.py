"""What one model file reads of damaged digits: accuracy by corruption and strength.

    python benchmarks/robustness.py MODEL                          validation digits, which may choose; 300 of each set
    python benchmarks/robustness.py MODEL --digits 0               all of them
    python benchmarks/robustness.py MODEL --keep FILE              all test digits, and every single one's outcome

The last makes what evaluation compares with, the tutorial network on damaged test digits:

    python -m digits.stages.train experiment=tutorial                  10 minutes on 2 cores; prints where the model is
    python benchmarks/robustness.py MODEL --keep src/digits/evaluation/tutorial.npz
"""

import argparse
from pathlib import Path

from digits.data import sets
from digits.data.kinds import set_names
from digits.evaluation.corruptions import STRENGTHS
from digits.evaluation.robustness import read_corrupted, save_right, summary
from digits.paths import SETS
from digits.reading.reader import Reader


def main(model: Path, digits: int, keep: Path | None) -> None:
    kind = "test" if keep else "validation"
    chosen = {name: sets.load(SETS, file) for name, file in set_names(kind).items()}
    found = read_corrupted(Reader(model), chosen, None if keep else digits or None)
    for name, right in found.items():
        score = summary(right)
        print(
            f"{name} {kind}, {score['digits']:,} digits: {score['undamaged']:.1%} undamaged, {score['mean']:.1%} mean"
        )
        print(f"{'strength':18}" + "".join(f"{strength:8}" for strength in STRENGTHS))
        for corruption, shares in score["by_corruption"].items():
            print(f"{corruption:18}" + "".join(f"{share:8.1%}" for share in shares[1:]))
    if keep:
        save_right(keep, found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Accuracy of a model file on damaged digits.")
    parser.add_argument("model", type=Path, help="a model.onnx")
    parser.add_argument("--digits", type=int, default=300, help="of each validation set; 0: all")
    parser.add_argument("--keep", type=Path, help="read all test digits, and keep which were read right in this file")
    given = parser.parse_args()
    main(given.model, given.digits, given.keep)
