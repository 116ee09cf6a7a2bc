"""Every edge of dvc.yaml: what a stage imports, opens, reads of conf/ and writes is declared, and nothing else is."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import grimp
import pytest
import yaml
from clone import Clone

ROOT = Path(__file__).parents[2]
STAGES: dict[str, Any] = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]

NO_MATTER = {
    "digits.config": "the shape of the knobs; their values lie in conf/",
    "digits.errors": "what people read when something is wrong",
    "digits.files": "how a file is written, not what stands in it",
    "digits.paths": "where things lie, which dvc.yaml says itself",
    "digits.serving": "what programs are answered",
    "digits.tracking": "what MLflow is told; no output knows of it",
}
"""Modules that no stage declares, for they cannot change what it writes."""

TOLD = {
    "train": {"digits.charts", "digits.evaluation"},
}
"""What a stage uses for nothing but what it tells MLflow."""

OUTSIDE = {
    ".cache": "the registry's last answer",
    ".git": "the commit that a run is tagged with",
    "artifacts/checkpoints": "trainings that have not ended, found again by their fingerprint",
    "artifacts/diaries": "what MLflow has not been told yet",
    "artifacts/watched": "the notes of this test",
    "conf": "Hydra composes all of it; which knobs a stage reads is tested by themselves",
    "mlartifacts": "MLflow's",
    "mlflow.db": "MLflow's",
    "mlflow.db.lock": "MLflow's",
    "mlruns": "MLflow's",
    "src": "tested by module",
}
"""What a stage opens and does not declare."""

COMPOSED = {"defaults", "experiment"}
"""What Hydra reads for a stage to get its knobs."""

ALWAYS = [stage for stage, of in STAGES.items() if of.get("always_changed")]
"""Stages that run at every repro: nothing is gained by declaring their code."""

DECIDED = [stage for stage in STAGES if stage not in ALWAYS]

Notes = dict[str, dict[str, set[str]]]


def paths(stage: str, what: str) -> dict[str, list[str] | None]:
    """Path -> keys, None for all, of a stage's deps, outs or params."""
    experiment = yaml.safe_load((ROOT / "conf" / "pipeline.yaml").read_text())["experiment"]
    entries = STAGES[stage].get(what, [])
    pairs = [next(iter(entry.items())) if isinstance(entry, dict) else (entry, None) for entry in entries]
    return {path.replace("${experiment}", experiment): keys for path, keys in pairs}


def deps(stage: str, room: str = "") -> list[str]:
    return [path for path in paths(stage, "deps") if path.startswith(room)]


def strangers(files: Iterable[str], known: Iterable[str]) -> set[str]:
    """The files that are none of these, nor lie in one of them."""
    return {file for file in files if not any(f"{file}/".startswith(f"{path}/") for path in known)}


def unused(known: Iterable[str], files: Iterable[str]) -> list[str]:
    """Those of the known files and folders that no file is in."""
    return [path for path in known if not any(f"{file}/".startswith(f"{path}/") for file in files)]


def matters(module: str, stage: str) -> bool:
    ignored = [*NO_MATTER, *TOLD.get(stage, ())]
    return not any(f"{module}.".startswith(f"{room}.") for room in ignored)


def file_of(module: str) -> str:
    path = Path("src", *module.split("."))
    return str(path / "__init__.py" if (ROOT / path).is_dir() else path.with_suffix(".py"))


def has_code(file: str) -> bool:
    """Whether a module is more than a docstring, as packages are that are only passed on the way."""
    return not all(isinstance(node, ast.Expr) for node in ast.parse((ROOT / file).read_text()).body)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("digits", cache_dir=None)


def closure(graph: grimp.ImportGraph, stage: str) -> Iterator[str]:
    """The stage's module and all that it can reach by imports, lazy ones too, but not by way of what cannot matter."""
    waiting, met = [f"digits.stages.{stage}"], set[str]()
    while waiting:
        module = waiting.pop()
        if module not in met and matters(module, stage):
            met.add(module)
            yield module
            waiting += graph.find_modules_directly_imported_by(module)


@pytest.fixture(scope="module")
def notes(clone: Clone) -> Notes:
    """Stage -> "read", "write", "knob" or "module" -> what, in the clone's first run of the pipeline."""
    found: Notes = {stage: defaultdict(set) for stage in STAGES}
    for file in (clone.path / "artifacts" / "watched").iterdir():
        for line in file.read_text().splitlines():
            what, _, name = line.partition("\t")
            found[file.name.partition("-")[0]][what].add(name)
    return found


@pytest.mark.parametrize("stage", DECIDED)
def test_a_stage_declares_the_code_that_it_imports_and_no_other(stage: str, graph: grimp.ImportGraph) -> None:
    used = {file for module in closure(graph, stage) if has_code(file := file_of(module))}
    assert strangers(used, deps(stage, "src/")) == set()
    assert unused(deps(stage, "src/"), used) == []


@pytest.mark.parametrize("stage", DECIDED)
def test_a_stage_declares_the_code_that_it_finds_by_name(stage: str, graph: grimp.ImportGraph, notes: Notes) -> None:
    """Charts are such: they are imported while the stage runs, and in no static graph."""
    run = notes[stage]["module"]
    imported = graph.find_upstream_modules(f"digits.stages.{stage}")
    assert run & imported
    found = {file_of(module) for module in run - imported if matters(module, stage)}
    assert strangers({file for file in found if has_code(file)}, deps(stage, "src/")) == set()


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_opens_the_files_that_it_declares_and_no_others(stage: str, notes: Notes) -> None:
    read = notes[stage]["read"]
    assert strangers(read, [*deps(stage), *paths(stage, "outs"), *OUTSIDE]) == set()
    if stage in DECIDED:
        assert unused([path for path in deps(stage) if not path.startswith(("src/", "conf/"))], read) == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_writes_its_outputs_and_nothing_else(stage: str, notes: Notes) -> None:
    written, outs = notes[stage]["write"], paths(stage, "outs")
    assert strangers(written, [*outs, *OUTSIDE]) == set()
    assert unused(outs, written | notes[stage]["read"]) == []


@pytest.mark.parametrize("stage", DECIDED)
def test_a_stage_declares_the_knobs_that_it_reads_and_no_others(stage: str, notes: Notes) -> None:
    params, folders = paths(stage, "params"), deps(stage, "conf/")
    declared = {Path(path).parts[1] for path in [*params, *folders] if path != "conf/config.yaml"}
    declared |= set(params.get("conf/config.yaml") or ())
    read = notes[stage]["knob"] - {"out", "model_file"} - ({"evaluate"} if stage == "train" else set())
    assert declared - COMPOSED == read
    composed = {file for file in notes[stage]["read"] if file.startswith(tuple(f"conf/{group}/" for group in read))}
    assert strangers(composed, [*params, *folders]) == set()


def test_editing_a_form_makes_all_anew_and_editing_what_mlflow_is_told_trains_nothing() -> None:
    for stage in ("preprocess", "pages", "train", "evaluate"):
        assert not strangers(["src/digits/data/allographs.py"], deps(stage))
    assert strangers(["src/digits/tracking/runs.py"], deps("train"))
