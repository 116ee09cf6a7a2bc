"""Optuna's CMA-ES, its state computed anew from the trials instead of unpickled from the storage."""

from typing import Any

from optuna import Study
from optuna._transform import _SearchSpaceTransform
from optuna.distributions import BaseDistribution
from optuna.samplers import CmaEsSampler
from optuna.trial import FrozenTrial


class ReplayedCmaEs(CmaEsSampler):
    """CMA-ES that tells a new optimiser every whole generation again, which takes milliseconds.

    The original keeps its optimiser as a pickle in the storage; nothing here ever loads a pickle, and a storage is
    shared with other machines. That its optimiser is then always up to date keeps it from writing one, too.
    """

    def __init__(self, startup: int, seed: int) -> None:
        super().__init__(n_startup_trials=startup, seed=seed, warn_independent_sampling=False)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        self._replayed = search_space, study.direction
        return super().sample_relative(study, trial, search_space)

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
