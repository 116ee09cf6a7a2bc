"""The networks of conf/model/: what reading a digit costs."""

from digits.config import LeNet, Residual
from digits.model.networks import build, multiply_adds


def test_the_cost_of_reading_is_counted_as_on_paper() -> None:
    convolutions = 28 * 28 * 6 * 25 + 10 * 10 * 16 * 6 * 25
    assert multiply_adds(build(LeNet())) == convolutions + 400 * 120 + 120 * 84 + 84 * 10


def test_a_wider_network_costs_more() -> None:
    assert multiply_adds(build(Residual(width=8, depth=1))) < multiply_adds(build(Residual(width=16, depth=1)))
