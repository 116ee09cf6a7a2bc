"""What a recipe reads wrong of the digits that it did not train on, by cross-validation: what recipes are chosen with.

    python benchmarks/folds.py [OVERRIDE…]                    3 folds; a fold takes as long as a training
    python benchmarks/folds.py --folds 5 model.width=16 train.epochs=18

A validation set of 5,000 digits cannot tell good recipes apart: one standard error is four digits. Here every training
digit of MNIST is read once by a network that saw none of its fold, and every pen digit by one that saw no other digit
of its writer. The test sets stay unseen. (One network a fold, whatever train.members says.)
"""

import argparse

from digits.config import compose
from digits.evaluation.labels import training_digits
from digits.paths import SETS
from digits.training import calibration
from digits.training.folds import out_of_fold


def main(folds: int, overrides: list[str]) -> None:
    config = compose(overrides)
    digits = training_digits(config, SETS)
    for name, logits in out_of_fold(config, SETS, digits, folds).items():
        labels = digits[name].labels
        wrong = int((logits.argmax(1) != labels).sum())
        nll = calibration.nll(logits, labels, calibration.fit_temperature(logits, labels))
        print(f"{name:6} {wrong} of {len(labels):,} wrong ({wrong / len(labels):.3%})   NLL {nll:.5f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Cross-validates a recipe on the training digits.")
    parser.add_argument("--folds", type=int, default=3, help="parts that the training digits are split into")
    parser.add_argument("overrides", nargs="*", help="of conf/, as any stage takes them")
    given = parser.parse_args()
    main(given.folds, given.overrides)
