"""The `digits` command: one module of this folder a subcommand, imported when that one is asked for.

Its docstring, HELP and EPILOG are what `--help` shows. EXTRA names the optional dependencies (of pyproject.toml) that
it needs, `add_arguments` says what it takes, and `run` does it and returns the exit status.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword

from digits.errors import DigitsError, needs

COMMANDS = ("read", "form", "review", "gui", "import", "compare", "ui", "card", "sweep", "status", "clean")
"""In the order in which `digits --help` lists them. What Python keeps for itself has a _ behind it as a module."""


def parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The command line and its help, with these subcommands."""
    top = argparse.ArgumentParser(
        "digits",
        description="Reads handwritten numbers.",
        epilog="first time here?  make repro   trains and registers the champion that `digits read` reads with",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in names:
        module = import_module(f"digits.cli.{name}{'_' if iskeyword(name) else ''}")
        command = commands.add_parser(
            name,
            help=module.HELP,
            description=module.__doc__,
            epilog=getattr(module, "EPILOG", None),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run, extra=getattr(module, "EXTRA", ""))
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    argv = sys.argv[1:] if argv is None else argv
    arguments = parser(argv[:1] if argv and argv[0] in COMMANDS else COMMANDS).parse_args(argv)
    try:
        with needs(arguments.extra):
            status = int(arguments.run(arguments))
        sys.stdout.flush()
        return status
    except DigitsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `digits read folder | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
