"""Stage 4 of dvc.yaml: reads what was held out with the exported ONNX file and writes what came of it to reports/.

metrics.json scores the test images; depth.json says where among them it errs and whether its confidence can be
trusted, with intervals; handwriting.json the held-out people's strokes as they are written in a window,
whole numbers, and what is no digit; robustness.json damaged and small test images, beside the tutorial's, and
digits from elsewhere. card.html and card.md, the model card, tell people all of it.

Started by hand with model_file=..., it scores that file and writes beside it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from digits.config import Config, stage
from digits.data import pen, sets
from digits.evaluation import breakdown, conditions, doubtful, numbers, robustness, scores
from digits.evaluation.held_out import load_tests, read_tests
from digits.evaluation.outside import read_outside
from digits.files import sha256, written_whole
from digits.paths import HANDWRITING, MODEL, REPORTS, SETS
from digits.reading.reader import Reader
from digits.reading.readers import Readers
from digits.report import card

TUTORIAL = Path(robustness.__file__).with_name("tutorial.npz")
"""What the tutorial reads of damaged test digits; benchmarks/robustness.py says how it is made."""


def show(metrics: Mapping[str, Mapping[str, float]], depth: Mapping[str, Any], robust: Mapping[str, Any]) -> None:
    """Prints the headline figures, with their 95 % intervals in brackets."""

    def ends(of: Mapping[str, float], digits: int, scale: float = 1) -> str:
        return f"[{scale * of['low']:.{digits}f}, {scale * of['high']:.{digits}f}]"

    for name, values in metrics.items():
        of = depth[name]["scores"]
        count = sum(group["digits"] for group in depth[name]["classes"].values())
        print(
            f"{name:6} accuracy {values['accuracy']:.2%} {ends(of['accuracy'], 2, 100)} ({values['errors']} of "
            f"{count:,} wrong)   nll {values['nll']:.4f} {ends(of['nll'], 4)}   ece {values['ece']:.4f} "
            f"{ends(of['ece'], 4)}"
        )
    shares = {name: f"{of['value']:.1%} {ends(of, 1, 100)}" for name, of in depth["handwriting"].items()}
    print(
        f"whole numbers right: {shares['numbers_as_strokes']} as strokes, {shares['numbers_as_pictures']} as pictures"
    )
    print(f"uncertain: {shares['uncertain_outlier']} of what is no digit, {shares['uncertain_pen']} of pen digits")
    for name, score in robust["corrupted"].items():
        above = robust["above_tutorial"].get(name)
        beside = f", {100 * above['mean']:+.1f} points against the tutorial" if above else ""
        print(f"{name:6} damaged: {score['mean']:.1%} right of {score['digits']:,} digits{beside}")
    print(f"optical digits from elsewhere: {robust['outside']['accuracy']:.1%} right")


@stage
def main(config: Config) -> None:
    """Writes metrics.json and pictures; logs them to the run that trained the file."""
    from digits.charts import evaluation as figures
    from digits.charts import plots  # matplotlib: not before the configuration is known to be good

    model = Path(config.model_file) if config.model_file else MODEL
    out = Path(config.out or (model.parent / "evaluation" if config.model_file else REPORTS))
    reader = Reader(model)
    print(f"reading the test images with {model}", flush=True)
    held_out = load_tests(SETS)
    tests = read_tests(reader, held_out)
    metrics = {name: scores.summary(p, digits.labels, config.evaluate.bins) for name, (digits, p) in tests.items()}

    writers = set(tests["pen"][0].writers.tolist())
    written = [sample for sample in pen.read_samples(HANDWRITING) if sample.writer in writers]
    with Readers(model) as readers:
        amounts = config.evaluate
        handwriting = {
            "conditions": conditions.read_conditions(readers, written, amounts.digits, amounts.pictures),
            "styles": conditions.read_styles(readers, written, amounts.digits),
            "numbers": numbers.read_numbers(
                readers, numbers.compose_numbers(written, amounts.numbers), amounts.number_pictures
            ),
        }
        small, outside = robustness.read_small(readers, held_out, amounts.small), read_outside(readers)
    others = read_tests(reader, {"outlier": sets.load(SETS, "outlier-test")})
    handwriting["uncertain"] = conditions.uncertain(tests | others, reader.threshold)
    damaged = robustness.read_corrupted(reader, held_out, amounts.corrupted)
    tutorial = robustness.load_right(TUTORIAL, held_out, amounts.corrupted)
    robust = robustness.compared(damaged, tutorial) | {"small": small, "outside": outside.summary()}

    temperature = float(reader.metadata["temperature"])
    depth = breakdown.breakdown(tests, temperature, reader.threshold, config.evaluate.bins)
    mnist, read = tests["mnist"]
    depth["mnist"]["doubtful"] = doubtful.doubtful(read)
    depth["handwriting"] = breakdown.of_handwriting(handwriting, amounts.numbers, amounts.number_pictures)
    reports = {"metrics": metrics, "handwriting": handwriting, "depth": depth, "robustness": robust}

    pictures = {
        "confusion": plots.confusion(tests),
        "reliability": plots.reliability(tests, config.evaluate.bins),
        "errors": plots.gallery(tests, config.evaluate.gallery),
        "handwriting": plots.handwriting(handwriting),
        "pairs": figures.pairs(tests, depth),
        "writers": figures.writers(tests, depth),
        "confidence": figures.confidence(tests, depth),
        "doubtful": figures.doubtful(mnist, depth["mnist"]["doubtful"]),
        "robustness": figures.robustness(robust),
        "outside": figures.outside(outside),
    }
    if config.evaluate.labels:
        from digits.evaluation import labels  # torch: only where something is trained

        reports["labels"], suspects = labels.check(config, SETS, config.evaluate.labels, config.evaluate.gallery)
        pictures["labels"] = figures.suspicious(reports["labels"], suspects)
    history = model.parent / "history.csv"
    if history.is_file():
        pictures["learning"] = plots.learning_curves(history)
    for name, figure in pictures.items():
        with written_whole(out / f"{name}.png") as path:
            plots.save(figure, path)
    for name, found in reports.items():
        with written_whole(out / f"{name}.json") as path:
            path.write_text(json.dumps(found, indent=2) + "\n")
    card.write(reader, tests, SETS, out, config.evaluate.gallery)

    show(metrics, depth, robust)
    print(f"model card: {out / card.PAGE}")

    import mlflow

    from digits.tracking import runs

    run = runs.find(runs.connect(), sha256(model))
    if run is None:
        print("no tracked run made this file: nothing logged to MLflow")
    else:
        with mlflow.start_run(run_id=run.info.run_id):
            runs.log_evaluation(metrics, out)


if __name__ == "__main__":
    main()
