"""A study as pictures, and as one interactive page: history, importance, slices, parallel coordinates, Pareto front."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import optuna
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, MaxNLocator, NullFormatter
from optuna.trial import FrozenTrial, TrialState

from digits.charts.style import GREY, INK, RIGHT, TEAL, WRONG

warnings.filterwarnings("ignore", module="optuna.importance")  # of few trials, and that low values are good

_ENOUGH = 4
"""Completed trials below which an importance says nothing."""

_LABELS = {"error": "validation error", "nll": "validation NLL", "multiply_adds": "multiply-adds a digit"}
"""Of the objectives."""


def figures(study: optuna.Study, objectives: Sequence[str]) -> dict[str, Figure]:
    """Name -> picture; those that the study's trials suffice for."""
    complete = _complete(study)
    drawn = {"history": history(study, objectives)}
    if len(objectives) == 1:
        drawn["checks"] = checks(study)
    if complete:
        for i, name in enumerate(objectives):
            drawn[f"slices-{name}" if i else "slices"] = slices(study, i, name)
        drawn["parallel"] = parallel(study, objectives[0])
    if _importance_is_known(complete):
        drawn["importance"] = importance(study, objectives)
    if complete and len(objectives) == 2:
        drawn["pareto"] = pareto(study, objectives)
    return drawn


def page(study: optuna.Study, objectives: Sequence[str]) -> str:
    """One HTML page that works without a network: the same plots, to point at and zoom into."""
    from optuna import visualization as plotly

    complete = _complete(study)
    drawn: list[Any] = []
    for i, name in enumerate(objectives) if complete else ():
        kind: dict[str, Any] = {"target": _target(objectives, i), "target_name": name}
        drawn += [plotly.plot_optimization_history(study, **kind), plotly.plot_slice(study, **kind)]
        drawn.append(plotly.plot_parallel_coordinate(study, **kind))
        if _importance_is_known(complete):
            drawn.append(plotly.plot_param_importances(study, **kind))
    if len(objectives) == 1:
        drawn.append(plotly.plot_intermediate_values(study))
    elif len(objectives) in (2, 3) and complete:
        drawn.insert(0, plotly.plot_pareto_front(study, target_names=list(objectives)))
    drawn.append(plotly.plot_timeline(study))
    parts = [figure.to_html(full_html=False, include_plotlyjs=not i) for i, figure in enumerate(drawn)]
    title = f"Study {study.study_name}"
    return f'<!doctype html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>\n' + "\n".join(parts)


def summary(study: optuna.Study, objectives: Sequence[str]) -> Mapping[str, float]:
    """What the study's own run shows as metrics: how many trials ended how, and the least of each objective."""
    complete = _complete(study)
    pruned = study.get_trials(deepcopy=False, states=[TrialState.PRUNED])
    found = {"sweep/complete": float(len(complete)), "sweep/pruned": float(len(pruned))}
    for i, name in enumerate(objectives) if complete else ():
        found[f"sweep/best_{name}"] = min(trial.values[i] for trial in complete)
    return found


def history(study: optuna.Study, objectives: Sequence[str]) -> Figure:
    """Every trial's objective, pruned ones where they stopped, and the best so far."""
    complete = _complete(study)
    figure = Figure(figsize=(8, 3.6 * len(objectives)), layout="constrained")
    panels = figure.subplots(len(objectives), 1, squeeze=False)[:, 0]
    for i, (axes, name) in enumerate(zip(panels, objectives, strict=True)):
        if complete:
            numbers, values = [t.number for t in complete], [t.values[i] for t in complete]
            axes.step(numbers, np.minimum.accumulate(values), where="post", color=TEAL, label="best so far")
            axes.scatter(numbers, values, color=RIGHT, zorder=3, label="completed")
        if pruned := _pruned(study, name):
            values = [t.value for t in pruned]
            axes.scatter([t.number for t in pruned], values, marker="x", color=GREY, label="pruned")
        axes.set(xlabel="trial", ylabel=_LABELS[name])
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        _scale(axes, "y", name)
        _finish(axes)
    return figure


def checks(study: optuna.Study) -> Figure:
    """Every trial's validation error at each check: completed ones in colour, the best one bold, pruned ones grey to
    where they were ended."""
    figure = Figure(figsize=(8, 3.6), layout="constrained")
    axes = figure.subplots()
    best = min(_complete(study), key=lambda trial: trial.values, default=None)
    ended = [t for t in study.get_trials(deepcopy=False) if t.state.is_finished() and t.intermediate_values]
    for trial in sorted(ended, key=lambda trial: trial.state == TrialState.COMPLETE):
        steps, errors = zip(*sorted(trial.intermediate_values.items()), strict=True)
        if trial.state == TrialState.COMPLETE:
            axes.plot(steps, errors, ".-", color=RIGHT, linewidth=2.5 if trial is best else 1, alpha=0.9)
        else:
            axes.plot(steps, errors, "-", color=GREY, linewidth=1)
            axes.plot(steps[-1], errors[-1], "x", color=GREY)
    if best is not None:
        axes.plot([], [], ".-", color=RIGHT, label=f"completed; bold the best, trial {best.number}")
    axes.plot([], [], "x-", color=GREY, label="pruned")
    axes.set(xlabel="check", ylabel=_LABELS["error"])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _scale(axes, "y", "error")
    _finish(axes)
    return figure


def importance(study: optuna.Study, objectives: Sequence[str]) -> Figure:
    """Which knobs the objectives depend on (PED-ANOVA, S. Watanabe et al., 2023)."""
    targets = [_target(objectives, i) for i in range(len(objectives))]
    shares = [optuna.importance.get_param_importances(study, target=target) for target in targets]
    names = list(reversed(shares[0]))
    figure = Figure(figsize=(8, 0.9 + 0.4 * len(names) * len(objectives)), layout="constrained")
    axes = figure.subplots()
    height = 0.8 / len(objectives)
    for i, (share, objective, color) in enumerate(zip(shares, objectives, (RIGHT, TEAL, WRONG), strict=False)):
        places, values = np.arange(len(names)) - i * height, [share.get(name, 0.0) for name in names]
        bars = axes.barh(places, values, height, color=color, label=_LABELS[objective])
        axes.bar_label(bars, fmt="{:.0%}", padding=3, color=INK)
    axes.set_yticks(np.arange(len(names)) - height * (len(objectives) - 1) / 2, names)
    axes.set(xlabel="share of the variation explained", xlim=(0, 1.1 * max(max(share.values()) for share in shares)))
    axes.spines[["top", "right"]].set_visible(False)
    if len(objectives) > 1:
        axes.legend(frameon=False)
    return figure


def slices(study: optuna.Study, objective: int, name: str) -> Figure:
    """The objective over each knob; the darker, the later the trial; pruned ones as crosses where they stopped."""
    complete, pruned = _complete(study), _pruned(study, name)
    knobs = _knobs(complete)
    columns = min(4, len(knobs))
    rows = -(-len(knobs) // columns)
    figure = Figure(figsize=(3.1 * columns, 2.8 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for axes, knob in zip(grid.flat, knobs, strict=False):
        crosses, dots = ([t for t in trials if knob in t.params] for trials in (pruned, complete))
        later = {"c": [t.number for t in dots], "cmap": "Blues", "vmin": -10, "edgecolors": INK, "linewidths": 0.6}
        for trials, look in ((crosses, {"marker": "x", "color": GREY, "linewidths": 1.2}), (dots, later)):
            values = [trial.values[objective] if trial.values else np.nan for trial in trials]
            axes.scatter([_plain(trial.params[knob]) for trial in trials], values, s=30, **look)
        if getattr(_distribution(complete, knob), "log", False):
            _logarithmic(axes, "x", lambda value, _: f"{value:g}", (1, 2, 5))
        axes.set(xlabel=knob)
        _scale(axes, "y", name)
        axes.grid(alpha=0.25)
    for axes in grid.flat[len(knobs) :]:
        axes.set_visible(False)
    for axes in grid[:, 0]:
        axes.set(ylabel=_LABELS[name])
    return figure


def parallel(study: optuna.Study, name: str) -> Figure:
    """A line a trial through its knobs, the best ones darkest; a trial's line leaves out knobs that it has not."""
    complete = _complete(study)
    knobs = _knobs(complete)
    places = {knob: _places(complete, knob) for knob in knobs}
    ranked = sorted(complete, key=lambda trial: trial.values[0], reverse=True)
    best = ranked[-1]

    def line(trial: FrozenTrial) -> tuple[list[int], list[float]]:
        at = [i for i, knob in enumerate(knobs) if knob in trial.params]
        return at, [places[knobs[i]][0](trial.params[knobs[i]]) for i in at]

    figure = Figure(figsize=(max(8.0, 1.5 * len(knobs)), 4.2), layout="constrained")
    axes = figure.subplots()
    for rank, trial in enumerate(ranked, 1):
        dark = (rank / len(ranked)) ** 3
        axes.plot(*line(trial), color=RIGHT, alpha=0.08 + 0.6 * dark, linewidth=1 + 1.5 * dark)
    reached = f"best: trial {best.number}, {_LABELS[name]} {best.values[0]:.4g}"
    axes.plot(*line(best), color=WRONG, linewidth=2.5, label=reached)
    for i, knob in enumerate(knobs):
        axes.axvline(i, color=INK, linewidth=0.8)
        for text, place in places[knob][1]:
            axes.annotate(text, (i, place), (4, 0), textcoords="offset points", va="center", fontsize=8, color=INK)
    axes.set_xticks(range(len(knobs)), knobs, rotation=20, ha="right")
    axes.set(yticks=[], xlim=(-0.1, len(knobs) - 0.5), ylim=(-0.06, 1.06))
    axes.spines[:].set_visible(False)
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return figure


def pareto(study: optuna.Study, objectives: Sequence[str]) -> Figure:
    """The trials that no other one beats in both objectives, and those that one does."""
    best = sorted(study.best_trials, key=lambda trial: trial.values[1])
    numbers = {trial.number for trial in best}
    rest = [trial for trial in _complete(study) if trial.number not in numbers]
    figure = Figure(figsize=(8, 4.8), layout="constrained")
    axes = figure.subplots()
    axes.scatter([t.values[1] for t in rest], [t.values[0] for t in rest], color=GREY, label="beaten in both")
    axes.plot([t.values[1] for t in best], [t.values[0] for t in best], "o-", color=RIGHT, label="Pareto front")
    for trial in best:
        point = (trial.values[1], trial.values[0])
        axes.annotate(f"trial {trial.number}", point, (5, 5), textcoords="offset points", fontsize=8)
    axes.set(xlabel=_LABELS[objectives[1]], ylabel=_LABELS[objectives[0]])
    _scale(axes, "x", objectives[1])
    _scale(axes, "y", objectives[0])
    _finish(axes)
    return figure


def _complete(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])


def _pruned(study: optuna.Study, objective: str) -> list[FrozenTrial]:
    """Those that had been judged before they were ended; what a check tells is the error."""
    pruned = study.get_trials(deepcopy=False, states=[TrialState.PRUNED])
    return [trial for trial in pruned if objective == "error" and trial.value is not None]


def _target(objectives: Sequence[str], i: int) -> Any:
    """What Optuna asks for where there are several objectives."""
    return (lambda trial: trial.values[i]) if len(objectives) > 1 else None


def _importance_is_known(complete: Sequence[FrozenTrial]) -> bool:
    return len(complete) >= _ENOUGH and all(
        len({trial.values[i] for trial in complete}) > 1 for i in range(len(complete[0].values))
    )


def _knobs(trials: Sequence[FrozenTrial]) -> list[str]:
    """All that any of the trials has."""
    return list(dict.fromkeys(knob for trial in trials for knob in trial.params))


def _distribution(trials: Sequence[FrozenTrial], knob: str) -> Any:
    return next(trial.distributions[knob] for trial in trials if knob in trial.distributions)


def _places(trials: Sequence[FrozenTrial], knob: str) -> tuple[Callable[[Any], float], list[tuple[str, float]]]:
    """A function of the knob's value to a height of 0 to 1, and the ticks to write beside its axis."""
    distribution = _distribution(trials, knob)
    if isinstance(distribution, optuna.distributions.CategoricalDistribution):
        choices = list(distribution.choices)
        last = max(len(choices) - 1, 1)
        return lambda value: choices.index(value) / last, [(str(c), i / last) for i, c in enumerate(choices)]
    scale: Any = np.log if distribution.log else float
    low, high = scale(distribution.low), scale(distribution.high)
    ticks = [(f"{distribution.low:.3g}", 0.0), (f"{distribution.high:.3g}", 1.0)]
    return lambda value: (scale(value) - low) / (high - low), ticks


def _plain(value: Any) -> Any:
    """A value that Matplotlib has an axis for."""
    return str(value) if value is None or isinstance(value, bool | str) else value


def _scale(axes: Axes, which: str, objective: str) -> None:
    """Errors and costs on a log scale: what matters is by how much a trial is better, not how bad the worst is."""
    if objective == "error":
        _logarithmic(axes, which, lambda value, _: f"{100 * value:g} %")
    elif objective == "multiply_adds":
        _logarithmic(axes, which, EngFormatter(sep=" "))


def _logarithmic(axes: Axes, which: str, text: Any, marks: Sequence[float] = (1, 1.5, 2, 3, 5, 7)) -> None:
    axes.set(**{f"{which}scale": "log"})
    axis = {"x": axes.xaxis, "y": axes.yaxis}[which]
    axis.set_major_locator(LogLocator(subs=marks))
    axis.set_major_formatter(text)
    axis.set_minor_formatter(NullFormatter())


def _finish(axes: Axes) -> None:
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
