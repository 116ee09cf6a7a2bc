"""Broken model files, and broken registries and caches of them: said plainly, or read with as if nothing were."""

import base64
import contextlib
import io
import json
import os
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import onnx
from onnx import helper

from digits import cli
from digits.errors import DigitsError
from digits.files import sha256
from digits.tracking import registry, store
from gui.work import models as window

from .attempts import Outcome, attempted, told
from .damage import damaged
from .pictures import picture

_ODD = ("", "null", "{", "[]", "{}", '"x"', "1e999", "NaN", "-1", "[" * 5000, '{"there": 1}', '{"digit": ["a"]}')
"""What a model file may say of itself by mistake."""


def altered(model: onnx.ModelProto, rng: random.Random) -> bytes:
    """A whole ONNX file that is no model of ours: other facts, shapes, types, nodes or page network."""
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    facts = {each.key: each.value for each in model.metadata_props}
    kind = rng.randrange(6)
    if kind <= 1:
        key = rng.choice(sorted(facts))
        if kind or rng.random() < 0.3:
            del facts[key]
        else:
            facts[key] = rng.choice(_ODD)
    elif kind == 2:
        network = damaged(base64.b64decode(json.loads(facts["page_network"])), b"\0" * 999, rng)
        facts["page_network"] = json.dumps(base64.b64encode(network).decode()[: -rng.randrange(1, 3)])
    elif kind == 3:
        facts["page_classes"] = json.dumps(rng.choice(("", "0123456789", "9876543210.,", "x" * 50, 7, [1, 2])))
    elif kind == 4:
        shape = rng.choice((changed.graph.input, changed.graph.output))[0].type.tensor_type
        shape.elem_type = rng.choice((1, 2, 7, 8, 11))
        if shape.shape.dim:
            rng.choice(shape.shape.dim).dim_value = rng.choice((0, 1, 10, 28, 29, 1 << 20))
    else:
        node = rng.choice(changed.graph.node)
        node.op_type = rng.choice(("Relu", "Add", "Loop", "Nothing", "Softmax"))
        node.domain = rng.choice(("", "", "a.stranger"))
    helper.set_model_props(changed, facts)
    return bytes(changed.SerializeToString())


def _read(model: str, path: Path) -> str:
    """What `digits read` says with such a model, which has to be to the point."""
    said, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(errors):
        status = cli.main(["read", "--json", str(path), "--model", model])
    told = [json.loads(line).get("error", "") for line in said.getvalue().splitlines()]
    whole = errors.getvalue() + "".join(told)
    assert status == bool(whole), f"exit status {status}: {whole}"
    assert "please report it" not in whole, whole
    assert not whole or model in whole, f"does not name the model: {whole}"
    assert len(whole) < 500, f"says too much: {whole[:500]}"
    return "clear error" if status else "read"


def _a_registry(folder: Path, model: Path) -> Path:
    """The file of a registry with a champion."""
    os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder / 'mlflow.db'}"
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    client = store.client()
    client.create_registered_model(store.MODEL)
    shutil.copy(model, folder / "model.onnx")
    tags = {store.SHA_TAG: sha256(folder / "model.onnx")}
    version = client.create_model_version(store.MODEL, folder.as_uri(), tags=tags)
    client.set_registered_model_alias(store.MODEL, store.ALIAS, version.version)
    registry.fetch(registry.champion())
    return folder / "mlflow.db"


def _ask(folder: Path, rng: random.Random) -> str:
    """Whoever is champion by a registry that lost some of its bytes, or by the broken memory of one."""
    files = [folder / "mlflow.db", *(folder / "cache").rglob("*.json"), *(folder / "cache").rglob("*.onnx")]
    for file in {rng.choice(files), rng.choice(files[:2])}:
        file.write_bytes(damaged(file.read_bytes(), b"{}[]" * 99, rng))
    try:
        found = registry.champion()
        window.described(found)
        registry.fetch(found)
    except DigitsError as error:
        return f"registry's {told(error)}"
    return "registry's champion"


def run(numbers: range, seed: int, model: Path) -> Outcome:
    """Reads a picture with numbered broken model files; every fifth attempt asks a broken registry."""
    whole = onnx.load_model(model)
    content = model.read_bytes()
    page = picture(random.Random(1))
    with tempfile.TemporaryDirectory() as top:
        known = Path(top) / "known"
        known.mkdir()
        _a_registry(known, model)

        def attempt(rng: random.Random, _number: int) -> str:
            with tempfile.TemporaryDirectory(dir=top) as name:
                folder = Path(name)
                if rng.random() < 0.2:
                    shutil.copytree(known, folder / "own")
                    os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder / 'own' / 'mlflow.db'}"
                    os.environ["XDG_CACHE_HOME"] = str(folder / "own" / "cache")
                    return _ask(folder / "own", rng)
                page.save(folder / "picture.png")
                broken: Any = altered(whole, rng) if rng.random() < 0.6 else damaged(content, content[::-1], rng)
                (folder / "broken.onnx").write_bytes(broken)
                return _read(str(folder / "broken.onnx"), folder / "picture.png")

        return attempted("models", attempt, numbers, seed)
