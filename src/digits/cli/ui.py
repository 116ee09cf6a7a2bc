"""Serves MLflow's pages to this machine alone (127.0.0.1) and opens them on the list of runs.
With MLFLOW_TRACKING_URI=http://…, opens that server's. Ctrl+C ends it.
"""

import argparse

EXTRA = "train"
HELP = "open MLflow on the runs, with the columns that matter"
EPILOG = "examples:\n  digits ui\n  digits ui champion\n  digits ui --port 8080 --no-browser"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `digits ui` takes."""
    parser.add_argument(
        "of", nargs="?", metavar="RUN", help="open this run's page: its id, its beginning, a name, champion"
    )
    parser.add_argument("--port", type=int, default=5000, help="of this machine; another one if it is taken (5000)")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")


def run(arguments: argparse.Namespace) -> int:
    """Serves until Ctrl+C."""
    from digits.tracking import ui

    ui.serve(arguments.of, arguments.port, not arguments.no_browser)
    return 0
