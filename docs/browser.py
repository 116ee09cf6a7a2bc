"""Chromium without a window, told what to do over a pipe (https://chromedevtools.github.io/devtools-protocol/)."""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image

_PATIENCE = 60.0
"""Seconds until a page has what it was asked for."""

_AS_3_AND_4 = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
os.dup2(ends[0], 3), os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Starts a program with two ends of pipes where Chromium expects them: it reads commands from 3 and answers on 4."""


class Page:
    """A page of a browser, of a certain size."""

    def __init__(self, commands: int, answers: int, width: int, height: int) -> None:
        self._commands, self._answers, self._count = commands, os.fdopen(answers, "rb"), 0
        self._session: dict[str, str] = {}
        self.complaints: list[str] = []
        """What the browser has said of the page in its console."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        found = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": found["sessionId"]}
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        self.call("Log.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The answer to a command of the protocol.

        Raises:
            RuntimeError: the browser refuses it, or has ended.
        """
        self._count += 1
        command = {"id": self._count, "method": method, "params": parameters, **self._session}
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while answer := self._receive():
            if answer.get("method") == "Log.entryAdded":
                self.complaints.append(answer["params"]["entry"]["text"])
            elif answer.get("id") == self._count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return dict(answer["result"])
        raise RuntimeError(f"{method}: the browser has ended")

    def _receive(self) -> dict[str, Any]:
        """The next message, an event or an answer; nothing once the browser has ended."""
        text = bytearray()
        while (byte := self._answers.read(1)) not in (b"", b"\0"):
            text += byte
        return dict(json.loads(text)) if text else {}

    def open(self, address: str) -> None:
        """Goes to an address; returns before it is loaded."""
        self.call("Page.navigate", url=address)

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        return result["result"].get("value")

    def until(self, script: str) -> None:
        """Waits until a JavaScript expression is true, and the page has been painted since.

        Raises:
            SystemExit: it never is.
        """
        end = time.monotonic() + _PATIENCE
        while not self.run(f"!!({script})"):
            if time.monotonic() > end:
                sys.exit(f"error: the page never came to {script}")
            time.sleep(0.1)
        self.run("new Promise(done => setTimeout(done, 500))")

    def click(self, label: str) -> None:
        """Presses a button, once it is there."""
        button = f"document.querySelector('[aria-label=\"{label}\"]')"
        self.until(button)
        self.run(f"{button}.click()")

    def dark(self) -> None:
        """Shows the page in dark colours."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])

    def picture(self) -> Image.Image:
        """What the window shows."""
        content = self.call("Page.captureScreenshot")["data"]
        return Image.open(io.BytesIO(base64.b64decode(content))).convert("RGB")


@contextmanager
def page(width: int, height: int) -> Iterator[Page]:
    """A page of so many pixels, in a browser that nobody has used before.

    Raises:
        SystemExit: there is no Chromium.
    """
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("error: Chromium is missing: make test installs it or says how")
    theirs, commands = os.pipe()
    answers, ours = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
        options += ["--disable-background-networking", f"--user-data-dir={folder}", "--remote-debugging-pipe"]
        command = [sys.executable, "-c", _AS_3_AND_4, f"{theirs}", f"{ours}", browser, *options]
        process = subprocess.Popen(command, pass_fds=(theirs, ours), stderr=subprocess.DEVNULL)
        os.close(theirs)
        os.close(ours)
        try:
            yield Page(commands, answers, width, height)
        finally:
            process.terminate()
            process.wait()
            os.close(commands)
