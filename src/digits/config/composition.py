"""How a stage, or whoever needs one, gets its configuration: conf/ composed by Hydra, every value checked."""

import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import hydra
from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from digits.config import calls
from digits.config.choices import with_learning_checked
from digits.config.knobs import explain
from digits.config.schema import Config
from digits.config.validation import validated
from digits.errors import DigitsError
from digits.paths import CONF, start_in_this_checkout

_REFUSED = (
    HydraException, OmegaConfBaseException, YAMLError, ValueError, ArithmeticError, LookupError, TypeError,
    AttributeError, RecursionError, OSError,
)  # fmt: skip
"""What Hydra raises while it composes, where overrides or files of conf/ are wrong: all but the first stumbles."""


def stage(function: Callable[[Config], None]) -> Callable[[], None]:
    """A command line program of `function`, configured by conf/ and by overrides such as train.epochs=1.

    A wrong key or value, and any `DigitsError`, is printed without a traceback and ends with status 1.
    """
    _prepare_hydra()
    failed: list[str] = []

    def task(config: DictConfig) -> None:
        try:
            function(to_config(config))
        except KeyboardInterrupt:
            sys.exit(130)
        except Exception as error:  # noqa: BLE001  told, or shown with its traceback
            if HydraConfig.get().mode != RunMode.MULTIRUN:
                if not _is_told(error):
                    traceback.print_exception(error)
                    sys.exit(1)
                sys.exit(f"error: {_told(error)}")
            # One job of a grid: the others are worth running.
            job = HydraConfig.get().job
            failed.append(f"    job {job.num} ({' '.join(HydraConfig.get().overrides.task)}): {_told(error)}")
            print(f"error:\n{failed[-1]}", file=sys.stderr, flush=True)
            if not _is_told(error):
                traceback.print_exception(error)

    task.__doc__ = function.__doc__
    task.__module__ = function.__module__

    def program() -> None:
        os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # errors arrive here instead of in Hydra's own printer
        start_in_this_checkout()
        try:
            hydra.main(version_base="1.3", config_path=str(_folder()), config_name="config")(task)()
        except DigitsError as error:
            sys.exit(f"error: {error}")
        except _REFUSED as error:
            sys.exit(f"error in the configuration: {explain(error)}")
        if failed:
            sys.exit("\n".join([f"error: {len(failed)} of the grid's jobs failed, all others ran:", *failed]))

    return program


def _is_told(error: Exception) -> bool:
    """Whether a person can do something about it; everything else is a fault of ours, and shown with its traceback."""
    # OSError names the file and what is the matter: a full disk, say. MLflow by its name: importing it takes a second.
    return isinstance(error, DigitsError | OSError) or type(error).__name__ == "MlflowException"


def _told(error: Exception) -> str:
    return f"MLflow: {error}" if type(error).__name__ == "MlflowException" else str(error) or type(error).__name__


def composed(overrides: Sequence[str]) -> DictConfig:
    """conf/ with these overrides, Hydra's own part included.

    Raises:
        DigitsError: a key or value is wrong; the message names it and the nearest right one.
    """
    _prepare_hydra()
    running = GlobalHydra.instance().hydra  # a stage's own, where one is composing another recipe
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(_folder()), "sweep", version_base="1.3"):
            return hydra.compose("config", [*overrides], return_hydra_config=True)
    except _REFUSED as error:
        raise DigitsError(f"in the configuration: {explain(error)}") from error
    finally:
        GlobalHydra.instance().hydra = running


def compose(overrides: Sequence[str]) -> Config:
    """conf/ with these overrides, every value checked; imports the network that it names, and so PyTorch.

    Raises:
        DigitsError: a key or value is wrong; the message names it and the nearest right one.
    """
    config = composed(overrides)
    with open_dict(config):
        del config["hydra"]
    return with_learning_checked(to_config(config))


def to_config(config: DictConfig) -> Config:
    """The composed config as dataclasses, checked but for its choices.

    Raises:
        DigitsError: a value is out of its range or missing; the message names the key.
    """
    try:
        missing = OmegaConf.missing_keys(config)
        values: Any = OmegaConf.to_container(config, resolve=True)
    except _REFUSED as error:  # ${…} of what is not there
        raise DigitsError(f"in the configuration: {explain(error)}") from error
    if missing:
        raise DigitsError(f"conf/ gives no value for {', '.join(sorted(missing))}")
    return validated(Config, values)


def _folder() -> Path:
    if not (CONF / "config.yaml").is_file():
        raise DigitsError(f"no {CONF / 'config.yaml'} in {Path.cwd()}: start this in the repository's root")
    return CONF.resolve()


def _prepare_hydra() -> None:
    calls.watch()
    ConfigStore.instance().store(name="schema", node=Config)


def flatten(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested values as one level of dotted keys, as MLflow wants its parameters."""
    flat: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat
