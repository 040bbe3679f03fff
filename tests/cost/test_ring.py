"""The audio ring's length against a model of what fills and empties it, in exact time."""

from fractions import Fraction
from math import ceil, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.budget import load_budget
from nas.cost import price
from nas.cost.latency import basis, hops
from nas.cost.ring import audio_ring_bytes, audio_ring_hops, ring_hops
from nas.frontend import LogMelSettings
from tests.cost.fixtures import ds_cnn

RATES = st.fractions(0, 1, max_denominator=97)


def most_waiting(
    ring: int, *, hop: int, block: int, phase: int, period: int, push: Fraction, net: Fraction
):
    """Return the most samples that would lie in a ring of `ring` hops that lost none.

    Time is in samples. A block arrives when its last sample does. The main loop takes up to a hop
    at a time, none past the ring's end, and gives it back when it is worked off: `push` after each
    frame's last sample, and before the network, which takes `net`.
    """
    total, now, taken, most = 4 * period * hop, Fraction(0), 0, 0
    while taken < total:
        to_end = ring * hop - taken % (ring * hop)
        chunk = min(arrived(now, block, phase) - taken, hop, to_end)
        if chunk == 0:
            now = Fraction(next_arrival(now, block, phase))
            continue
        frame, before = (taken + chunk) // hop, taken // hop
        now += push if frame > before else 0
        most = max(most, arrived(now, block, phase) - taken)
        taken += chunk
        if frame > before and frame % period == 0:
            now += net
            most = max(most, arrived(now, block, phase) - taken)
    return most


def arrived(now, block, phase):
    return max(0, (now - phase) // block * block + phase) if now >= phase else 0


def next_arrival(now, block, phase):
    return phase if now < phase else ((now - phase) // block + 1) * block + phase


@given(
    hop=st.integers(1, 40),
    period=st.integers(1, 12),
    push=RATES,
    net=RATES,
    block=st.integers(1, 40),
    phase=st.integers(1, 40),
)
def test_nothing_is_lost_where_the_load_is_1_or_less(hop, period, push, net, block, phase):
    """`push` of a hop's time, and `net` of what the hops of a period leave of it."""
    block, phase = min(block, hop), min(phase, block, hop)
    hop_time = push * hop
    network = net * period * (hop - hop_time)
    ring = ring_hops(float((hop_time + network) / hop), period)
    needed = most_waiting(
        ring, hop=hop, block=block, phase=phase, period=period, push=hop_time, net=network
    )
    assert needed <= ring * hop
    assert ring <= period + 2


def test_the_model_shows_what_two_hops_lose():
    """A decision of 150 ms and hops of 20 ms: seven and a half hops arrive meanwhile."""
    found = {"hop": 320, "block": 160, "phase": 160, "period": 13, "push": Fraction(16)}
    assert most_waiting(10, **found, net=Fraction(2_384)) == 2_400
    assert ring_hops(2_400 / 320, 13) == 10


@pytest.mark.parametrize(
    ("busy", "period", "ring"),
    [(0.0, 13, 2), (0.1, 13, 3), (7.0, 13, 9), (7.1, 13, 10), (13.0, 13, 15), (inf, 13, 15)],
)
def test_one_is_filled_one_is_a_block_and_the_rest_is_the_time_of_a_decision(busy, period, ring):
    assert ring_hops(busy, period) == ring


def test_bytes_are_whole_words():
    odd = LogMelSettings(sample_rate_hz=11_025, hop_ms=5, fmax_hz=5_000)  # 55 samples
    assert [audio_ring_bytes(odd, n) for n in (2, 3)] == [220, 332]


@pytest.mark.parametrize("runtime", ["c", "tflm"])
@pytest.mark.parametrize("detail", [True, False])
@pytest.mark.parametrize("board", ["esp32", "rp2040", "stm32h743"])
def test_the_price_holds_what_arrives_in_its_own_latency(board, runtime, detail):
    settings, budget = LogMelSettings(n_mels=10), load_budget(board, runtime=runtime)
    cost = price(ds_cnn(), settings, budget, detail=detail)
    busy_ms = cost.latency_ms * (1 + basis(budget).expected_error)
    wanted = min(ceil(busy_ms / 20), hops(settings, budget.decision_ms)) + 2
    assert cost.parts["ram.audio_ring"] == 2 * 320 * wanted
    assert audio_ring_hops(settings, budget, cost.latency_ms) == wanted


def test_a_slower_board_pays_for_its_ring():
    settings = LogMelSettings(n_mels=10)
    slow, fast = (
        price(ds_cnn(), settings, load_budget(name, runtime="c")).parts["ram.audio_ring"]
        for name in ("rp2040", "stm32h743")
    )
    assert 2 * 320 * 3 <= fast < slow <= 2 * 320 * 15
