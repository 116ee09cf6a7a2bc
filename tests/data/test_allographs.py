"""Forms of the digits: all are written, in their shares, differently each time and still as the digit they are."""

import numpy as np
import pytest

from digits.data.allographs import ALLOGRAPHS, BY_DIGIT, Allograph, choose, of_set, written
from digits.data.movement import Reach, write
from digits.ink import draw, normalise
from digits.ink.parts import Parts

HOLES = {1: (0, 1), 3: (0, 2), 5: (0, 1), 8: (1, 3)}
"""Parts of the paper that some digits enclose, at least and at most."""


def test_a_set_holds_all_digits_alike_and_each_form_by_its_share() -> None:
    forms = of_set(4000, even=False)
    assert [sum(form.digit == digit for form in forms) for digit in range(10)] == [400] * 10
    for form in ALLOGRAPHS:
        share = form.share / sum(one.share for one in BY_DIGIT[form.digit])
        assert forms.count(form) == pytest.approx(400 * share, abs=2)
    assert {form: of_set(2 * len(ALLOGRAPHS), even=True).count(form) for form in ALLOGRAPHS} == dict.fromkeys(
        ALLOGRAPHS, 2
    )
    assert choose(7, np.random.default_rng(0)).digit == 7


@pytest.mark.parametrize("form", ALLOGRAPHS, ids=str)
def test_a_form_differs_each_time_and_stays_within_a_digit_s_proportions(form: Allograph) -> None:
    rng = np.random.default_rng(0)
    images = []
    for _ in range(8):
        strokes = written(form, rng)
        assert len(strokes) == len(form.strokes)
        wide, high = np.ptp(np.concatenate(strokes), axis=0)
        assert 0.7 < high < 1.6
        assert wide < 1.3 * high
        images.append(normalise(draw(strokes, pen=0.09 * high)))
        least, most = HOLES.get(form.digit, (0, 4))
        assert least <= len(Parts(np.pad(images[-1], 1) < 100).area) - 1 <= most
    assert len({image.tobytes() for image in images}) == 8


def test_a_pen_that_waits_comes_by_every_place_and_one_in_haste_cuts_corners() -> None:
    places = [(0.0, 0.0), (0.5, 0.0), (0.2, 1.0)]
    reaches = [Reach(x, y) for x, y in places[1:]]
    careful, hasty = (write(places[0], reaches, haste) for haste in (0.0, 0.7))

    def off(curve: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
        return float(np.hypot(*(curve - places[1]).T).min())

    assert off(careful) < 0.01 < off(hasty)
    for curve in (careful, hasty):
        assert np.allclose(curve[[0, -1]], [places[0], places[-1]], atol=0.02)
