"""Nothing calls home: no command looks a name up, speaks to any machine but this one, or lets another speak to it."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from clone import STUDY_KNOBS, Clone

WATCH = ("strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect,sendto,sendmsg,bind", "-o")

SPOKEN_TO = re.compile(r"sa_family=AF_INET6?.*?htons\((\d+)\).*?\"([0-9a-f.:]+)\"")
"""Port and address in a line of strace."""

HOME = ("127.", "::1", "::ffff:127.")

SHORT = ("train.epochs=1", "mix.mnist=512", "mix.pen=0", "mix.allograph=0", "mix.page=0", "mix.outlier=0")
"""A training of a moment."""


@pytest.mark.parametrize(
    "command",
    [
        "digits status",
        "digits read docs/window-number.png",
        "digits card --no-browser",
        "dvc repro",
        pytest.param(f"python -m digits.stages.train seed=3 {' '.join(SHORT)}", marks=pytest.mark.long),
        "digits ui --no-browser",
    ],
    ids=lambda command: " ".join(command.split()[:3]),
)
def test_it_speaks_to_this_machine_alone(clone: Clone, model: Path, command: str, tmp_path: Path) -> None:
    _listen(clone, command, tmp_path)


@pytest.mark.long
def test_a_study_speaks_to_this_machine_alone(tiny: Clone, tmp_path: Path) -> None:
    _listen(tiny, f"digits sweep {' '.join(STUDY_KNOBS)} sweep.study=heard sweep.trials=1", tmp_path)


def test_the_window_speaks_to_this_machine_alone(clone: Clone, display: str, tmp_path: Path) -> None:
    _listen(clone, "digits gui docs/window-number.png", tmp_path, DISPLAY=display)


def _listen(clone: Clone, command: str, folder: Path, **environment: str) -> None:
    """Runs a command and looks at all that it and its children say to the network."""
    # given what a person's shell has; with these, some libraries take themselves for being tested, and keep quiet
    quiet = [name for name in ("CI", "GITHUB_ACTIONS", "PYTEST_CURRENT_TEST", "DO_NOT_TRACK") if name in os.environ]
    without = ["env", *(word for name in quiet for word in ("-u", name))]
    process = clone.start(*WATCH, str(folder / "heard"), *without, *command.split(), **environment)
    assert process.stdout
    if command.startswith("digits ui"):
        for line in process.stdout:
            if "Ctrl+C" in line:
                os.killpg(process.pid, signal.SIGINT)
    if command.startswith("digits gui"):
        on_it = os.environ | environment
        search = ["xdotool", "search", "--sync", "--onlyvisible", "--class", "Digits"]
        subprocess.run(search, env=on_it, check=True, stdout=subprocess.DEVNULL, timeout=60)
        time.sleep(5)  # meanwhile it loads the champion and reads the picture
        subprocess.run(["xdotool", "mousemove", "300", "300", "key", "ctrl+q"], env=on_it, check=True)
    output, _ = process.communicate(timeout=120)
    assert process.returncode in (0, 130), output
    heard = [SPOKEN_TO.search(line) for line in (folder / "heard").read_text().splitlines()]
    strangers = {found.groups() for found in heard if found and not found[2].startswith(HOME)}
    assert not strangers
    assert not [found[0] for found in heard if found and found[1] == "53"]
