"""MLflow's page of a run, in the browser: `digits ui` in the background, for as long as the window is open."""

import subprocess
import sys


class RunPages:
    """At most one `digits ui` at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def open(self, run_id: str) -> None:
        """Opens a run's page in the browser, seconds later.

        Raises:
            OSError: no process can be started.
        """
        self.end()
        command = [sys.executable, "-m", "digits.cli", "ui", run_id]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def end(self) -> None:
        """Ends what serves the page, if anything does."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
