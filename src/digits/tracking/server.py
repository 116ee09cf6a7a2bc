"""A server that runs beside this program: awaited when it starts, ended with all it started."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from digits.errors import DigitsError
from digits.tracking.store import answer

_START_SECONDS = 120
"""How long it may take to answer. MLflow takes 5 s on two idle cores, and makes some fifty tables the first time."""

_END_SECONDS = 20
"""How long it may take to end."""


@contextlib.contextmanager
def running(
    name: str,
    command: Sequence[str],
    ready: Callable[[], bool],
    log: Path | None = None,
    stop: signal.Signals = signal.SIGTERM,
    **options: Any,
) -> Iterator["subprocess.Popen[bytes]"]:
    """The process of a server, from its first answer on until the block ends.

    Args:
        name: what people call it.
        command: that starts it.
        ready: whether it answers.
        log: the file that takes what it says; None leaves its errors on this program's.
        stop: the signal that ends it in good order.
        **options: of subprocess.Popen.

    Raises:
        DigitsError: it ends or does not answer; says where it told why.
    """
    with log.open("ab") if log else contextlib.nullcontext() as file:
        # In a session of its own: Ctrl+C reaches this program alone, which ends its servers in their order.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file or subprocess.DEVNULL,
            stderr=file,
            start_new_session=True,
            **options,
        )
    try:
        last = time.monotonic() + _START_SECONDS
        while not ready():
            if process.poll() is not None or time.monotonic() > last:
                said = " / ".join(log.read_text(errors="replace").splitlines()[-3:]) if log else "see above"
                raise DigitsError(f"{name} did not start ({said})" + (f": all of it stands in {log}" if log else ""))
            time.sleep(0.1)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(stop)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # whatever did not listen
        process.wait()


def mlflow_answers(url: str) -> bool:
    """Whether an MLflow server is there."""
    try:
        return answer(url, "health")[0] == 200
    except DigitsError:
        return False
