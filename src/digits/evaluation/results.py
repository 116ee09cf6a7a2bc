"""All that is measured of one model file: what the evaluate stage writes, draws and tells, gathered in one place."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.config import Config
from digits.data import sets
from digits.data.kinds import OUTLIER
from digits.evaluation import breakdown, conditions, doubtful, numbers, pages, robustness, scores
from digits.evaluation.held_out import Tests, load_tests, load_written, read_tests
from digits.evaluation.outside import Outside, read_outside
from digits.evaluation.pages import PageReading
from digits.paths import SETS
from digits.reading.parallel import ReaderPool
from digits.reading.reader import Reader

TUTORIAL = Path(__file__).with_name("tutorial.npz")
"""What the tutorial's network reads of damaged test digits; benchmarks/robustness.py says how it is made."""


@dataclass(frozen=True)
class Results:
    """What an evaluation found; charts draw from its fields."""

    tests: Tests
    bins: int
    """Of confidence, in calibration errors and reliability diagrams."""
    shown: int
    """Wrongly read digits of each set that are shown."""
    metrics: dict[str, dict[str, float]]
    """What reports/metrics.json holds, as the next four hold the report of their name."""
    handwriting: dict[str, Any]
    made_pages: dict[str, Any]
    depth: dict[str, Any]
    robustness: dict[str, Any]
    outside: Outside
    page_readings: list[PageReading]
    labels: dict[str, Any] | None
    """What labels.json holds; None where labels were not checked."""
    suspects: dict[str, list[NDArray[np.uint8]]] | None
    """Set -> the training images whose labels look most wrong."""
    history: Path | None
    """history.csv of the training, where it lies beside the model file."""

    @property
    def reports(self) -> dict[str, Any]:
        """Name of a JSON file -> what it holds."""
        names = ("metrics", "handwriting", "made_pages", "depth", "robustness", "labels")
        return {name: found for name in names if (found := getattr(self, name)) is not None}


def measure(reader: Reader, config: Config) -> Results:
    """Reads everything that was held out with one model file.

    Raises:
        DigitsError: a test set, or the handwriting it is made of, is missing or broken; names its file.
    """
    amounts = config.evaluate
    held_out = load_tests(SETS)
    tests = read_tests(reader, held_out)
    written = load_written(held_out)
    made = pages.make_pages(written, held_out["mnist"], amounts.made_pages)
    with ReaderPool(reader.path) as readers:
        handwriting: dict[str, Any] = {
            "conditions": conditions.read_conditions(readers, written, amounts.digits, amounts.pictures),
            "styles": conditions.read_styles(readers, written, amounts.digits),
            "numbers": numbers.read_numbers(
                readers, numbers.compose_numbers(written, amounts.numbers), amounts.number_pictures
            ),
        }
        page_readings = pages.read_pages(readers, made)
        small, outside = robustness.read_small(readers, held_out, amounts.small), read_outside(readers)
    others = read_tests(reader, {OUTLIER: sets.load(SETS, f"{OUTLIER}-test")})
    handwriting["forms"] = conditions.forms(tests)
    handwriting["uncertain"] = conditions.uncertain(tests | others, reader.threshold)
    damaged = robustness.read_corrupted(reader, held_out, amounts.corrupted)
    tutorial = robustness.load_right(TUTORIAL, held_out, amounts.corrupted)

    depth = breakdown.breakdown(tests, float(reader.metadata["temperature"]), reader.threshold, amounts.bins)
    depth["mnist"]["doubtful"] = doubtful.doubtful(tests["mnist"][1])
    depth["handwriting"] = breakdown.of_handwriting(handwriting, amounts.numbers, amounts.number_pictures)
    made_pages = pages.report(page_readings)
    metrics = {name: scores.summary(read, of.labels, amounts.bins) for name, (of, read) in tests.items()}
    labels, suspects = check_labels(config)
    history = reader.path.with_name("history.csv")
    return Results(
        tests=tests,
        bins=amounts.bins,
        shown=amounts.gallery,
        metrics={**metrics, "made_pages": pages.summary(made_pages)},
        handwriting=handwriting,
        made_pages=made_pages,
        depth=depth,
        robustness=robustness.compared(damaged, tutorial) | {"small": small, "outside": outside.summary()},
        outside=outside,
        page_readings=page_readings,
        labels=labels,
        suspects=suspects,
        history=history if history.is_file() else None,
    )


def check_labels(config: Config) -> tuple[dict[str, Any] | None, dict[str, list[NDArray[np.uint8]]] | None]:
    """The label check, where the configuration asks for it: it trains networks."""
    if not config.evaluate.labels:
        return None, None
    from digits.evaluation import labels  # torch: only where something is trained

    return labels.check(config, SETS, config.evaluate.labels, config.evaluate.gallery)
