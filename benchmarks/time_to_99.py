"""Time to 99 %: the quick experiment, the default recipe and the classic tutorial, side by side.

    python benchmarks/time_to_99.py [EXPERIMENT…]      about 12 minutes on 2 cores for all three

Prints a Markdown table: seconds of training until 99 % of the MNIST validation images are read right (by
whole epochs, so no test image is asked along the way), seconds in all, and the final test accuracies.
"""

import sys

from _training import train

from digits.data.kinds import KINDS

GOAL = 0.99


def main(experiments: list[str]) -> None:
    tests = " | ".join(f"{kind.label} test" for kind in KINDS.values())
    lines = [f"| experiment | s to 99 % (validation) | s in all | {tests} |", "|---|---|---|" + "---|" * len(KINDS)]
    for name in experiments:
        outcome = train(f"experiment={name}")
        pairs = zip(outcome.history, outcome.seconds, strict=True)
        reached = next((s for row, s in pairs if row["validation/mnist_accuracy"] >= GOAL), None)
        lines.append(
            f"| {name} | {'never' if reached is None else f'{reached:.0f}'} | {outcome.seconds[-1]:.0f} "
            + "".join(f"| {outcome.metrics[kind]['accuracy']:.2%} " for kind in KINDS)
            + "|"
        )
    print("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1:] or ["quick", "default", "tutorial"])
