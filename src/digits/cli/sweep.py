"""Runs a study of conf/sweep/: trials of the training with settings that a sampler proposes,
judged on validation images, hopeless ones ended early, all tracked in MLflow. Stopped at any moment, the
same command goes on with it. Every setting is a Hydra override, as for the stages.
"""

import argparse

from digits.errors import DigitsError

EXTRA = "sweep"
HELP = "search for better settings, and write the best as an experiment"
EPILOG = """\
examples:
  digits sweep sweep=quick                          20 short trials, minutes
  digits sweep sweep=quick --best                   its winner as conf/experiment/quick_sweep.yaml
  digits sweep sweep=pareto                         error against the cost of reading
  digits sweep sweep=quick sweep.trials=40          twenty more of them
  digits sweep sweep=quick sweep/sampler=random sweep/pruner=hyperband sweep.study=other
  digits sweep sweep=quick sweep.workers=2 hydra/launcher=joblib       two processes of this machine
  digits sweep sweep=quick sweep.workers=8 hydra/launcher=slurm sweep.storage=postgresql://user@host/studies

docs/searching.md says how a search space is written, and when a Hydra grid or dvc exp serves better"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `digits sweep` takes."""
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="what to search and how: see conf/sweep/")
    parser.add_argument("--best", action="store_true", help="write the study's winner as an experiment; trains nothing")
    parser.add_argument(
        "--trial", type=int, metavar="N", help="with --best: this trial instead, one of a Pareto front, say"
    )


def run(arguments: argparse.Namespace) -> int:
    """Runs a study, or writes its winner."""
    if arguments.trial is not None and not arguments.best:
        raise DigitsError("--trial says which trial --best is to write: give both")
    from digits.sweep.best import write_best
    from digits.sweep.search import search

    if arguments.best:
        write_best(arguments.overrides, arguments.trial)
    else:
        search(arguments.overrides)
    return 0
