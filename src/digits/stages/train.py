"""Stage 4 of dvc.yaml: trains a network with PyTorch Lightning and exports it as model.onnx.

As a stage it writes to artifacts/train. Started by hand it writes to a folder of its own below artifacts/runs, so
exploring never touches the pipeline's outputs; MLflow tracks both. A grid (-m) that is started again
trains only what it has not trained to its end.
"""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from tqdm import tqdm

from digits.charts.evaluation.learning import learning
from digits.charts.style import save
from digits.config import Config, stage
from digits.data import sets
from digits.data.hands import Hands
from digits.data.pages import Pages
from digits.data.paper import KINDS
from digits.data.splits import split_strokes
from digits.evaluation import scores
from digits.paths import RUNS, SETS, TRAINED
from digits.reading.fitting import calibrate
from digits.reading.reader import Reader
from digits.tracking import ended, runs
from digits.tracking.diary import Diary
from digits.tracking.training_run import tracked
from digits.training import distributed, hardware
from digits.training.checkpoints import resumable
from digits.training.datamodule import VALIDATION
from digits.training.model_file import amend
from digits.training.recipe import recipe
from digits.training.recorder import Recorder, Row
from digits.training.session import Session

_SCALES = (1.0, 2.0, 0.8, 1.5)
"""How many times as large as strips the pages are that calibrate the reading."""


@stage
def main(config: Config) -> None:
    """Trains as conf/ says; tracked in MLflow from the first epoch on."""
    distributed.check_start(config.trainer)
    if not distributed.is_first():  # a further process of a distributed training: the first one tracks and writes
        session = Session(config)
        session.train(session.checkpoints)
        return
    experiment = runs.find_experiment(runs.connect())
    session = Session(config)
    about = recipe(session.config)
    name = runs.run_name(about, HydraConfig.get().overrides.task)
    pipeline = config.out == str(TRAINED)
    tags = hardware.describe(config.trainer) | {"pipeline": str(pipeline).lower()}

    with resumable(session.checkpoints, keep=pipeline) as folder:
        if before := trained_before(config, session):
            print(f"trained before, and not again while it is there: {before}", flush=True)
            return
        with tracked(folder, name, about, session.purposes, tags) as diary:

            def on_epoch(member: int, epoch: int, row: Row, speed: Row) -> None:
                show_epoch(config, member, epoch, row, speed)
                diary.epoch(member * config.train.epochs + epoch, row, speed)

            own = re.sub(r"[^\w.-]+", "-", name).strip("-")  # a name that Hydra takes on a command line as it is
            out = Path(config.out) if config.out else RUNS / f"{own}-{diary.run_id[:6]}"
            recorders = session.train(folder, on_epoch)
            session.finish(recorders, out)
            calibrate_on_pages(config, out / "model.onnx")
            seconds = note_results(diary, config, recorders, out)
        if not pipeline:
            ended.note(out, session.outcome, diary.run_id, experiment)
    best = ", ".join(str(recorder.best_epoch + 1) for recorder in recorders)
    print(f"wrote {out / 'model.onnx'}, the weights of epoch {best}; training took {seconds:.0f} s")
    if config.out is None:
        print(f"score it with: python -m digits.stages.evaluate model_file={out / 'model.onnx'}")


def trained_before(config: Config, session: Session) -> Path | None:
    """The model file of this very training, where a grid asks for it that has trained it before; else None."""
    if HydraConfig.get().mode is not RunMode.MULTIRUN or config.trainer.num_nodes > 1:  # whose others would wait
        return None
    return ended.find(session.outcome, config.out)


def calibrate_on_pages(config: Config, model: Path) -> None:
    """Makes a model file say how far its networks are to be trusted on pages, learned on made validation pages."""
    writers = split_strokes(config.preprocess)["pen-validation"]
    pages = Pages(Hands(writers, sets.load(SETS, "mnist-validation")), "validation", config.seed)
    order = [(kind, touching, scale) for scale in _SCALES for touching in (True, False) for kind in (*KINDS, "nothing")]
    numbers = tqdm(range(config.train.calibration_pages), "calibrating on made pages", unit="page")
    made = (pages.whole(number, *order[number % len(order)]) for number in numbers)
    amend(model, {"page_calibration": calibrate(Reader(model), made)})


def show_epoch(config: Config, member: int, epoch: int, row: Row, speed: Row) -> None:
    """Prints an epoch, counted from 0 as the members are, as one line above the progress bar."""
    several = f"network {member + 1}/{config.train.members}   " if config.train.members > 1 else ""
    validation = "  ".join(f"{name} {row[f'validation/{name}_accuracy']:.2%}" for name in VALIDATION)
    tqdm.write(
        f"{several}epoch {epoch + 1:3}/{config.train.epochs}   train loss {row['train/loss']:.4f}   "
        f"validation {validation}   {speed['images_per_second']:,.0f} images/s"
    )


def note_results(diary: Diary, config: Config, recorders: Sequence[Recorder], out: Path) -> float:
    """Notes scores on the validation sets, learning curves and the model in the diary of the run.

    Returns:
        seconds that training took.
    """
    reader = Reader(out / "model.onnx")
    for name in VALIDATION:
        digits = sets.load(SETS, f"{name}-validation")
        final = scores.summary(reader.classify(digits.images), digits.labels, config.evaluate.bins)
        diary.metrics({f"final/validation_{name}_{metric}": value for metric, value in final.items()})
    seconds = sum(recorder.seconds for recorder in recorders)
    diary.metrics({"train_seconds": seconds})
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "learning.png"
        save(learning(out / "history.csv"), picture)
        diary.file(picture)
    diary.file(out / "history.csv")
    diary.model(out / "model.onnx")
    return seconds


if __name__ == "__main__":
    main()
