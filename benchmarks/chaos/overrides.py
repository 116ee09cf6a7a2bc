"""Broken overrides and broken files of conf/: each must be refused in plain words, or give a checked config."""

import os
import random
import shutil
import tempfile
from pathlib import Path

from digits.config import compose
from digits.config.knobs import names
from digits.errors import DigitsError

from .attempts import Outcome, attempted, told
from .damage import damaged

_VALUES = (
    "", "null", "true", "-1", "0", "1", "1e400", "nan", "inf", "-inf", "1_000", "0x10", "9" * 400, "[]", "[1]",
    "[[1,2]]", "{}", "{a:1}", "{a:{b:[1]}}", "a b", "'", '"', "'a'", "${seed}", "${nothing}", "${oc.env:HOME}", "${",
    "${oc.env:}", "???", "\\", "\n", "\t", "é€", "\ud800", "\0", ",", "1,2", "range(1,3)", "choice(1,2)", "*", "%",
    "../../etc/passwd", "quick", "none", "default", "tutorial", "os.system", "[" * 300, "{" * 300, "x" * 5000,
)  # fmt: skip
"""What a knob may be set to by mistake."""


def override(rng: random.Random) -> str:
    """A knob, or nearly one, set to what it may not be, or may."""
    key = rng.choice([*sorted(names()), "model", "experiment", "sweep", "seed", "hydra.run.dir", "hydra/launcher"])
    if rng.random() < 0.4:
        place = rng.randrange(len(key))
        key = key[:place] + rng.choice(("", key[place + 1 :], rng.choice(".@/ =~é") + key[place:]))
    sign = rng.choice(("", "", "", "+", "++", "~"))
    return f"{sign}{key}{rng.choice(('=', '=', '=', '==', ':', ''))}{rng.choice(_VALUES)}"


def run(numbers: range, seed: int, _model: Path) -> Outcome:
    """Composes numbered broken configs, one half by overrides, one half by files."""
    known = Path("conf").resolve()
    files = sorted(file.relative_to(known) for file in known.rglob("*.yaml"))
    here = Path.cwd()
    compose([])  # imports what every attempt needs

    def attempt(rng: random.Random, _number: int) -> str:
        with tempfile.TemporaryDirectory() as name:
            overrides = [override(rng) for _ in range(rng.choice((1, 1, 2)))]
            if rng.random() < 0.5:
                shutil.copytree(known, Path(name) / "conf")
                file = Path(name) / "conf" / rng.choice(files)
                file.write_bytes(damaged(file.read_bytes(), (known / rng.choice(files)).read_bytes(), rng))
                overrides = [f"{file.parent.name}={file.stem}"] if (known / "config.yaml").exists() else []
                overrides = overrides if file.parent.parent.name == "conf" and rng.random() < 0.8 else []
                os.chdir(name)
            try:
                compose(overrides)
            except DigitsError as error:
                return told(error, longest=20_000)  # which may repeat a long value
            finally:
                os.chdir(here)
            return "config"

    return attempted("overrides", attempt, numbers, seed)
