"""What a front end takes on the device."""

from dataclasses import dataclass

__all__ = ["FrontEndSizes"]


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
