"""Constant tables of the log-mel front end, in the device's fixed point."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nas.frontend import stage_tables
from nas.frontend.kinds.log_mel.settings import LogMelSettings
from nas.frontend.mel_tables import MelScale, mel_table
from nas.frontend.stage_tables import POWER_SHIFT, fraction_bits
from nas.frontend.tables import Q15_ONE, Tables, number

__all__ = ["LogMelTables", "build"]

FULL_SCALE_FEATURE = 120
"""Feature of a full-scale sine: 7 steps, 2.8 dB, are left for what is louder."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LogMelTables(Tables):
    """The fields of ``nas_log_mel_tables_t`` in firmware/include/nas/log_mel.h.

    Attributes:
        window: half of a periodic Hann window, Q15 [shape=(win_length // 2 + 1,)].
        sine: a quarter turn, Q30 [shape=(n_fft // 4 + 1,)].
        mel_start: first bin of each gap between centres [shape=(n_mels + 2,)].
        mel_weight: share of the rising band, Q15 [shape=(n_bins,)].
        log2_table: log2(1 + i / 32), Q15 [shape=(33,)].
        log_offset: what is taken from 15 x log2(energy), Q15.
    """

    window: NDArray[np.uint16]
    sine: NDArray[np.int32]
    mel_start: NDArray[np.uint16]
    mel_weight: NDArray[np.uint16]
    log2_table: NDArray[np.uint16]
    log_offset: int = number("int32_t")
    win_length: int = number("uint16_t")
    hop_length: int = number("uint16_t")
    n_fft: int = number("uint16_t")
    n_mels: int = number("uint16_t")


@lru_cache(maxsize=1024)
def build(settings: LogMelSettings) -> LogMelTables:
    """Return the tables of `settings`; the arrays are read-only, so they may be shared."""
    mel_start, mel_weight = mel_table(_scale(settings))
    return LogMelTables(
        window=stage_tables.window_table("hann", settings.win_length),
        sine=stage_tables.quarter_sine(settings.n_fft),
        mel_start=mel_start,
        mel_weight=mel_weight,
        log2_table=stage_tables.log2_table(),
        log_offset=_log_offset(settings.win_length, settings.n_fft),
        win_length=settings.win_length,
        hop_length=settings.hop_length,
        n_fft=settings.n_fft,
        n_mels=settings.n_mels,
    )


def _scale(settings: LogMelSettings) -> MelScale:
    rate, n_fft = settings.sample_rate_hz, settings.n_fft
    return MelScale(rate, n_fft, settings.n_mels, settings.fmin_hz, settings.fmax_hz)


@lru_cache(maxsize=64)
def _log_offset(win_length: int, n_fft: int) -> int:
    """Return what puts a full-scale sine at FULL_SCALE_FEATURE; see step 6 in log_mel.h.

    Parseval: the bins of a sine of amplitude A hold n_fft x A^2 x sum(w^2) / 4 on one side.
    """
    energy = stage_tables.window_energy("hann", win_length)
    # 30 full scale squared, -30 window Q15 squared, -2 the quarter, 15 weights.
    whole = 30 - 30 - 2 + 2 * fraction_bits(n_fft) - POWER_SHIFT + 15
    reference = math.log2(energy * n_fft) + whole
    steps = FULL_SCALE_FEATURE + 128
    return 15 * math.floor(reference * Q15_ONE + 0.5) - steps * 2 * Q15_ONE - Q15_ONE
