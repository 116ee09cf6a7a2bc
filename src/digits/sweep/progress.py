"""How a study goes on, told to whoever waits for it: a line for every trial that ends, and a bar below."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from optuna.trial import FrozenTrial, TrialState
from tqdm import tqdm

from digits.config import Config
from digits.config.schema import Sweep
from digits.sweep import space as spaces
from digits.sweep.space import Space
from digits.sweep.study import FINISHED, Study

LOOK_SECONDS = 1.0
"""How often the storage is asked what the workers have done."""


@contextmanager
def shown(config: Config, space: Space) -> Iterator[None]:
    """Meanwhile prints a line for every trial that ends, and on a terminal keeps a bar below."""
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(Study(config, space), over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(study: Study, over: threading.Event) -> None:
    seen = {trial.number for trial in study.trials(*FINISHED)}
    total, start, before = len(study.trials()), time.monotonic(), len(seen)
    with tqdm(total=total, initial=before, unit="trial", disable=None, bar_format="{bar:20} {postfix}") as bar:
        ended = False
        while not ended:
            ended = over.wait(LOOK_SECONDS)
            finished = study.trials(*FINISHED)
            new = [trial for trial in finished if trial.number not in seen]
            pace = (time.monotonic() - start) / max(1, len(finished) - before)
            left = timedelta(seconds=round(pace * (total - len(finished)))) if len(finished) > before else "unknown"
            pruned = sum(trial.state == TrialState.PRUNED for trial in finished)
            best = study.best()
            standing = (
                f"{len(finished)}/{total} done, {pruned} pruned   "
                + (f"best {figures(study.sweep, best)} (trial {best.number})   " if best else "")
                + f"left {left}"
            )
            bar.set_postfix_str(standing, refresh=False)
            bar.update(len(new))
            bar.refresh()
            for trial in new:
                seen.add(trial.number)
                tqdm.write(f"{_ending(study, trial)}   {spaces.short(study.space, trial.params)}\n          {standing}")
                sys.stdout.flush()


def _ending(study: Study, trial: FrozenTrial) -> str:
    seconds = trial.duration.total_seconds() if trial.duration else 0
    if trial.state == TrialState.PRUNED:
        step = trial.last_step or 0
        error = trial.intermediate_values.get(step, float("nan"))
        return f"trial {trial.number:3}  pruned at check {step}, error {error:.2%}   {seconds:.0f} s"
    return f"trial {trial.number:3}  {figures(study.sweep, trial)}   {seconds:.0f} s"


def figures(sweep: Sweep, trial: FrozenTrial) -> str:
    """What a completed trial came to, objective by objective."""
    shown = {"error": "{:.2%}", "nll": "{:.4f}", "multiply_adds": "{:,.0f}"}
    return "  ".join(
        f"{name} {shown[name].format(value)}" for name, value in zip(sweep.objectives, trial.values, strict=True)
    )
