"""How long a training takes, from what its stages took last."""

from pathlib import Path

import pytest

from gui.work import timing
from gui.work.repro import STAGES, Progress
from gui.work.timing import Timing, spoken

SECONDS = dict(zip(STAGES, (10.0, 20.0, 100.0, 60.0, 50.0, 10.0), strict=True))


class Clock:
    """Goes when it is told to."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_the_bar_weighs_stages_by_what_they_took() -> None:
    clock = Clock()
    training = Timing(SECONDS, clock)
    assert (training.share, training.seconds_left) == (0, 250)
    training.follow(Progress("pages"))  # what came before had nothing to do
    assert training.share == pytest.approx(30 / 250)
    clock.seconds += 50
    training.follow(Progress("pages"))
    assert training.share == pytest.approx(80 / 250)
    clock.seconds += 150
    training.follow(Progress("pages"))
    assert training.share < 130 / 250, "it is not over before it ends"
    training.follow(Progress("train"))
    assert training.share == pytest.approx(130 / 250)
    assert training.seconds_left == pytest.approx(2 * 120), "all goes at half the speed of last time"


def test_what_was_measured_is_known_the_next_time(tmp_path: Path) -> None:
    assert timing.known(tmp_path) == timing.USUAL
    clock = Clock()
    training = Timing(timing.known(tmp_path), clock)
    for stage, epoch, seconds in (("download", 0, 0.1), ("pages", 0, 33.04), ("train", 5, 7), ("register", 0, 4)):
        training.follow(Progress(stage))
        training.follow(Progress(stage, epoch))
        clock.seconds += seconds
    training.end()
    assert training.share == 1
    timing.save(tmp_path, training.took)
    assert timing.known(tmp_path) == timing.USUAL | {"pages": 33.0, "register": 4.0}
    timing.path(tmp_path).write_text("[]")
    assert timing.known(tmp_path) == timing.USUAL


def test_time_is_said_as_people_say_it() -> None:
    said = [spoken(seconds) for seconds in (59, 61, 1020, 5400, 9000)]
    assert said == ["less than a minute", "about 1 minute", "about 17 minutes", "about 90 minutes", "about 2 hours"]
