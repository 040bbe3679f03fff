"""Constant tables of the raw waveform: the low-pass before the decimation, with the gain in it.

Rounding is floor(x + 1/2). No tap of any setting is near a tie (a test looks), so the last bit of
`sin` and `cos`, which differs between machines, changes none.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nas.frontend.kinds.raw.settings import RawSettings
from nas.frontend.tables import Tables, frozen, number

__all__ = ["CUTOFF", "Q14_ONE", "TAPS_PER_PHASE", "RawTables", "build", "exact_taps"]

Q14_ONE = 1 << 14
TAPS_PER_PHASE = 12
CUTOFF = 0.85
"""Where the low-pass is at -6 dB, in parts of half the new rate. With 12 taps a phase all that
would fold below 0.8 of it is 50 dB down, and the loss is 3 dB at 0.78 of it."""
BYTE_SHIFT = 8
"""int16 to int8."""


@dataclass(frozen=True, eq=False, kw_only=True)
class RawTables(Tables):
    """The fields of ``nas_raw_tables_t`` in firmware/include/nas/raw.h.

    Attributes:
        taps: the low-pass, with the part of the gain between two doublings, Q14 [shape=(n_taps,)].
    """

    taps: NDArray[np.int16]
    n_taps: int = number("uint16_t")
    decimation: int = number("uint16_t")
    hop_length: int = number("uint16_t")
    n_bins: int = number("uint16_t")
    shift: int = number("uint16_t")


@lru_cache(maxsize=1024)
def build(settings: RawSettings) -> RawTables:
    """Return the tables of `settings`; the array is read-only, so it may be shared."""
    taps = _taps(settings.decimation, settings.gain_db)
    return RawTables(
        taps=taps,
        n_taps=len(taps),
        decimation=settings.decimation,
        hop_length=settings.hop_length,
        n_bins=settings.n_bins,
        shift=14 + BYTE_SHIFT - _gain(settings.gain_db)[0],
    )


@lru_cache(maxsize=64)
def _taps(decimation: int, gain_db: int) -> NDArray[np.int16]:
    part = _gain(gain_db)[1] * Q14_ONE
    rounded = [math.floor(tap * part + 0.5) for tap in exact_taps(decimation)]
    return frozen(rounded, np.int16)


def _gain(gain_db: int) -> tuple[int, float]:
    """Return the whole doublings of the gain, and what is left of it: 1 to 2."""
    gain: float = 10 ** (gain_db / 20)
    doublings = math.floor(math.log2(gain))
    return doublings, gain / 2**doublings


@lru_cache(maxsize=16)
def exact_taps(decimation: int) -> tuple[float, ...]:
    """Return the low-pass for `decimation` before rounding; its sum is 1.

    A sinc of -6 dB at CUTOFF x half the new rate, under a Hamming window over all taps.
    """
    if decimation == 1:
        return (1.0,)
    count = TAPS_PER_PHASE * decimation
    taps = [_tap(i - (count - 1) / 2, count, decimation) for i in range(count)]
    total = math.fsum(taps)
    return tuple(tap / total for tap in taps)


def _tap(place: float, count: int, decimation: int) -> float:
    """Return the tap at `place`, counted from the middle; it is never 0: the count is even."""
    turn = math.pi * CUTOFF * place / decimation
    hamming = 0.54 + 0.46 * math.cos(2 * math.pi * place / (count - 1))
    return hamming * math.sin(turn) / turn
