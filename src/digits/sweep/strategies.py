"""The samplers and pruners of conf/sweep/: Optuna's, under this project's names for their settings.

What follows the `/` in a signature are the keys of its file in conf/. A sampler is a function of a seed, a pruner of
the checks in a whole training.
"""

from typing import Annotated, Any

from annotated_types import Ge
from optuna import Study
from optuna._transform import _SearchSpaceTransform
from optuna.distributions import BaseDistribution
from optuna.pruners import HyperbandPruner, NopPruner, SuccessiveHalvingPruner
from optuna.samplers import CmaEsSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial
from typing_extensions import override

from digits.config.ranges import Count

_Factor = Annotated[int, Ge(2)]


def tpe(seed: int, /, startup: Count) -> TPESampler:
    """Proposes where good trials are denser than bad ones, after `startup` random ones."""
    return TPESampler(n_startup_trials=startup, seed=seed)


def random(seed: int, /) -> RandomSampler:
    """Draws every trial at random; a grid's values already stand in its trials."""
    return RandomSampler(seed=seed)


def asha(_checks: int, /, first: Count, factor: _Factor) -> SuccessiveHalvingPruner:
    """Lets one trial in `factor` go on at each rung, the first of which is after `first` checks."""
    return SuccessiveHalvingPruner(first, factor)


def hyperband(checks: int, /, first: Count, factor: _Factor) -> HyperbandPruner:
    """Successive halving from several first rungs, in turn."""
    return HyperbandPruner(first, checks, factor)


def no_pruning(_checks: int, /) -> NopPruner:
    """Trains every trial to its end."""
    return NopPruner()


class ReplayedCmaEs(CmaEsSampler):
    """CMA-ES that tells a new optimiser every whole generation again, which takes milliseconds.

    The original keeps its optimiser as a pickle in the storage; nothing here ever loads a pickle, and a storage is
    shared with other machines. That its optimiser is then always up to date keeps it from writing one, too.
    """

    def __init__(self, seed: int, /, startup: Count) -> None:
        super().__init__(n_startup_trials=startup, seed=seed, warn_independent_sampling=False)

    @override
    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        self._replayed = search_space, study.direction
        return super().sample_relative(study, trial, search_space)

    @override
    def _restore_optimizer(self, completed_trials: list[FrozenTrial]) -> Any:
        search_space, direction = self._replayed
        transform = _SearchSpaceTransform(search_space, transform_step=True, transform_0_1=True)
        optimizer = self._init_optimizer(transform, direction)
        while True:
            generation = self._get_solution_trials(completed_trials, optimizer.generation)[: optimizer.population_size]
            if len(generation) < optimizer.population_size:
                return optimizer
            # Studies minimise all their objectives.
            optimizer.tell([(transform.transform(trial.params), trial.value) for trial in generation])
