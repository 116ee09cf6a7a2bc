"""What Hydra itself may call for a file of conf/: it would call anything that `hydra.callbacks`, `hydra.job_logging` or
`hydra.hydra_logging` names, and conf/ may hold an experiment from a stranger."""

from functools import wraps
from typing import Any

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from omegaconf import DictConfig, OmegaConf

from digits.errors import DigitsError

_LOGGERS = {"logging.StreamHandler", "logging.FileHandler", "logging.NullHandler", "colorlog.ColoredFormatter"}
"""What a configuration of logging may make."""


def watch() -> None:
    """Has every configuration checked as soon as Hydra has composed it, before anything is done with it.

    Hydra has no place of its own for such a check: its plugins and schemas see what is composed from, or nothing.
    """
    compose = ConfigLoaderImpl.load_configuration
    if hasattr(compose, "__wrapped__"):
        return

    @wraps(compose)
    def composed(*args: Any, **settings: Any) -> DictConfig:
        config: DictConfig = compose(*args, **settings)
        check(config)
        return config

    ConfigLoaderImpl.load_configuration = composed  # type: ignore[method-assign]


def check(config: DictConfig) -> None:
    """Refuses a composed configuration that has Hydra call what is not meant for it.

    Raises:
        DigitsError: names the key, and what it would have called.
    """
    own: Any = OmegaConf.to_container(OmegaConf.select(config, "hydra"), resolve=False)
    if callbacks := own.get("callbacks"):
        raise _strange("hydra.callbacks", callbacks)
    for name in ("job_logging", "hydra_logging"):
        _check_logging(f"hydra.{name}", own.get(name))


def _check_logging(key: str, value: Any) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in ("class", "()") and inner not in _LOGGERS:
                raise _strange(f"{key}.{name}", inner)
            _check_logging(f"{key}.{name}", inner)
    elif isinstance(value, str) and "${" in value and not key.endswith(".filename"):
        raise _strange(key, value)  # who knows what that comes to


def _strange(key: str, value: Any) -> DigitsError:
    return DigitsError(f"{key}={value} has Hydra call what is no part of Digits: take it out of conf/ or the overrides")
