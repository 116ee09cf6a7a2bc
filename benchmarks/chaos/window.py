"""Random events in two windows on one project, with a training beside them.

No exception, no growth of memory, and every correction that a window was told is kept stands in data/collected.jsonl.
Each attempt is an event in both windows. Needs Xvfb.
"""

import ctypes
import gc
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clone import Clone, copy
from screen import screen

from digits.paths import RAW
from digits.teaching.collected import Samples
from gui import actions
from gui.window import Window
from gui.work import log

from .attempts import Outcome

WARM_UP = 3000
"""Events until the strip and the way back hold as much as they ever do."""

_LOOK_EVERY = 150
"""Events, then, between two looks at what the process holds."""

GROWTH_MB = 25
"""Above that a window has grown."""

_WINDOW = "import sys; from benchmarks.chaos.window import shake; shake(*sys.argv[1:])"

_TRAINING = "exec nice -n 19 python -m digits.stages.train experiment=quick train.epochs=10000 >training.log 2>&1"


def resident(window: Window) -> float:
    """MB that this process holds while the sheet is blank and nothing is read, without what it has freed and the
    allocator keeps."""
    session = window.session
    window.sheet.event_generate("<ButtonRelease-1>", x=1, y=1)
    session.close_page()
    actions.take_pen(session)
    session.clear()
    window.tk.geometry("1120x740")
    window.tk.update()
    while session.worker.busy or session.errands.busy:  # asked last: an update may begin a reading
        window.tk.update()
    gc.collect()
    if hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def shaken(window: Window, events: int, rng: random.Random) -> float:
    """So many random events, real but for the pointer that makes them; the MB that the process grew by after
    `WARM_UP` of them, 0 for too few to tell."""
    # What asks the system for a window of its own, ends it all, or takes long.
    left_out = (actions.open_picture, actions.open_folder, actions.open_again, actions.save_drawing,
                actions.close_window, actions.train, actions.next_theme)  # fmt: skip
    sequences = [action.sequences[0] for action in actions.ACTIONS if action.run not in left_out]
    session, sheet, tk = window.session, window.sheet, window.tk
    held = []
    for number in range(events):
        if number >= WARM_UP and number % _LOOK_EVERY == 0:
            held.append(resident(window))
        x, y = rng.randrange(sheet.winfo_width()), rng.randrange(sheet.winfo_height())
        kind = rng.random()
        if kind < 0.72:
            event = rng.choice(["<ButtonPress-1>", "<B1-Motion>", "<B1-Motion>", "<B1-Motion>", "<ButtonRelease-1>"])
            sheet.event_generate(event, x=x, y=y)
        elif kind < 0.8:
            sheet.event_generate("<Motion>", x=x, y=y)
        elif kind < 0.84:
            _teach(window, rng)
        elif kind < 0.87:
            session.clear()
        elif kind < 0.875:
            tk.geometry(f"{rng.randrange(640, 1270)}x{rng.randrange(420, 790)}")
        else:
            sheet.event_generate(rng.choice(sequences))
        tk.update()
    held.append(resident(window))
    part = len(held) // 3  # the least of several: what was freed comes back to the system late
    return min(held[-part:]) - min(held[:part]) if part else 0.0


def _teach(window: Window, rng: random.Random) -> None:
    """Corrects a digit, if there is one, as soon as it was read."""
    session, end = window.session, time.monotonic() + 1
    window.sheet.event_generate("<ButtonRelease-1>", x=1, y=1)
    while not session.reading.is_current and time.monotonic() < end:
        window.tk.update()
    session.reading.step(rng.choice((-1, 1)))
    session.lessons.teach(rng.randrange(10))


class Noted(Samples):
    """Samples that remember what they were told and did."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.kept: Counter[str] = Counter()

    def replace(self, old: Sequence[str], new: Sequence[str]) -> None:
        """Changes lines, and remembers what changed if that went well."""
        super().replace(old, new)
        self.kept.subtract(old)
        self.kept.update(new)


def shake(root: str, model: str, events: str, seed: str) -> None:
    """Opens a window, shakes it, and prints what came of it as JSON; a process of its own."""
    window = Window(model=model, root=Path(root))
    session = window.session
    samples = session.lessons.samples = Noted(Path(root))
    while session.reading.model is None:
        window.tk.update()
        time.sleep(0.01)
    grown = shaken(window, int(events), random.Random(seed))
    while session.worker.busy or session.errands.busy:
        window.tk.update()
    failed = log.path().read_text() if log.path().exists() else ""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps({"grown": grown, "kept": list(samples.kept.elements()), "failed": failed, "peak": peak}))
    window.close()


def run(numbers: range, seed: int, model: Path) -> Outcome:
    """Shakes two windows with so many events each."""
    outcome = Outcome("window")
    with tempfile.TemporaryDirectory() as name, screen() as display:
        root, kept = Path(name) / "project", Counter[str]()
        project = Clone(root)
        copy(project, RAW)
        project.run("dvc", "repro", "pages")
        folders = {f"XDG_{kind}_HOME": str(Path(name) / kind) for kind in ("CONFIG", "CACHE", "STATE")}
        settings = Path(name) / "CONFIG" / "digits" / "window.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps({"writer": "somebody", "theme": "light"}))
        environment = os.environ | folders | {"DISPLAY": display}
        training = project.start("sh", "-c", _TRAINING)
        command = [sys.executable, "-c", _WINDOW, str(root), str(model.resolve()), str(len(numbers))]
        windows = [
            subprocess.Popen([*command, str(seed + number)], env=environment, stdout=subprocess.PIPE, text=True)
            for number in range(2)
        ]
        for window in windows:
            said, _ = window.communicate()
            if window.returncode:
                outcome.faults.append(f"a window ended with {window.returncode}")
                continue
            found: dict[str, Any] = json.loads(said.splitlines()[-1])
            kept.update(found["kept"])
            outcome.words["events"] += len(numbers)
            outcome.peak = max(outcome.peak, found["peak"])
            outcome.faults += [f"a window failed: {found['failed']}"] if found["failed"] else []
            if found["grown"] > GROWTH_MB:
                outcome.faults.append(f"a window grew by {found['grown']:.0f} MB")
        if training.poll() is not None:
            said = (root / "training.log").read_text()[-2000:]
            outcome.faults.append(f"the training ended with {training.returncode}: {said}")
        os.killpg(training.pid, signal.SIGKILL)
        training.communicate()
        file = Samples(root).path
        there = Counter(file.read_text().splitlines() if file.exists() else [])
        outcome.words["corrections kept"] = there.total()
        if there != kept:
            outcome.faults.append(
                f"{(kept - there).total()} corrections are lost, {(there - kept).total()} are strange"
            )
    for fault in outcome.faults:
        print(fault, file=sys.stderr)
    return outcome
