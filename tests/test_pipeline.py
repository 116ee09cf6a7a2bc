"""The whole dvc.yaml in a scratch clone, on little data, with a real registry."""

import json
import os
import re
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from clone import Clone
from hand import SEVEN, Hand, picture_of
from mlflow import MlflowClient
from omegaconf import OmegaConf
from PIL import Image

from digits.data import mnist, sets
from digits.files import sha256

SHORT = ("train.epochs=1", "mix.mnist=512", "mix.pen=0", "mix.allograph=0", "mix.page=0", "mix.outlier=0")
"""A training far too short to read well."""


def mlflow(clone: Clone) -> MlflowClient:
    return MlflowClient(f"sqlite:///{clone.path}/mlflow.db")


def champion(clone: Clone) -> tuple[str, str]:
    """Number and file SHA-256 of the champion in the clone's registry."""
    version = mlflow(clone).get_model_version_by_alias("digits", "champion")
    return str(version.version), version.tags["onnx.sha256"]


def test_a_fresh_clone_ends_with_a_champion(clone: Clone, model: Path) -> None:
    metrics = json.loads((clone.path / "reports" / "metrics.json").read_text())
    assert {*metrics} == {"mnist", "pen", "allograph", "page", "made_pages"}
    assert all({"accuracy", "errors"} <= {*values} for values in metrics.values())
    assert metrics["mnist"]["accuracy"] > 0.93
    handwriting = json.loads((clone.path / "reports" / "handwriting.json").read_text())
    assert {*handwriting} == {"conditions", "styles", "forms", "numbers", "uncertain"}
    assert handwriting["conditions"]["as usual"]["strokes"]["accuracy"] > 0.8
    # Half of all outliers, more or less, for a network this small; but ever so much more often than digits.
    assert handwriting["uncertain"]["outlier"]["share"] > 20 * handwriting["uncertain"]["pen"]["share"]
    assert champion(clone)[0] == "1"
    assert champion(clone)[1] == sha256(model)
    assert "digits version 1" in clone.run("digits", "status")


def test_a_second_repro_only_looks_at_the_registry(clone: Clone) -> None:
    lock = (clone.path / "dvc.lock").read_bytes()
    output = clone.run("dvc", "repro")
    assert output.count("Running stage") == 1
    assert "the champion already: nothing to do" in output
    assert (clone.path / "dvc.lock").read_bytes() == lock


def test_a_training_knob_re_runs_train_and_what_follows(clone: Clone) -> None:
    with clone.turned("conf/train/default.yaml", "label_smoothing", 0.06):
        plan = clone.run("dvc", "status")
    assert "train:" in plan
    assert "download:" not in plan
    assert "preprocess:" not in plan


def test_a_lost_registry_comes_back_without_training(clone: Clone, model: Path) -> None:
    registry = clone.path / "mlflow.db"
    kept = registry.rename(clone.path / "kept.db")
    try:
        output = clone.run("dvc", "repro")
        assert "Running stage 'train'" not in output
        assert "now the champion" in output
        assert champion(clone)[1] == sha256(model)
    finally:
        kept.replace(registry)


def test_a_moved_checkout_goes_on_where_it_is(clone: Clone, model: Path, tmp_path: Path) -> None:
    here = Clone(shutil.copytree(clone.path, tmp_path / "moved here"))
    shutil.rmtree(here.path / ".cache")
    (here.path / "artifacts" / "train" / "model.onnx").unlink()
    output = here.run("digits", "status")
    assert f"not in {(clone.path / 'mlartifacts').as_uri()}" in output
    assert "digits version 1" in output
    where = "from digits.tracking import registry; print(registry.download('models:/digits/1'))"
    assert str(here.path) in here.run("python", "-c", where)
    log = "import mlflow; from digits.tracking import runs; runs.connect(); print(mlflow.start_run().info.artifact_uri)"
    assert (here.path / "mlartifacts").as_uri() in here.run("python", "-c", log)


def test_a_champion_whose_artifacts_are_lost_is_read_from_the_pipelines_file(clone: Clone, tmp_path: Path) -> None:
    here = Clone(shutil.copytree(clone.path, tmp_path / "digits"))
    shutil.rmtree(here.path / ".cache")
    shutil.rmtree(here.path / "mlartifacts")
    script = "from digits.tracking import registry; print(registry.fetch(registry.champion()))"
    assert "v1-" in here.run("python", "-c", script)


@pytest.mark.parametrize("stage", ["train", "register"])
def test_a_stage_runs_the_code_of_the_checkout_it_is_started_in(clone: Clone, model: Path, stage: str) -> None:
    """As DVC starts a queued experiment: in a copy below the repository, whose code is installed."""
    copy = clone.path / ".dvc" / "tmp" / "exps" / "other"
    for folder in ("src", "conf", "artifacts/train"):  # whose model is the champion
        shutil.copytree(clone.path / folder, copy / folder)
    own = copy / "src" / "digits" / "stages" / f"{stage}.py"
    own.write_text("import os\nprint('tracked in', os.environ['MLFLOW_TRACKING_URI'])\n")
    try:
        output = clone.run("sh", "-c", f"cd '{copy}' && python -m digits.stages.{stage}")
        assert output == f"tracked in sqlite:///{clone.path}/mlflow.db\n"
    finally:
        shutil.rmtree(copy)


def test_files_in_git_of_another_processor_are_named_and_come_back(clone: Clone, tmp_path: Path) -> None:
    # given a clone whose commit holds what its pipeline made; nothing is said of that
    here = Clone(shutil.copytree(clone.path, tmp_path / "digits"))
    commit = ("git", "-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-q", "-a", "-m", "made")
    here.run("git", "add", "dvc.lock")
    here.run(*commit)
    kind = re.search(r"computed  on (.+)", here.run("digits", "status"))
    assert kind
    assert "in git" not in here.run("digits", "status")
    # when the commit's card names another processor, as a newcomer's does after `make repro`
    card = here.path / "reports" / "card.md"
    own = card.read_text()
    assert f"| computed on | {kind[1]} |" in own
    card.write_text(own.replace(kind[1], "Another, AVX2, 32-true"))
    here.run(*commit)
    card.write_text(own)
    # then that is said, with what makes the clone clean again
    said = here.run("digits", "status")
    assert "from another kind of processor (Another, AVX2, 32-true)" in said
    restore = re.search(r"git restore [\w./ ]+?(?= brings)", said)
    assert restore
    here.run(*restore[0].split())
    assert here.run("git", "status", "--short", "--untracked-files=no") == ""


def test_no_output_knows_when_or_where_it_was_made(clone: Clone, model: Path) -> None:
    outputs = OmegaConf.load(clone.path / "dvc.lock").stages
    assert set(outputs) == {"download", "preprocess", "pages", "train", "evaluate", "register"}
    for file in (file for made in ("pages", "train") for file in (clone.path / "artifacts" / made).iterdir()):
        content = file.read_bytes()
        assert str(clone.path).encode() not in content, file
        assert os.environ.get("HOME", "/root").encode() + b"/" not in content, file


@pytest.mark.long
def test_a_killed_training_ends_with_the_same_bytes(clone: Clone, tmp_path: Path) -> None:
    # given the pipeline's training, which was left alone, and the same one killed in the middle of its second epoch
    whole = clone.path / "artifacts" / "train"
    command = ("python", "-m", "digits.stages.train", "experiment=default", f"out={tmp_path}")
    killed = clone.start(*command)
    checkpoints = clone.path / "artifacts" / "checkpoints"
    clone.wait(killed, lambda: [*checkpoints.glob("**/last.ckpt")])
    os.killpg(killed.pid, signal.SIGKILL)
    assert "epoch   2/2" not in killed.communicate()[0]
    assert not (tmp_path / "model.onnx").exists()

    # when it is started again
    output = clone.run(*command)

    # then it went on, and nothing tells the two apart
    assert "going on from the last finished epoch" in output
    assert "epoch   1/2" not in output
    assert "epoch   2/2" in output
    for name in ("model.onnx", "history.csv", "config.yaml"):
        assert sha256(tmp_path / name) == sha256(whole / name), name
    assert not list(checkpoints.glob("**/last.ckpt"))


@pytest.mark.long
def test_a_training_that_dvc_asks_for_again_goes_on_with_its_run(clone: Clone, tmp_path: Path) -> None:
    # given a training that dvc repro was killed after, before it had noted that
    here = Clone(shutil.copytree(clone.path, tmp_path / "clone"))
    log = here.path / "mlartifacts"
    before = len([*log.rglob("model.onnx")])
    command = ("python", "-m", "digits.stages.train", "out=artifacts/train", *SHORT, "seed=8", "train.views=[[0,0]]")
    here.run(*command)
    made, runs = sha256(here.path / "artifacts/train/model.onnx"), len(mlflow(here).search_runs(["1"]))

    # when it is asked for again
    shutil.rmtree(here.path / "artifacts" / "train")
    again = here.run(*command)

    # then it trains nothing, its run has one model, and the last stage removes the checkpoints
    assert "epoch   1/1" not in again
    assert sha256(here.path / "artifacts/train/model.onnx") == made
    assert len(mlflow(here).search_runs(["1"])) == runs
    assert len([*log.rglob("model.onnx")]) == before + 1
    here.run("python", "-m", "digits.stages.register", "model_file=none.onnx", status=1)
    assert not [*here.path.glob("artifacts/checkpoints/*/")]


@pytest.mark.long
def test_a_grid_that_is_started_again_trains_what_it_has_not(clone: Clone, model: Path) -> None:
    # given a grid that was killed after its first job
    program, knobs = ("python", "-m", "digits.stages.train"), (*SHORT, "train.views=[[0,0]]")
    runs = clone.path / "artifacts" / "runs"
    grid = clone.start(*program, "-m", *knobs, "seed=11,12")
    clone.wait(grid, lambda: [*runs.glob("*seed11*/trained.json")])
    os.killpg(grid.pid, signal.SIGKILL)
    grid.communicate()
    (first,) = runs.glob("*seed11*/model.onnx")

    # when that job is asked for alone, it is trained again
    clone.run(*program, *knobs, "seed=11")
    (second,) = {*runs.glob("*seed11*/model.onnx")} - {first}

    # when the grid is started again, then a model that is still what was trained is named, and the rest is trained
    first.write_bytes(b"cut short")
    said = clone.run(*program, "-m", *knobs, "seed=11,12")
    assert re.findall("trained before, and not again while it is there: (.+)", said) == [
        str(second.relative_to(clone.path))
    ]
    assert {*runs.glob("*seed11*/model.onnx")} == {first, second}
    assert [*runs.glob("*seed12*/trained.json")]


@pytest.fixture(scope="module")
def explored(clone: Clone, model: Path) -> Path:
    """The model file of a training started by hand beside the pipeline, far too short to read well."""
    before = sha256(model)
    output = clone.run("python", "-m", "digits.stages.train", *SHORT, "seed=7")
    made = next((clone.path / "artifacts" / "runs").glob("*seed7*/model.onnx"))
    assert str(made.relative_to(clone.path)) in output
    assert sha256(model) == before
    return made


@pytest.mark.long
def test_an_exploratory_run_is_tracked_and_leaves_the_pipeline_alone(clone: Clone, explored: Path) -> None:
    reports = (clone.path / "reports" / "metrics.json").read_bytes()
    assert "mnist" in clone.run("python", "-m", "digits.stages.evaluate", f"model_file={explored}")
    assert (clone.path / "reports" / "metrics.json").read_bytes() == reports
    experiment = mlflow(clone).get_experiment_by_name("digits")
    assert experiment
    (run,) = mlflow(clone).search_runs([experiment.experiment_id], f"tags.`onnx.sha256` = '{sha256(explored)}'")
    expected = {"train/loss", "validation/pen_accuracy", "images_per_second", "mnist.accuracy", "made_pages.accuracy"}
    assert expected <= run.data.metrics.keys()
    assert {"train.epochs", "model.width", "optimizer.lr", "trainer.threads"} <= run.data.params.keys()


def test_a_worse_model_is_registered_but_not_made_champion(clone: Clone, explored: Path) -> None:
    before = champion(clone)
    output = clone.run("python", "-m", "digits.stages.register", f"model_file={explored}")
    assert "not made champion" in output
    assert champion(clone) == before
    # registering it again makes no further version
    clone.run("python", "-m", "digits.stages.register", f"model_file={explored}")
    (version,) = mlflow(clone).search_model_versions(f"name = 'digits' and tags.`onnx.sha256` = '{sha256(explored)}'")
    assert float(version.tags["decision.mnist.p"]) < 0.05
    assert version.tags["decision"].startswith("refused: worse on mnist")
    assert 0 <= int(version.tags["decision.made_pages.champion_errors"]) <= 40


def test_an_unreachable_tracking_server_is_reported_before_training(clone: Clone) -> None:
    output = clone.run("python", "-m", "digits.stages.train", status=1, MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    assert "error: the MLflow server http://127.0.0.1:9 cannot be reached" in output
    assert "epoch" not in output


def test_what_is_taught_in_the_window_and_imported_changes_the_next_repro(
    clone: Clone, window: Callable[..., Hand], mnist_raw: Path, tmp_path: Path
) -> None:
    # given a copy of the clone, and what its pipeline made
    clone = Clone(shutil.copytree(clone.path, tmp_path / "digits"))
    summary, pinned = clone.path / "artifacts" / "data" / "summary.json", clone.path / "data.dvc"
    before, pin = json.loads(summary.read_text()), pinned.read_text()

    # and a digit that is corrected in the window, and one of a picture there
    hand = window(model=clone.path / "artifacts" / "train" / "model.onnx", root=clone.path)
    hand.write(SEVEN)
    right = (hand.readout.digits[0].digit + 1) % 10
    hand.click(SEVEN[4])
    hand.key(str(right))
    hand.session.show_picture(lambda: picture_of(SEVEN))
    hand.wait(lambda: hand.drawing.picture and hand.readout.digits and hand.session.reading.is_current)
    hand.key("Right", str(right))
    collected = clone.path / "data" / "collected.jsonl"
    hand.wait(lambda: collected.exists() and collected.read_text().count("\n") == 2)

    # and a folder of MNIST's test digits that is imported
    images, labels = mnist.load(mnist_raw, "test")
    for number in range(20):
        (tmp_path / "scans").mkdir(exist_ok=True)
        Image.fromarray(images[number]).save(tmp_path / "scans" / f"{labels[number]}_{number}.png")
    here = os.pathsep.join([str(clone.path / "src"), str(clone.path)])
    said = clone.run("digits", "import", str(tmp_path / "scans"), "--writer", "scanner", PYTHONPATH=here)
    assert "taken 20 of 20 pictures" in said

    # when the pipeline begins to run again
    clone.run("dvc", "repro", "preprocess")

    # then both networks are to be trained again, on these samples more, by two writers more, and data.dvc pins them
    after = json.loads(summary.read_text())
    assert {"pages", "train", "evaluate"} <= json.loads(clone.run("dvc", "status", "--json")).keys()
    assert after["pen-train"]["images"] == before["pen-train"]["images"] + 22
    new = Counter([right, right, *labels[:20].tolist()])
    for digit in range(10):
        assert after["pen-train"]["per_class"][str(digit)] == before["pen-train"]["per_class"][str(digit)] + new[digit]
    assert set(after["pen-train"]["writers"]) - set(before["pen-train"]["writers"]) == {"tester", "scanner"}
    assert after["pen-test"] == before["pen-test"]
    assert pinned.read_text() != pin

    # and what train reads holds them as they stood on their pictures
    made = sets.load(clone.path / "artifacts" / "data", "pen-train")
    scans = [int(file.stem.partition("_")[2]) for file in sorted((tmp_path / "scans").iterdir())]
    off = abs(made.images[made.writers == "scanner"].astype(float) - images[scans])
    assert off.mean() < 20  # another digit has 40
