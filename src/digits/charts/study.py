"""A study as pictures, and as one interactive page: the plots that Optuna draws with Matplotlib and with Plotly.

The pictures get what Optuna leaves out: a scale on which small errors can be told apart, and the pruned trials.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
import optuna
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, FuncFormatter, LogLocator, NullFormatter
from optuna.distributions import CategoricalDistribution
from optuna.trial import TrialState

from digits.charts.style import GREY, RIGHT

warnings.filterwarnings("ignore", module="optuna.importance")  # of few trials, and that low values are good
warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)  # all of its Matplotlib plots

_ENOUGH = 4
"""Completed trials below which an importance says nothing."""

_LABELS = {"error": "validation error", "nll": "validation NLL", "multiply_adds": "multiply-adds a digit"}
"""Of the objectives."""

_RATIOS = ("error", "multiply_adds")
"""Objectives on a log scale: what matters is by how much a trial is better, not how bad the worst is."""


def figures(study: optuna.Study, objectives: Sequence[str]) -> dict[str, Figure]:
    """Name -> picture; those that the study's trials suffice for."""
    from optuna.visualization import matplotlib as pictures

    with matplotlib.rc_context({"backend": "agg"}):  # Optuna's plots set a style
        plots = {name: list(np.atleast_1d(drawn)) for name, drawn in _plots(pictures, study, objectives).items()}
        pyplot.close("all")  # which forgets the figures, that is all
    for name, panels in plots.items():
        kind, _, objective = name.partition("-")
        if kind == "pareto" and len(objectives) == 2:  # a log scale in space hides its marks
            _scale(panels[0].xaxis, objectives[0])
            _scale(panels[0].yaxis, objectives[1])
        elif kind == "parallel":
            for axes in panels[0].figure.axes:  # one a knob, each with its grid
                axes.grid(visible=False)
            if objective in _RATIOS:
                panels[0].collections[0].set_norm("log")
        elif kind == "checks":
            _tell_apart(panels[0], study)
            _scale(panels[0].yaxis, "error")
        elif kind in ("history", "slices"):
            for axes in panels:
                if objective == "error":  # which is what pruned trials were judged by
                    _add_pruned(axes, study)
                _scale(axes.yaxis, objective)
    return {name: panels[0].figure for name, panels in plots.items()}


def page(study: optuna.Study, objectives: Sequence[str]) -> str:
    """One HTML page that works without a network: the same plots, to point at and zoom into."""
    from optuna import visualization

    plots = _plots(visualization, study, objectives).values()
    parts = [figure.to_html(full_html=False, include_plotlyjs=not i) for i, figure in enumerate(plots)]
    title = f"Study {study.study_name}"
    return f'<!doctype html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>\n' + "\n".join(parts)


def _plots(optunas: Any, study: optuna.Study, objectives: Sequence[str]) -> dict[str, Any]:
    """Name -> what one of Optuna's two modules of plots draws; a dash and the objective follow where there is one."""
    complete = study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
    several = len(objectives) > 1
    drawn = {}
    if several and complete:
        drawn["pareto"] = optunas.plot_pareto_front(study, target_names=[_LABELS[name] for name in objectives])
    for i, name in enumerate(objectives) if complete else ():
        target = (lambda trial, i=i: trial.values[i]) if several else None
        of: dict[str, Any] = {"target": target, "target_name": _LABELS[name]}
        drawn[f"history-{name}"] = optunas.plot_optimization_history(study, **of)
        drawn[f"slices-{name}"] = optunas.plot_slice(study, **of)
        drawn[f"parallel-{name}"] = optunas.plot_parallel_coordinate(study, **of)
        if len(complete) >= _ENOUGH and len({trial.values[i] for trial in complete}) > 1:
            drawn[f"importance-{name}"] = optunas.plot_param_importances(study, **of)
    if not several:
        drawn["checks"] = optunas.plot_intermediate_values(study)
    drawn["timeline"] = optunas.plot_timeline(study)
    return drawn


def _add_pruned(axes: Axes, study: optuna.Study) -> None:
    """Adds crosses where trials were pruned, over the trials' numbers or over a knob."""
    knob = axes.get_xlabel()
    for trial in study.get_trials(deepcopy=False, states=[TrialState.PRUNED]):
        places: dict[str, Any] = {"Trial": trial.number} | trial.params
        if trial.value is not None and knob in places:
            choice = isinstance(trial.distributions.get(knob), CategoricalDistribution)
            at = repr(places[knob]) if choice else places[knob]  # as Optuna has it on the axis
            axes.scatter(at, trial.value, marker="x", color=GREY, zorder=0)
    axes.autoscale()


def _tell_apart(axes: Axes, study: optuna.Study) -> None:
    """Gives completed trials one colour, the best one a bold line, and pruned ones a cross where they stopped."""
    trials, best = study.trials, {trial.number for trial in study.best_trials}
    axes.set(xlabel="Check", ylabel=_LABELS["error"])
    for line in axes.get_lines():
        trial = trials[int(str(line.get_label()).removeprefix("Trial"))]
        line.set(color=RIGHT, label="completed", linewidth=3 if trial.number in best else 1)
        if trial.state == TrialState.PRUNED:
            line.set(color=GREY, label="pruned", marker="x", markevery=[-1], zorder=1)
    axes.legend(handles={line.get_label(): line for line in axes.get_lines()}.values())


def _scale(axis: Axis, objective: str) -> None:
    if objective in _RATIOS:
        (axis.axes.set_xscale if axis is axis.axes.xaxis else axis.axes.set_yscale)("log")
        axis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
        costs = objective == "multiply_adds"
        axis.set_major_formatter(EngFormatter(sep=" ") if costs else FuncFormatter(lambda x, _: f"{100 * x:g} %"))
        axis.set_minor_formatter(NullFormatter())
