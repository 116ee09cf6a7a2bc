"""`digits sweep`: real studies of tiny trainings, killed, resumed, shared; what is wrong is named before any work."""

import os
import signal
import sqlite3
from pathlib import Path

import optuna
import pytest
from clone import STUDY_KNOBS as KNOBS
from clone import Clone
from optuna.trial import FrozenTrial, TrialState

from digits.config import Config, compose
from digits.config.schema import Dimension
from digits.errors import DigitsError
from digits.sweep import space as spaces
from digits.sweep.best import write_best
from digits.sweep.search import search
from digits.sweep.strategies import ReplayedCmaEs
from digits.sweep.worker import Checks
from digits.tracking.runs import run_name
from digits.training.fit import fit
from digits.training.recipe import recipe
from digits.training.recorder import Recorder
from digits.training.session import Session


def trials(clone: Clone, study: str, storage: str = "") -> list[FrozenTrial]:
    """A study's trials, as its storage has them."""
    url = storage or f"sqlite:///{clone.path / 'artifacts' / 'sweeps.db'}"
    try:
        return optuna.load_study(study_name=study, storage=url).trials
    except (KeyError, optuna.exceptions.StorageInternalError):
        return []


def states(found: list[FrozenTrial]) -> list[TrialState]:
    return [trial.state for trial in found]


def children(clone: Clone, study: str) -> list[tuple[str, str]]:
    """Trial and status of every MLflow run below the study's."""
    with sqlite3.connect(clone.path / "mlflow.db") as connection:
        rows = connection.execute(
            "select number.value, runs.status from runs join tags study on study.run_uuid = runs.run_uuid "
            "join tags number on number.run_uuid = runs.run_uuid join tags parent on parent.run_uuid = runs.run_uuid "
            "join runs above on above.run_uuid = parent.value where study.key = 'sweep.study' and study.value = ? "
            "and number.key = 'sweep.trial' and parent.key = 'mlflow.parentRunId' and above.name = ?",
            [study, study],
        )
        return sorted(rows, key=lambda row: int(row[0]))


def with_space(**space: Dimension) -> Config:
    """The quick study with another search space; __ in a name stands for its dot."""
    config = compose(["sweep=quick"])
    config.sweep.space = {name.replace("__", "."): dimension for name, dimension in space.items()}
    return config


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({"optimizer__lrr": Dimension(low=1, high=2)}, ["sweep.space.optimizer.lrr", "Did you mean optimizer.lr?"]),
        ({"evaluate__bins": Dimension(low=2, high=9)}, ["no training has a knob evaluate.bins"]),
        ({"model__width": Dimension(low=8, high=4)}, ["sweep.space.model.width", "low=8, high=4"]),
        ({"model__width": Dimension(low=8, high=9.5)}, ["model.width is a whole number"]),
        ({"model__width": Dimension()}, ["sweep.space.model.width: it must have choices, or low and high"]),
        ({"optimizer__lr": Dimension(low=0, high=1, log=True)}, ["sweep.space.optimizer.lr", "low > 0"]),
        ({"optimizer": Dimension(choices=["adamw", "sgdd"])}, ["optimizer=sgdd", "adadelta", "sgd"]),
        ({"optimizer__momentum": Dimension(low=0, high=0.9)}, ["optimizer.momentum"]),
        ({"schedule__final": Dimension(low=0.1, high=2)}, ["schedule.final=2.0 is out of range"]),
        (
            {
                "optimizer": Dimension(choices=["sgd"]),
                "optimizer__lr": Dimension(low=1, high=2, when={"optimiser": "sgd"}),
            },
            ["optimiser must be a dimension above it", "Did you mean optimizer?"],
        ),
    ],
)
def test_a_wrong_search_space_is_named_before_any_work(space: dict[str, Dimension], said: list[str]) -> None:
    with pytest.raises(DigitsError) as error:
        spaces.prove(spaces.searched(with_space(**space), ["sweep=quick"]), ["sweep=quick"])
    assert all(part in str(error.value) for part in said), error.value


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["sweep.trails=3"], "Did you mean sweep.trials?"),
        (["sweep=quick", "sweep.space.optimizer.lowe=3"], "Did you mean sweep.space.optimizer.low?"),
        (["sweep=quick", "sweep/sampler=tep"], "tpe"),
        (["sweep=quick", "sweep.pruner.factor=1"], "sweep.pruner.factor=1 is out of range"),
        (["sweep=quick", "sweep.objectives=[error,nll]"], "choose sweep/pruner=none"),
        (["sweep=quick", "sweep.study=tutorial"], "conf/experiment/tutorial.yaml was not written by `digits sweep`"),
        (["sweep=quick", "sweep.workers=2"], "choose hydra/launcher=joblib, ray_cluster or slurm"),
    ],
)
def test_a_wrong_study_is_named_before_any_work(overrides: list[str], said: str) -> None:
    with pytest.raises(DigitsError) as error:
        search(overrides)
    assert said in str(error.value)


@pytest.mark.parametrize("study", ["default", "quick", "pareto"])
def test_every_study_composes(study: str) -> None:
    overrides = [f"sweep={study}"]
    spaces.prove(spaces.searched(compose(overrides), overrides), overrides)


def test_a_knob_fixed_on_the_command_line_is_not_searched() -> None:
    overrides = ["sweep=quick", "model.width=12"]
    assert "model.width" not in spaces.searched(compose(overrides), overrides)


def test_a_grid_has_every_combination_once_and_conditional_knobs_only_where_they_hold() -> None:
    config = with_space(
        optimizer=Dimension(choices=["adamw", "sgd"]),
        optimizer__momentum=Dimension(low=0.8, high=0.9, step=0.05, when={"optimizer": "sgd"}),
        model__width=Dimension(low=8, high=12, step=4),
    )
    points = spaces.grid(config.sweep.space)
    assert len(points) == 2 + 3 * 2
    assert {"optimizer": "adamw", "model.width": 12} in points
    assert {"optimizer": "sgd", "optimizer.momentum": 0.85, "model.width": 8} in points


def test_cma_es_finds_the_bottom_of_a_bowl_and_keeps_no_pickle() -> None:
    def bowl(trial: optuna.Trial) -> float:
        return (trial.suggest_float("x", -3, 3) - 1) ** 2 + (trial.suggest_float("y", -3, 3) + 2) ** 2

    study = optuna.create_study(sampler=ReplayedCmaEs(1, startup=2))
    study.optimize(bowl, n_trials=90)
    assert study.best_value < 0.01
    assert {key for trial in study.trials for key in trial.system_attrs} == {"cma:generation"}


@pytest.mark.long
def test_a_killed_study_goes_on_and_ends_as_one_that_was_not(tiny: Clone, finished_study: str) -> None:
    # given a study that was left alone, when another is killed in the middle of its second trial, and started again
    killed = tiny.start("digits", "sweep", *KNOBS, "sweep.study=killed")
    tiny.wait(killed, lambda: ("1", "RUNNING") in children(tiny, "killed"))
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    output = tiny.run("digits", "sweep", *KNOBS, "sweep.study=killed")

    # then it went on, and no trial tells the two apart
    assert "trial 1 was interrupted: it runs again" in output
    whole, resumed = trials(tiny, finished_study), trials(tiny, "killed")
    assert [t.params for t in resumed] == [t.params for t in whole]
    assert [t.intermediate_values for t in resumed] == [t.intermediate_values for t in whole]
    assert [(t.state, t.values) for t in resumed] == [(t.state, t.values) for t in whole]
    assert TrialState.PRUNED in states(resumed)
    status = {TrialState.COMPLETE: "FINISHED", TrialState.PRUNED: "KILLED"}
    assert children(tiny, "killed") == [(str(t.number), status[t.state]) for t in resumed]


def test_the_winner_becomes_an_experiment_that_trains_as_its_trial_did(
    tiny: Clone, finished_study: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a finished study, and the recipe of its best trial
    monkeypatch.chdir(tiny.path)
    overrides = [*KNOBS, f"sweep.study={finished_study}"]
    best = min((t for t in trials(tiny, finished_study) if t.state == TrialState.COMPLETE), key=lambda t: t.values)
    config = compose(overrides)
    trained = compose([*overrides, *spaces.as_overrides(config.sweep.space, best.params)])

    # when it is written
    path = write_best(overrides)

    # then it says where it comes from, and composes to the same training
    assert f"study {finished_study}, trial {best.number} of 4" in path.read_text()
    threads = "trainer.threads=1"  # the machine's part is no experiment's
    assert recipe(compose([f"experiment={finished_study}", threads])) == recipe(trained)
    path.unlink()


def test_a_study_does_not_go_on_with_another_search_space(
    tiny: Clone, finished_study: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny.path)
    with pytest.raises(DigitsError, match=f"study {finished_study} was begun with") as error:
        search([*KNOBS, f"sweep.study={finished_study}", "train.batch_size=32"])
    assert "begin another with sweep.study=NAME" in str(error.value)


def test_checking_a_trial_changes_nothing_of_its_training(
    tiny: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny.path)
    config = compose(KNOBS)  # its augmentation draws random numbers in every batch
    session = Session(config)
    checked: list[int] = []
    histories = []
    for name, callbacks in (("plain", []), ("checked", [Checks(3, lambda step, error: checked.append(step))])):
        recorder = Recorder()
        (tmp_path / name).mkdir()
        fit(config, session.datamodule, session.precision, recorder, tmp_path / name, callbacks)
        histories.append(recorder.history)
    assert histories[0] == histories[1]
    assert checked == [1, 2, 3, 4, 5, 6]


def test_a_grids_jobs_are_named_after_what_was_asked_for() -> None:
    overrides = ["model.width=24", "train.epochs=14", "seed=2", "optimizer.lr=0.02"]
    assert run_name(recipe(compose(overrides)), overrides) == "residual-w24 mnist_pen 14ep seed2 optimizer.lr=0.02"


@pytest.mark.long
def test_two_workers_on_ray_run_every_trial_once(tiny: Clone) -> None:
    command = ("digits", "sweep", *KNOBS, "sweep.study=shared", "sweep.workers=2", "hydra/launcher=ray_cluster")
    output = tiny.run(*command)
    found = trials(tiny, "shared")
    assert len(found) == 4
    assert all(state.is_finished() for state in states(found)), output
    assert [number for number, _ in children(tiny, "shared")] == ["0", "1", "2", "3"]
    assert len({tuple(trial.user_attrs["worker"]) for trial in found}) == 2


@pytest.mark.long
def test_workers_are_submitted_to_slurm_as_an_array_of_jobs(tiny: Clone, tmp_path: Path) -> None:
    # given a Slurm that keeps what it is given, and takes nothing
    for name in ("sbatch", "srun"):
        (tmp_path / name).write_text(f'#!/bin/sh\ncp "$1" {tmp_path}/script; echo no such partition >&2; exit 1\n')
        (tmp_path / name).chmod(0o755)
    command = ("digits", "sweep", *KNOBS, "sweep.study=slurm", "sweep.workers=3", "hydra/launcher=slurm")
    output = tiny.run(
        *command,
        "hydra.launcher.partition=cpu",
        status=1,
        PATH=f"{tmp_path}{os.pathsep}{tiny.environment['PATH']}",
    )
    assert "no such partition" in output
    script = (tmp_path / "script").read_text()
    for line in ("--array=0-2", "--cpus-per-task=1", "--partition=cpu", "--time=720", "--job-name=sweep"):
        assert f"#SBATCH {line}" in script, script
    assert "submitit.core._submit" in script


@pytest.mark.long
def test_a_study_on_postgresql_is_shared_by_two_processes(tiny: Clone, postgresql: str) -> None:
    command = ("digits", "sweep", *KNOBS, "sweep.study=shared", "sweep.workers=2", "hydra/launcher=joblib")
    output = tiny.run(*command, f"sweep.storage='{postgresql}'")
    found = trials(tiny, "shared", postgresql)
    assert len(found) == 4
    assert all(state.is_finished() for state in states(found)), output
    assert len({tuple(trial.user_attrs["worker"]) for trial in found}) == 2
