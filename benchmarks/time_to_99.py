"""Time to 99 %: the quick experiment, the default recipe and the classic tutorial, side by side.

    python benchmarks/time_to_99.py [EXPERIMENT…]      about 12 minutes on 2 cores for all three

Prints a Markdown table: seconds of training until 99 % of the MNIST validation images are read right (by
whole epochs, so no test image is asked along the way), seconds in all, and the final test accuracies.
"""

import sys

from _training import train

GOAL = 0.99


def main(experiments: list[str]) -> None:
    lines = ["| experiment | s to 99 % (validation) | s in all | MNIST test | pen test |", "|---|---|---|---|---|"]
    for name in experiments:
        outcome = train(f"experiment={name}")
        pairs = zip(outcome.history, outcome.seconds, strict=True)
        reached = next((s for row, s in pairs if row["validation/mnist_accuracy"] >= GOAL), None)
        lines.append(
            f"| {name} | {'never' if reached is None else f'{reached:.0f}'} | {outcome.seconds[-1]:.0f} "
            f"| {outcome.metrics['mnist']['accuracy']:.2%} | {outcome.metrics['pen']['accuracy']:.2%} |"
        )
    print("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1:] or ["quick", "default", "tutorial"])
