"""Notes what a stage of dvc.yaml opens and which knobs it reads; Python runs this file when it starts with tests/watch
on its path and WATCHED names the folder for the notes. tests/stages/test_edges.py reads them.

Each process of a stage appends lines to <stage>-<process id>: "read", "write", "knob" or "module", a tab, and what.
"""

import atexit
import os
import sys
from pathlib import Path
from typing import Any

_FOLDER = os.environ.get("WATCHED")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class _Watcher:
    def __init__(self, stage: str) -> None:
        self.root = str(Path.cwd()) + os.sep
        self.noted: set[str] = set()
        self.file = os.open(f"{_FOLDER}/{stage}-{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.config: Any = None

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """Python's audit hook."""
        if event == "open" and isinstance(args[0], str | bytes | os.PathLike):
            mode, flags = args[1], args[2] or 0
            writes = any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool(flags & _WRITES)
            if writes or Path(os.fsdecode(args[0])).is_file():  # folders are opened too
                self.note("write" if writes else "read", args[0])
            self.meet_config()
        elif event == "os.rename":  # what is written whole gets its name so
            self.note("write", args[1])

    def note(self, what: str, path: Any) -> None:
        """Files below the folder that the stage runs in, by their path from there."""
        name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100  Path opens nothing here, but is slow
        if name.startswith(self.root):
            self.write(f"{what}\t{name.removeprefix(self.root)}")

    def write(self, line: str) -> None:
        if line not in self.noted:
            self.noted.add(line)
            os.write(self.file, f"{line}\n".encode())

    def modules(self) -> None:
        """What was imported until now, by whatever means."""
        for name in [*sys.modules]:
            if name.startswith("digits."):
                self.write(f"module\t{name}")

    def meet_config(self) -> None:
        """From the first file on that is opened once the configuration is imported, its knobs are watched."""
        config = getattr(sys.modules.get("digits.config"), "Config", None)
        if config is None or config is self.config:
            return
        self.config, plain, write = config, config.__getattribute__, self.write

        def watched(config: Any, name: str) -> Any:
            reader = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001 (who asks)
            if reader == "__main__" or (reader.startswith("digits.") and not reader.startswith("digits.config")):
                write(f"knob\t{name}")
            return plain(config, name)

        config.__getattribute__ = watched


if _FOLDER:
    _argument = next((word for word in sys.orig_argv if word.startswith("digits.stages.")), None)
    _stage = os.environ.setdefault("WATCHED_STAGE", _argument.rpartition(".")[2]) if _argument else None
    _stage = _stage or os.environ.get("WATCHED_STAGE")  # a process that a stage has started
    if _stage:
        _watcher = _Watcher(_stage)
        sys.addaudithook(_watcher.hear)
        atexit.register(_watcher.modules)
