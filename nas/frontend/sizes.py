"""What a front end takes on the device."""

from dataclasses import dataclass
from functools import lru_cache

from nas.frontend.settings import LogMelSettings
from nas.frontend.tables import LogMelTables, build

__all__ = ["AUDIO_RING_HOPS", "FUNCTIONS", "FrontEndSizes", "sizes"]

STATE_STRUCT_BYTES = 16
"""``sizeof(nas_log_mel_state_t)`` where a pointer has 4 bytes."""
AUDIO_RING_HOPS = 2
"""One hop is computed from while the next is recorded."""
FUNCTIONS = (
    "nas_fft_complex",
    "nas_fft_real",
    "nas_log2_q15",
    "nas_log_mel_frame",
    "nas_log_mel_init",
    "nas_log_mel_push",
    "nas_mel_features",
    "nas_window_apply",
)


@dataclass(frozen=True, kw_only=True)
class FrontEndSizes:
    """Bytes and work of a front end at given settings.

    Attributes:
        table_bytes: constant tables (window, twiddles, filter bank, log), in flash.
        state_bytes: the state struct with its work buffers, in RAM; equals ``sizeof`` in C.
        audio_ring_bytes: int16 samples waiting for a frame, outside the state.
        feature_ring_bytes: int8 features of one decision window, outside the arena.
        macs_per_hop: multiply-accumulates for one frame (window, FFT, filter bank).
        functions: C functions linked, keys of the table of code sizes.
    """

    table_bytes: int
    state_bytes: int
    audio_ring_bytes: int
    feature_ring_bytes: int
    macs_per_hop: int
    functions: tuple[str, ...]


@lru_cache(maxsize=1024)
def sizes(settings: LogMelSettings) -> FrontEndSizes:
    """Return what the log-mel front end takes on a 32-bit device, streaming.

    The state is ``nas_front_end_memory_t`` of the generated frontend_tables.h.
    """
    tables = build(settings)
    return FrontEndSizes(
        table_bytes=tables.table_bytes,
        state_bytes=STATE_STRUCT_BYTES + 4 * settings.n_fft + _whole_words(settings.win_length),
        audio_ring_bytes=2 * AUDIO_RING_HOPS * settings.hop_length,
        feature_ring_bytes=settings.n_frames * settings.n_mels,
        macs_per_hop=_macs(tables),
        functions=FUNCTIONS,
    )


def _whole_words(n_samples: int) -> int:
    """Bytes of `n_samples` int16, rounded up to 4: the struct's alignment."""
    return -(-2 * n_samples // 4) * 4


def _macs(tables: LogMelTables) -> int:
    """Real multiplications: window, FFT, its real split, power of and weight on each bin."""
    split = 4 * (tables.n_fft // 4)
    return tables.win_length + _fft_multiplies(tables.n_fft) + split + 3 * len(tables.mel_weight)


def _fft_multiplies(n_fft: int) -> int:
    """3 complex products for each 4 points, but none where the factor is 1."""
    points = n_fft // 2
    h = 1 if points.bit_length() % 2 else 2
    total = 0
    while h < points:
        total += 12 * (h - 1) * (points // (4 * h))
        h *= 4
    return total
