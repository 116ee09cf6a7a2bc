"""Stage 4 of dvc.yaml: reads what was held out with the exported ONNX file and writes what came of it to reports/.

metrics.json scores the test images; handwriting.json the held-out people's strokes as they are written in a window,
whole numbers, and what is no digit; robustness.json damaged and small test images, beside the `seed` experiment's, and
digits from elsewhere.

Started by hand with model_file=..., it scores that file and writes beside it.
"""

import json
from pathlib import Path

from digits import scores
from digits.config import Config, stage
from digits.data import pen, sets
from digits.files import sha256, written_whole
from digits.reader import Reader
from digits.readers import Readers
from digits.trials import conditions, numbers, robustness
from digits.trials.held_out import load_tests, read_tests
from digits.trials.outside import read_outside

DATA, MODEL, REPORTS = Path("artifacts/data"), Path("artifacts/train/model.onnx"), Path("reports")
PEN = Path("data")
SEED = REPORTS / "seed" / "robustness.npz"
"""What the `seed` experiment reads of damaged test digits; benchmarks/robustness.py says how it is made."""


@stage
def main(config: Config) -> None:
    """Writes metrics.json and pictures; logs them to the run that trained the file."""
    from digits import plots  # matplotlib: not before the configuration is known to be good

    model = Path(config.model_file) if config.model_file else MODEL
    out = Path(config.out or (model.parent / "evaluation" if config.model_file else REPORTS))
    reader = Reader(model)
    print(f"reading the test images with {model}", flush=True)
    held_out = load_tests(DATA)
    tests = read_tests(reader, held_out)
    metrics = {name: scores.summary(p, digits.labels, config.evaluate.bins) for name, (digits, p) in tests.items()}

    writers = set(tests["pen"][0].writers.tolist())
    written = [sample for sample in pen.read_samples(PEN) if sample.writer in writers]
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
    others = read_tests(reader, {"outlier": sets.load(DATA, "outlier-test")})
    handwriting["uncertain"] = conditions.uncertain(tests | others, reader.threshold)
    damaged = robustness.read_corrupted(reader, held_out, amounts.corrupted)
    seed = robustness.load_right(SEED, held_out, amounts.corrupted)
    robust = robustness.compared(damaged, seed) | {"small": small, "outside": outside.summary()}

    pictures = {
        "confusion": plots.confusion(tests),
        "reliability": plots.reliability(tests, config.evaluate.bins),
        "errors": plots.gallery(tests, config.evaluate.gallery),
        "handwriting": plots.handwriting(handwriting),
        "robustness": plots.robustness(robust),
        "outside": plots.outside(outside),
    }
    history = model.parent / "history.csv"
    if history.is_file():
        pictures["learning"] = plots.learning_curves(history)
    for name, figure in pictures.items():
        with written_whole(out / f"{name}.png") as path:
            plots.save(figure, path)
    for name, found in (("metrics", metrics), ("handwriting", handwriting), ("robustness", robust)):
        with written_whole(out / f"{name}.json") as path:
            path.write_text(json.dumps(found, indent=2) + "\n")

    for name, values in metrics.items():
        count = len(tests[name][0])
        print(
            f"{name:6} accuracy {values['accuracy']:.2%} ({values['errors']} of {count:,} wrong)   "
            f"nll {values['nll']:.4f}   ece {values['ece']:.4f}"
        )
    whole, doubts = handwriting["numbers"], handwriting["uncertain"]
    print(f"whole numbers right: {whole['strokes']['all']:.1%} as strokes, {whole['pictures']['all']:.1%} as pictures")
    print(
        f"uncertain: {doubts['outlier']['share']:.1%} of what is no digit, {doubts['pen']['share']:.1%} of pen digits"
    )
    for name, score in robust["corrupted"].items():
        above = robust["above_seed"].get(name)
        beside = f", {100 * above['mean']:+.1f} points against the seed experiment" if above else ""
        print(f"{name:6} damaged: {score['mean']:.1%} right of {score['digits']:,} digits{beside}")
    print(f"optical digits from elsewhere: {robust['outside']['accuracy']:.1%} right")

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
