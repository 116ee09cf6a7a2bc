"""Mean and spread of the default recipe over seeds.

    python benchmarks/seeds.py [SEED…]      default 1 2 3; about 5 minutes a seed on 2 cores

Prints a Markdown table. The spread is the standard deviation between the seeds (n - 1).
"""

import statistics
import sys

from _training import train

from digits.data.kinds import KINDS


def main(seeds: list[int]) -> None:
    outcomes = [train(f"seed={seed}") for seed in seeds]
    lines = [
        "| | " + " | ".join(f"seed {seed}" for seed in seeds) + " | mean ± spread |",
        "|---|" + "---|" * (len(seeds) + 1),
    ]

    def row(title: str, values: list[float], form: str) -> str:
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        cells = [format(value, form) for value in values]
        return f"| {title} | {' | '.join(cells)} | {statistics.mean(values):{form}} ± {spread:{form}} |"

    for name in KINDS:
        for metric, form in (("accuracy", ".2%"), ("nll", ".4f"), ("ece", ".4f")):
            lines.append(row(f"{name} {metric}", [outcome.metrics[name][metric] for outcome in outcomes], form))
    lines.append(row("training (s)", [outcome.seconds[-1] for outcome in outcomes], ".0f"))
    print("\n".join(lines))


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or [1, 2, 3])
