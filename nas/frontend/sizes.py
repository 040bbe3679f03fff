"""What a front end takes on the device."""

from dataclasses import dataclass
from functools import lru_cache

from nas.frontend.kinds import kind_of
from nas.frontend.settings import FrontEndSettings

__all__ = ["FrontEndSizes", "sizes"]

STATE_STRUCT_BYTES = 16
"""``sizeof(nas_<kind>_state_t)`` where a pointer has 4 bytes: three pointers and a count."""


@dataclass(frozen=True, kw_only=True)
class FrontEndSizes:
    """Bytes and work of a front end at given settings; the audio ring is `nas.cost.ring`'s.

    Attributes:
        table_bytes: constant tables (window, twiddles, filter bank, log), in flash.
        state_bytes: the state struct with its work buffers, in RAM; equals ``sizeof`` in C.
        feature_ring_bytes: int8 features of one decision window, outside the arena.
        macs_per_hop: multiply-accumulates for one frame (window, FFT, filter bank).
        functions: C functions linked, keys of the table of code sizes.
    """

    table_bytes: int
    state_bytes: int
    feature_ring_bytes: int
    macs_per_hop: int
    functions: tuple[str, ...]


@lru_cache(maxsize=1 << 14)
def sizes(settings: FrontEndSettings) -> FrontEndSizes:
    """Return what a front end takes on a 32-bit device, streaming.

    The state is ``nas_front_end_memory_t`` of the generated frontend_tables.h.
    """
    kind = kind_of(settings)
    words, history = kind.work_words(settings), _whole_words(settings.win_length)
    return FrontEndSizes(
        table_bytes=kind.table_bytes(settings),
        state_bytes=STATE_STRUCT_BYTES + 4 * words + history,
        feature_ring_bytes=settings.n_frames * settings.n_bins,
        macs_per_hop=kind.macs_per_hop(settings),
        functions=kind.functions,
    )


def _whole_words(n_samples: int) -> int:
    """Bytes of `n_samples` int16, rounded up to 4: the struct's alignment."""
    return -(-2 * n_samples // 4) * 4
