"""Decisions at a rung, against hand-made cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.errors import ConfigError
from nas.search.rungs import Arrival, check_ladder, goes_on, ladder
from nas.trial import Fidelity


def arrivals(*losses: float, macs: int = 1_000) -> list[Arrival]:
    return [Arrival(loss, macs) for loss in losses]


def test_the_first_and_each_new_best_go_on() -> None:
    assert goes_on(Arrival(9.0, 10), [], eta=3)
    assert goes_on(Arrival(0.4, 1_000), arrivals(0.5, 0.6, 0.7), eta=3)


def test_best_third_of_nine_peers_goes_on() -> None:
    # 26 before it and itself: a third of 27 is 9 peers, of which the best 3 go on.
    far = arrivals(*[0.0] * 18, macs=1_000_000)
    near = arrivals(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    blocked = [Arrival(0.0, 1)]  # keeps every later one off the staircase
    earlier = blocked + far[:-1] + near
    assert goes_on(Arrival(0.25, 1_000), earlier, eta=3)
    assert not goes_on(Arrival(0.35, 1_000), earlier, eta=3)


def test_small_is_not_measured_against_large() -> None:
    large = arrivals(*[0.1] * 20, macs=5_000_000)
    small = arrivals(*[0.9] * 10, macs=50_000)
    assert goes_on(Arrival(0.8, 50_000), large + small, eta=3)
    assert not goes_on(Arrival(0.8, 5_000_000), large + small, eta=3)


def test_staircase_lets_the_better_half_on() -> None:
    # 16 before it: the nearest five are its peers, and two of them are better: of six, third best.
    earlier = [Arrival(loss, 2_000) for loss in (0.30, 0.31, 0.5, 0.5)] * 4
    cheap = Arrival(0.305, 1_900)
    assert goes_on(cheap, earlier, eta=3)
    assert not goes_on(Arrival(0.305, 2_100), earlier, eta=3)


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_what_diverged_stops(loss: float) -> None:
    assert not goes_on(Arrival(loss, 1), [], eta=3)


@given(
    st.lists(st.tuples(st.floats(0, 9), st.integers(1, 10**8)), max_size=80),
    st.floats(0, 9),
    st.integers(1, 10**8),
    st.integers(2, 5),
)
def test_a_better_loss_never_hurts(
    earlier: list[tuple[float, int]], loss: float, macs: int, eta: int
) -> None:
    seen = [Arrival(*pair) for pair in earlier]
    if goes_on(Arrival(loss, macs), seen, eta=eta):
        assert goes_on(Arrival(loss / 2, macs), seen, eta=eta)


def test_ladder_multiplies_epochs() -> None:
    assert ladder() == (Fidelity(3), Fidelity(9), Fidelity(27))
    assert ladder(2, eta=4, rungs=2, data_fraction=0.5) == (Fidelity(2, 0.5), Fidelity(8, 1.0))


@pytest.mark.parametrize(
    "rungs", [[], [Fidelity(0)], [Fidelity(3), Fidelity(3)], [Fidelity(3, 0.0)]]
)
def test_impossible_ladders(rungs: list[Fidelity]) -> None:
    with pytest.raises(ConfigError, match="rungs"):
        check_ladder(rungs)
