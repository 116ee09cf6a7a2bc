"""Stage 5 of dvc.yaml: reads what was held out with the exported ONNX file and writes what came of it to reports/.

metrics.json scores the test images; depth.json says where among them it errs and whether its confidence can be
trusted, with intervals; handwriting.json the held-out people's strokes as they are written in a window,
whole numbers, and what is no digit; made_pages.json whole readings of numbers on all sorts of paper, and of pages with
no number; robustness.json damaged and small test images, beside the tutorial's, and
digits from elsewhere. charts/ shows it; card.html and card.md, the model card, tell people all of it.

Started by hand with model_file=..., it scores that file and writes beside it; with evaluate=full it measures more,
into a folder of its own.
"""

import json
from pathlib import Path

from digits.config import Config, stage
from digits.errors import DigitsError
from digits.evaluation.results import Results, measure
from digits.files import sha256, written_whole
from digits.paths import MODEL, SETS
from digits.reading.reader import Reader


def write_reports(results: Results, out: Path) -> None:
    """Writes <name>.json of each report."""
    for name, found in results.reports.items():
        with written_whole(out / f"{name}.json") as path:
            path.write_text(json.dumps(found, indent=2) + "\n")


def write_charts(results: Results, out: Path) -> dict[str, Path]:
    """Draws every chart to charts/; name -> its file."""
    from digits.charts.evaluation import draw
    from digits.charts.style import save  # matplotlib: not before the configuration is known to be good

    files = {}
    for name, figure in draw(results):
        files[name] = out / "charts" / f"{name}.png"
        with written_whole(files[name]) as path:
            save(figure, path)
    return files


def log(results: Results, model: Path, files: list[Path], out: Path) -> None:
    """Logs scores and files to the run that trained the model, if one did and MLflow is there."""
    import mlflow

    from digits.tracking import diary, runs, store

    try:
        client = runs.connect()
        diary.hand_over()
        with store.usable(store.tracking_uri()):
            run = runs.find(client, sha256(model))
            if run is None:
                print("no tracked run made this file: nothing logged to MLflow")
                return
            with mlflow.start_run(run_id=run.info.run_id):
                runs.log_evaluation(results.metrics, files, out)
    except DigitsError as error:
        print(f"not in MLflow, where registering the pipeline's model brings it ({error})")


@stage
def main(config: Config) -> None:
    """Writes reports, charts and model card; logs them to the run that trained the file."""
    model = Path(config.model_file) if config.model_file else MODEL
    out = Path(config.out or (model.parent / "evaluation" if config.model_file else config.evaluate.folder))
    reader = Reader(model)
    print(f"reading the test images with {model}", flush=True)
    results = measure(reader, config)

    from digits.report import card

    write_reports(results, out)
    charts = write_charts(results, out)
    cards = card.write(reader, results.tests, SETS, results.reports, charts, results.shown, out)
    print("\n".join(headlines(results)))
    print(f"model card: {out / card.PAGE}")
    log(results, model, [*charts.values(), *cards], out)


def headlines(results: Results) -> list[str]:
    """The figures to look at first, a line each, with their 95 % intervals in brackets."""

    def ends(of: dict[str, float], digits: int, scale: float = 1) -> str:
        return f"[{scale * of['low']:.{digits}f}, {scale * of['high']:.{digits}f}]"

    lines = []
    for name in results.tests:
        values, of = results.metrics[name], results.depth[name]["scores"]
        lines.append(
            f"{name:6} accuracy {values['accuracy']:.2%} {ends(of['accuracy'], 2, 100)} ({values['errors']} of "
            f"{len(results.tests[name][0]):,} wrong)   nll {values['nll']:.4f} {ends(of['nll'], 4)}   "
            f"ece {values['ece']:.4f} {ends(of['ece'], 4)}"
        )
    shares = {name: f"{of['value']:.1%} {ends(of, 1, 100)}" for name, of in results.depth["handwriting"].items()}
    every, nothing = results.made_pages["all"], results.made_pages["nothing"]
    lines += [
        f"made pages: {every['right']['value']:.1%} {ends(every['right'], 1, 100)} of {every['pages']:,} right, "
        f"{every['silently_wrong']['value']:.1%} wrong without a word; with no number: "
        f"{nothing['silently_wrong']['value']:.1%} of {nothing['pages']:,} read with confidence",
        f"whole numbers right: {shares['numbers_as_strokes']} as strokes, {shares['numbers_as_pictures']} as pictures",
        f"uncertain: {shares['uncertain_outlier']} of what is no digit, {shares['uncertain_pen']} of pen digits",
    ]
    for name, score in results.robustness["corrupted"].items():
        above = results.robustness["above_tutorial"].get(name)
        beside = f", {100 * above['mean']:+.1f} points against the tutorial" if above else ""
        lines.append(f"{name:6} damaged: {score['mean']:.1%} right of {score['digits']:,} digits{beside}")
    return [*lines, f"optical digits from elsewhere: {results.robustness['outside']['accuracy']:.1%} right"]


if __name__ == "__main__":
    main()
