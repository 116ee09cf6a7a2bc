"""The `digits` command. Each subcommand imports what it needs when it runs, so that none waits for another's."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from digits.errors import DigitsError

PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".pbm", ".ppm", ".avif", ".jp2"}
"""Names of files that are taken for pictures when a folder is read."""

_MANY = 200
"""Fewer pictures are read sooner than further processes have started."""

_SHOW_PROGRESS = 20
"""Fewer pictures are read before a progress bar could be seen."""


def parser() -> argparse.ArgumentParser:
    """The command line and its help."""
    top = argparse.ArgumentParser(
        "digits",
        description="Reads handwritten numbers.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="first time here?  make repro   trains and registers the champion that `digits read` reads with",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    read = commands.add_parser(
        "read",
        help="read pictures",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Reads the number on each picture: photo, scan or drawing, dark on light or light on dark.",
        epilog="examples:\n  digits read seven.png\n  digits read scans/ --json > readings.jsonl\n"
        "  digits read seven.png --model models:/digits/2\n\n"
        "exit status: 0 if all pictures were read, 1 if some could not be, 2 for a wrong command line",
    )
    read.add_argument(
        "paths", nargs="+", metavar="PATH", help="a picture, or a folder of pictures (with its subfolders)"
    )
    read.add_argument(
        "--json", action="store_true", help="one JSON object a line for each picture, with all probabilities"
    )
    read.add_argument("--model", metavar="URI_OR_FILE", help="an ONNX file or MLflow model URI instead of the champion")
    read.set_defaults(run=run_read)
    window = commands.add_parser(
        "gui",
        help="open the window: write, see it read, correct it",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Opens the window: a sheet to write numbers on, read as you write. F1 in it lists all keys.",
        epilog="examples:\n  digits gui\n  digits gui cheque.png --model models:/digits/2",
    )
    window.add_argument("picture", nargs="?", metavar="PICTURE", help="a picture to open")
    window.add_argument(
        "--model", metavar="URI_OR_FILE", help="an ONNX file or MLflow model URI instead of the champion"
    )
    window.set_defaults(run=run_gui)
    compare = commands.add_parser(
        "compare",
        help="say how runs differ, as tables and as a page",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Compares trained models on the test images: what differs in their configs, scores with intervals\n"
        "that say how far they can be trusted, training time. Of two models also the digits that only one\n"
        "reads wrong, McNemar's test and calibration. All of it as a page below artifacts/compare, which\n"
        "MLflow keeps with the newest of the runs.",
        epilog="examples:\n  digits compare                        # the champion and the newest run\n"
        "  digits compare 3f9c01                 # the champion and this run\n"
        "  digits compare models:/digits/1 models:/digits/2\n"
        '  digits compare champion "lenet mnist_pen 14ep seed1" 3f9c01\n\n'
        "digits ui lists the runs, with names and ids",
    )
    compare.add_argument(
        "runs",
        nargs="*",
        metavar="RUN",
        help="a run's id or its beginning, a run's name (the newest of that name), models:/digits/NUMBER, or champion",
    )
    compare.set_defaults(run=run_compare)
    tracked = commands.add_parser(
        "ui",
        help="open MLflow on the runs, with the columns that matter",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Serves MLflow's pages to this machine alone (127.0.0.1) and opens them on the list of runs.\n"
        "With MLFLOW_TRACKING_URI=http://…, opens that server's. Ctrl+C ends it.",
        epilog="examples:\n  digits ui\n  digits ui champion\n  digits ui --port 8080 --no-browser",
    )
    tracked.add_argument(
        "of", nargs="?", metavar="RUN", help="open this run's page: its id, its beginning, a name, champion"
    )
    tracked.add_argument("--port", type=int, default=5000, help="of this machine; another one if it is taken (5000)")
    tracked.add_argument("--no-browser", action="store_true", help="only print the address")
    tracked.set_defaults(run=run_ui)
    card = commands.add_parser(
        "card",
        help="open the model card: how well a model reads, and where it fails",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Opens the page that the evaluation made of a run's model: what it is for, how well it reads,\n"
        "where it fails, what it learned from and how to make it again. It is kept below artifacts/cards.",
        epilog="examples:\n  digits card                        # the champion's\n  digits card models:/digits/1\n"
        "  digits card 3f9c01 --no-browser",
    )
    card.add_argument("of", nargs="?", default="champion", metavar="RUN", help="a run as for digits compare (champion)")
    card.add_argument("--no-browser", action="store_true", help="only print where the page is")
    card.set_defaults(run=run_card)
    sweep = commands.add_parser(
        "sweep",
        help="search for better settings, and write the best as an experiment",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Runs a study of conf/sweep/: trials of the training with settings that a sampler proposes,\n"
        "judged on validation images, hopeless ones ended early, all tracked in MLflow. Stopped at any moment, the\n"
        "same command goes on with it. Every setting is a Hydra override, as for the stages.",
        epilog="examples:\n"
        "  digits sweep sweep=quick                          20 short trials, minutes\n"
        "  digits sweep sweep=quick --best                   its winner as conf/experiment/quick_sweep.yaml\n"
        "  digits sweep sweep=pareto                         error against the cost of reading\n"
        "  digits sweep sweep=quick sweep.trials=40          twenty more of them\n"
        "  digits sweep sweep=quick sweep/sampler=random sweep/pruner=hyperband sweep.study=other\n"
        "  digits sweep sweep=quick sweep.workers=2 hydra/launcher=joblib       two processes of this machine\n"
        "  digits sweep sweep=quick sweep.workers=8 hydra/launcher=slurm sweep.storage=postgresql://user@host/studies\n\n"
        "docs/searching.md says how a search space is written, and when a Hydra grid or dvc exp serves better",
    )
    sweep.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="what to search and how: see conf/sweep/")
    sweep.add_argument("--best", action="store_true", help="write the study's winner as an experiment; trains nothing")
    sweep.add_argument(
        "--trial", type=int, metavar="N", help="with --best: this trial instead, one of a Pareto front, say"
    )
    sweep.set_defaults(run=run_sweep)
    status = commands.add_parser(
        "status",
        help="say what was reached and what to do next",
        description="Three lines: how well the last evaluated model reads, who is champion, what to do next.",
    )
    status.set_defaults(run=run_status)
    return top


def expand(paths: Sequence[str]) -> list[str]:
    """The paths with every folder replaced by the pictures in it, sorted by name.

    Raises:
        DigitsError: a folder holds no picture.
    """
    found: list[str] = []
    for path in paths:
        if not Path(path).is_dir():
            found.append(path)
            continue
        pictures = sorted(
            str(file) for file in Path(path).rglob("*") if file.suffix.lower() in PICTURES and file.is_file()
        )
        if not pictures:
            raise DigitsError(f"{path} holds no picture ({' '.join(sorted(PICTURES))})")
        found += pictures
    return found


def run_read(arguments: argparse.Namespace) -> int:
    """`digits read`: prints what each picture says; 1 if some could not be read."""
    # NumPy's BLAS starts a thread for each processor, which waits by spinning: a fifth of the time of one picture.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from digits.reading.reader import Reader

    paths = expand(arguments.paths)
    reader = Reader.load(arguments.model)
    if len(paths) < _MANY:
        return show(paths, reader.read_all(paths), arguments.json)
    from digits.reading.parallel import ReaderPool

    with ReaderPool(reader.path) as readers:
        return show(paths, readers.read_all(str, paths), arguments.json)


def show(paths: Sequence[str], readings: Any, as_objects: bool) -> int:
    """Prints what each picture says; 1 if some could not be read."""
    say: Any = print
    if len(paths) >= _SHOW_PROGRESS and sys.stderr.isatty():
        from tqdm import tqdm

        readings, say = tqdm(readings, "reading", len(paths), unit="picture"), tqdm.write
    failures = 0
    for path, reading in zip(paths, readings, strict=True):
        if not isinstance(reading, DigitsError):
            say(json.dumps(as_json(path, reading)) if as_objects else as_line(path, reading))
            continue
        failures += 1
        if as_objects:
            say(json.dumps({"path": path, "error": str(reading)}))
        else:
            say(f"error: {reading}", file=sys.stderr)
    return 1 if failures else 0


def as_json(path: str, reading: Any) -> dict[str, Any]:
    """A reading as the object that --json promises."""
    digits = [
        {
            "digit": digit.digit,
            "confidence": round(digit.confidence, 6),
            "probabilities": [round(probability, 6) for probability in digit.probabilities],
            "box": list(digit.box),
            "uncertain": digit.uncertain,
        }
        for digit in reading.digits
    ]
    return {"path": path, "text": reading.text, "digits": digits}


def as_line(path: str, reading: Any) -> str:
    """A reading as a line for people: path, what it says, how sure, and the alternative where it is not sure."""
    if not reading.digits:
        return f"{path}\t(blank)"
    doubts = []
    for digit in reading.digits:
        if digit.uncertain:
            second = sorted(range(10), key=lambda d: -digit.probabilities[d])[1]
            doubts.append(f"{digit.digit} or {second}?")
    surest = min(digit.confidence for digit in reading.digits)
    return f"{path}\t{' '.join(reading.text.splitlines())}\t{surest:.1%}" + (f"\t{' '.join(doubts)}" if doubts else "")


def run_gui(arguments: argparse.Namespace) -> int:
    """`digits gui`: opens the window; returns when it is closed."""
    from gui.app import run

    return run(arguments.picture, arguments.model)


def run_compare(arguments: argparse.Namespace) -> int:
    """`digits compare`: tables, and the path of the page."""
    from digits.report.compare import compare

    compare(arguments.runs)
    return 0


def run_ui(arguments: argparse.Namespace) -> int:
    """`digits ui`: serves MLflow's pages until Ctrl+C."""
    from digits.tracking import ui

    ui.serve(arguments.of, arguments.port, not arguments.no_browser)
    return 0


def run_card(arguments: argparse.Namespace) -> int:
    """`digits card`: the path of the page, opened."""
    from digits.report.card.show import show

    show(arguments.of, not arguments.no_browser)
    return 0


def run_sweep(arguments: argparse.Namespace) -> int:
    """`digits sweep`: runs a study, or writes its winner."""
    if arguments.trial is not None and not arguments.best:
        raise DigitsError("--trial says which trial --best is to write: give both")
    from digits.sweep import search as sweep

    if arguments.best:
        sweep.write_best(arguments.overrides, arguments.trial)
    else:
        sweep.search(arguments.overrides)
    return 0


def run_status(arguments: argparse.Namespace) -> int:
    """`digits status`: three lines."""
    from digits.paths import ROOT
    from digits.tracking import registry
    from digits.tracking.store import MODEL

    metrics = ROOT / "reports" / "metrics.json"
    if metrics.is_file():
        scores = json.loads(metrics.read_text())
        reached = "   ".join(
            f"{name} {values['accuracy']:.2%} ({values['errors']} wrong)" for name, values in scores.items()
        )
        print(f"reached   {reached}")
    else:
        print("reached   nothing evaluated yet")
    champion = registry.find_champion()
    print(
        f"champion  {MODEL} version {champion.number} (its run and the others: digits ui)"
        if champion
        else "champion  none yet"
    )
    tried = "make gui opens the window; after source .venv/bin/activate: digits read PICTURE, digits ui, dvc exp run"
    print(f"next      {tried if champion else 'make repro'}")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    arguments = parser().parse_args(argv)
    try:
        status = int(arguments.run(arguments))
        sys.stdout.flush()
        return status
    except DigitsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `digits read folder | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
