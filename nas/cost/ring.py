"""The audio ring: what arrives while one decision is worked off, in hops.

    1                           hop that is being filled
    ceil(T x (1 + e) / hop)     what arrives in the time T of one decision
    1                           recorders give whole blocks, of a hop at most

T is the priced latency (last hop and network) on the budget's board, e the relative error that its
basis expects. T x (1 + e) counts for one decision period at most: where the load is 1 or less a
decision ends before the next is due, and where it is more no ring would do.
"""

from math import ceil

from nas.cost.latency import Board, basis, hops
from nas.frontend.settings import FrontEndSettings

__all__ = ["audio_ring_bytes", "audio_ring_hops", "ring_hops"]

SPARE_HOPS = 2


def ring_hops(busy_hops: float, period: int) -> int:
    """Return the hops of the ring, where `busy_hops` may arrive in the time of one decision.

    Args:
        busy_hops: time of one decision over that of a hop; infinite where it is not known.
        period: hops between two decisions.
    """
    return SPARE_HOPS + (ceil(busy_hops) if busy_hops < period else period)


def audio_ring_hops(settings: FrontEndSettings, budget: Board, latency_ms: float) -> int:
    """Return the hops of the ring on the board of `budget`, for decisions of `latency_ms`."""
    samples = latency_ms * (1 + basis(budget).expected_error) * settings.sample_rate_hz / 1_000
    return ring_hops(samples / settings.hop_length, hops(settings, budget.decision_ms))


def audio_ring_bytes(settings: FrontEndSettings, n_hops: int) -> int:
    """Return the bytes of `n_hops` of int16 samples in whole words, as in ``nas_app_t``."""
    return -(-n_hops * settings.hop_length // 2) * 4
