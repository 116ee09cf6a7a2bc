"""The networks of conf/model/: what reading a digit costs."""

from digits.config import LeNet, Residual
from digits.training.networks import build, multiply_adds


def test_the_cost_of_reading_is_counted_as_on_paper() -> None:
    convolutions = 28 * 28 * 6 * 25 + 10 * 10 * 16 * 6 * 25
    assert multiply_adds(build(LeNet())) == convolutions + 400 * 120 + 120 * 84 + 84 * 10


def test_a_wider_network_costs_more() -> None:
    narrow, wide = (build(Residual(margin=2, stem=4, width=width, depth=1)) for width in (8, 16))
    assert multiply_adds(narrow) < multiply_adds(wide)
