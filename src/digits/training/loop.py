"""The training loop: Lightning's, from the last finished epoch on where there is one."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import pytorch_lightning as pl
from pytorch_lightning.callbacks import ModelCheckpoint, TQDMProgressBar

from digits.config.schema import Trainer
from digits.training.recorder import Recorder


def run(
    module: pl.LightningModule,
    datamodule: pl.LightningDataModule,
    hardware: Trainer,
    precision: str,
    epochs: int,
    recorder: Recorder,
    folder: Path,
    further: Sequence[pl.Callback] = (),
    progress: bool = True,
) -> None:
    """Trains a network; the recorder then holds the best weights.

    Args:
        module: with the network; a `Judged`.
        datamodule: its batches.
        hardware: conf/trainer.
        precision: Lightning's, resolved.
        epochs: how many.
        recorder: keeps history and weights.
        folder: where the checkpoint of the last finished epoch is kept, and taken up from.
        further: callbacks besides.
        progress: whether a progress bar shows how far it is.
    """
    warnings.filterwarnings("ignore", module="pytorch_lightning")
    checkpoint = ModelCheckpoint(
        folder, "last", save_top_k=1, save_on_train_epoch_end=True, enable_version_counter=False, every_n_epochs=1
    )
    bar = [TQDMProgressBar(refresh_rate=10)] if progress else []
    trainer = pl.Trainer(
        accelerator=hardware.accelerator,
        devices=hardware.devices,
        num_nodes=hardware.num_nodes,
        strategy=hardware.strategy,
        precision=precision,  # type: ignore[arg-type]
        max_epochs=epochs,
        callbacks=[*further, recorder, checkpoint, *bar],
        enable_progress_bar=progress,
        logger=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        enable_model_summary=False,
        deterministic="warn",
    )
    last = folder / "last.ckpt"
    if last.exists() and trainer.is_global_zero:
        print(f"going on from the last finished epoch of an interrupted training ({last})")
    trainer.fit(module, datamodule, ckpt_path=last if last.exists() else None, weights_only=True)
