"""Stage 3 of dvc.yaml: trains the page network on made pages and exports it as pages.onnx, which train then takes in.

As a stage it writes to artifacts/pages. Started by hand it writes to a folder of its own below artifacts/runs; MLflow
tracks both.
"""

from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from tqdm import tqdm

from digits.config import Config, stage
from digits.paths import PAGES, RUNS
from digits.tracking import runs
from digits.tracking.training_run import tracked
from digits.training import hardware
from digits.training.checkpoints import resumable
from digits.training.pages.session import PageSession
from digits.training.recorder import Row


@stage
def main(config: Config) -> None:
    """Trains as conf/pages says; tracked in MLflow from the first epoch on."""
    runs.connect()
    session = PageSession(config)
    told = [each for each in HydraConfig.get().overrides.task if not each.startswith(("out=", "experiment=default"))]
    name = " ".join([f"pages {config.pages.strips * config.pages.passes:,} strips seed{config.seed}", *told])
    pipeline = config.out == str(PAGES)
    tags = hardware.describe(config.trainer) | {"pipeline": str(pipeline).lower()}

    purposes = {"mnist-train": "training", "mnist-validation": "validation"}
    with (
        resumable(session.checkpoints, keep=pipeline) as folder,
        tracked(folder, name, session.recipe(), purposes, tags) as diary,
    ):

        def on_epoch(epoch: int, row: Row, speed: Row) -> None:
            tqdm.write(
                f"epoch {epoch + 1:3}/{config.pages.epochs}   train loss {row['train/loss']:.4f}   validation marks "
                f"{row['validation/marks']:.2%}  strips {1 - row['validation/error']:.2%}   "
                f"{speed['images_per_second']:,.0f} strips/s"
            )
            diary.epoch(epoch, row, speed)

        out = Path(config.out) if config.out else RUNS / f"pages-{diary.run_id[:6]}"
        recorder = session.train(folder, on_epoch)
        session.finish(recorder, out)
        diary.metrics({"train_seconds": recorder.seconds})
        for file in ("pages.onnx", "history.csv"):
            diary.file(out / file)
    print(
        f"wrote {out / 'pages.onnx'}, the weights of epoch {recorder.best_epoch + 1}; "
        f"training took {recorder.seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
