"""What a training is: its recipe, and the fingerprint that only a training of the same weights has."""

import ast
import dataclasses
import hashlib
import inspect
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from typing_extensions import override

from digits.config import Config
from digits.config.choices import LEARNING, target
from digits.config.schema import Choice

_OTHER_STAGES = ("download", "preprocess", "pages", "evaluate", "register", "sweep", "out", "model_file")
"""Parts of the configuration that no training reads."""

_PACKAGE = Path(__file__).parents[1]

_NO_WEIGHTS = ("export.py", "folds.py", "hardware.py", "model_file.py", "recipe.py", "session.py")
"""Modules of training/ that decide no weight: they come before the first batch or after the last, and what they decide
of the batches between, data and precision, enters the fingerprint as such. A module that is new counts."""

_LIBRARIES = ("torch", "torchvision", "pytorch-lightning", "numpy")


def recipe(config: Config) -> dict[str, Any]:
    """The part of the configuration that decides the weights, as plain values; choices by their names."""
    plain = _learning(config)
    for key in LEARNING:
        del plain[key]["_target_"]
    return plain


def _learning(config: Config) -> dict[str, Any]:
    return {key: value for key, value in dataclasses.asdict(config).items() if key not in _OTHER_STAGES}


def fingerprint(config: Config, kind: str, digests: Mapping[str, str], further: Iterable[Path] = ()) -> str:
    """Twelve hex digits that two trainings share only if their weights would be the same.

    Recipe, data, code, the kind of processor and the versions of the libraries that compute enter it.

    Args:
        config: its choices checked.
        kind: of processor and arithmetic, by `hardware.kind`.
        digests: data set -> SHA-256 of its file.
        further: more files of the package that decide what the fingerprint is to stand for.
    """
    training = [path for path in (_PACKAGE / "training").glob("*.py") if path.name not in _NO_WEIGHTS]
    files = [*training, _PACKAGE / "data/kinds.py", _PACKAGE / "data/sets.py", *further]
    about = {"recipe": _learning(config), "kind": kind, "data": dict(digests)}
    return digest(about, files, {key: getattr(config, key) for key in LEARNING})


def digest(about: Mapping[str, Any], files: Iterable[Path], chosen: Mapping[str, Choice]) -> str:
    """Twelve hex digits of what is said, what files and chosen classes compute, and the libraries' versions.

    Args:
        about: whatever JSON can hold.
        files: Python files of the package.
        chosen: key -> a choice of conf/, checked; its class may be defined outside the package.
    """
    own = {choice["_target_"]: target(choice, key) for key, choice in chosen.items()}
    everything = {
        **about,
        "code": logic(_PACKAGE, files),
        "choices": {name: _digest(Path(str(inspect.getsourcefile(one)))) for name, one in own.items()},
        "versions": {name: version(name) for name in _LIBRARIES},
    }
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()[:12]


def logic(root: Path, files: Iterable[Path]) -> dict[str, str]:
    """Path below `root` -> digest of what the Python file computes, whatever it tells people."""
    return {path.relative_to(root).as_posix(): _digest(path) for path in files}


def _digest(path: Path) -> str:
    tree = _Wordless().visit(ast.parse(path.read_bytes()))
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


class _Wordless(ast.NodeTransformer):
    """Removes what only people read: docstrings, prints and the words of errors; comments are in no syntax tree."""

    @override
    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        said = node.value.func if isinstance(node.value, ast.Call) else node.value
        words = isinstance(said, ast.Constant) or ast.unparse(said) in ("print", "tqdm.write")
        return None if words else node

    @override
    def visit_Raise(self, node: ast.Raise) -> ast.Raise:
        return ast.Raise()
