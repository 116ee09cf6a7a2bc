"""The networks of conf/model/: what reading a digit costs."""

from digits.training.networks import LeNet, ResidualNetwork, multiply_adds


def test_the_cost_of_reading_is_counted_as_on_paper() -> None:
    convolutions = 28 * 28 * 6 * 25 + 10 * 10 * 16 * 6 * 25
    assert multiply_adds(LeNet()) == convolutions + 400 * 120 + 120 * 84 + 84 * 10


def test_a_wider_network_costs_more() -> None:
    narrow, wide = (ResidualNetwork(margin=2, stem=4, width=width, depth=1) for width in (8, 16))
    assert multiply_adds(narrow) < multiply_adds(wide)
