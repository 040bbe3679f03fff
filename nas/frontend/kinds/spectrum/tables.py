"""Constant tables of the log-magnitude spectrum, in the device's fixed point."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nas.frontend import stage_tables
from nas.frontend.kinds.spectrum.settings import SpectrumSettings
from nas.frontend.normalise import channel_bytes, channel_table
from nas.frontend.stage_tables import fraction_bits
from nas.frontend.stages import log2_q15
from nas.frontend.tables import Tables, number, struct_bytes

__all__ = ["SpectrumTables", "build", "table_bytes"]

WINDOW = "hamming"


@dataclass(frozen=True, eq=False, kw_only=True)
class SpectrumTables(Tables):
    """The fields of ``nas_spectrum_tables_t`` in firmware/include/nas/spectrum.h.

    Attributes:
        window: half of a periodic Hamming window, Q15 [shape=(win_length // 2 + 1,)].
        sine: a quarter turn, Q30 [shape=(n_fft // 4 + 1,)].
        log2_table: log2(1 + i / 32), Q15 [shape=(33,)].
        channel: gain and offset of each bin [shape=(2 * n_bins,)]; empty if not normalised.
        log_offset: log2(unit), Q15.
        unit: magnitude of a sine of amplitude 1, in the spectrum's fraction bits.
        pre_emphasis_q15: factor of the sample before.
    """

    window: NDArray[np.uint16]
    sine: NDArray[np.int32]
    log2_table: NDArray[np.uint16]
    channel: NDArray[np.int16]
    log_offset: int = number("int32_t")
    unit: int = number("uint16_t")
    win_length: int = number("uint16_t")
    hop_length: int = number("uint16_t")
    n_fft: int = number("uint16_t")
    n_bins: int = number("uint16_t")
    pre_emphasis_q15: int = number("uint16_t")


@lru_cache(maxsize=1024)
def build(settings: SpectrumSettings) -> SpectrumTables:
    """Return the tables of `settings`; the arrays are read-only, so they may be shared."""
    unit, log_offset = _unit(settings.win_length, settings.pre_emphasis_q15 > 0)
    return SpectrumTables(
        window=stage_tables.window_table(WINDOW, settings.win_length),
        sine=stage_tables.quarter_sine(settings.n_fft),
        log2_table=stage_tables.log2_table(),
        channel=channel_table(settings),
        log_offset=log_offset,
        unit=unit,
        win_length=settings.win_length,
        hop_length=settings.hop_length,
        n_fft=settings.n_fft,
        n_bins=settings.n_bins,
        pre_emphasis_q15=settings.pre_emphasis_q15,
    )


def table_bytes(settings: SpectrumSettings) -> int:
    """Return the `table_bytes` of the tables of `settings`."""
    frame = stage_tables.frame_bytes(settings.win_length, settings.n_fft)
    return struct_bytes(SpectrumTables) + frame + channel_bytes(settings)


@lru_cache(maxsize=128)
def _unit(win_length: int, pre_emphasis: bool) -> tuple[int, int]:
    """Return half the window's sum (Q15) with the spectrum's fraction bits, and its log2, Q15."""
    half = stage_tables.window_table(WINDOW, win_length).tolist()
    total = sum(half[min(i, win_length - i)] for i in range(win_length))
    bits = fraction_bits(win_length, pre_emphasis=pre_emphasis)
    unit = int((2 * total * 2**bits + 2**16) // 2**17)
    return unit, int(log2_q15(np.array([unit]), stage_tables.log2_table())[0])
