"""Constant tables of the MFCC front end, in the device's fixed point."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nas.frontend.kinds.log_mel import tables as log_mel_tables
from nas.frontend.kinds.mfcc.settings import MfccSettings
from nas.frontend.kinds.mfcc.transform import BIAS_ONE, dct_table, gain_table, gains
from nas.frontend.tables import Tables, frozen, number

__all__ = ["LEVEL_MAX", "MfccTables", "build"]

LEVEL_MAX = 17 * 256
"""17 doublings in Q8: NAS_MFCC_LEVEL_MAX in firmware/include/nas/mfcc.h."""


@dataclass(frozen=True, eq=False, kw_only=True)
class MfccTables(Tables):
    """The fields of ``nas_mfcc_tables_t`` in firmware/include/nas/mfcc.h.

    Attributes:
        window: half of the window, Q15 [shape=(win_length // 2 + 1,)].
        sine: a quarter turn, Q30 [shape=(n_fft // 4 + 1,)].
        mel_start: first bin of each gap between centres [shape=(n_mels + 2,)].
        mel_weight: share of the rising band, Q15.
        log2_table: log2(1 + i / 32), Q15 [shape=(33,)].
        dct: first half of each row, Q15 [shape=(n_mfcc * ((n_mels + 1) // 2),)].
        gain: steps for a doubling of power, Q17 [shape=(n_mfcc,)].
        bias: steps added, with the half that rounds, Q16 [shape=(n_mfcc,)].
        log_middle: log2(energy) of level 0, Q15.
    """

    window: NDArray[np.uint16]
    sine: NDArray[np.int32]
    mel_start: NDArray[np.uint16]
    mel_weight: NDArray[np.uint16]
    log2_table: NDArray[np.uint16]
    dct: NDArray[np.int16]
    gain: NDArray[np.int32]
    bias: NDArray[np.int32]
    log_middle: int = number("int32_t")
    win_length: int = number("uint16_t")
    hop_length: int = number("uint16_t")
    n_fft: int = number("uint16_t")
    pre_emphasis_q15: int = number("uint16_t")
    remove_mean: int = number("uint16_t")
    magnitude: int = number("uint16_t")
    n_mels: int = number("uint16_t")
    n_mfcc: int = number("uint16_t")


@lru_cache(maxsize=1024)
def build(settings: MfccSettings) -> MfccTables:
    """Return the tables of `settings`; the arrays are read-only, so they may be shared."""
    mels = log_mel_tables.build(settings)
    return MfccTables(
        window=mels.window,
        sine=mels.sine,
        mel_start=mels.mel_start,
        mel_weight=mels.mel_weight,
        log2_table=mels.log2_table,
        dct=dct_table(settings.n_mels, settings.n_mfcc),
        gain=gain_table(gains(settings.n_mfcc, settings.lifter), settings.n_mels),
        bias=_bias(settings.n_mfcc),
        log_middle=_log_middle(mels.log_offset),
        win_length=mels.win_length,
        hop_length=mels.hop_length,
        n_fft=mels.n_fft,
        pre_emphasis_q15=0,
        remove_mean=0,
        magnitude=0,
        n_mels=mels.n_mels,
        n_mfcc=settings.n_mfcc,
    )


def _log_middle(log_offset: int) -> int:
    """Return log2(energy) of level 0, where a log-mel feature before rounding is -1/2.

    That feature is (15 x log2(energy) - log_offset) / 65,536 - 128.5.
    """
    return (2 * (log_offset + 128 * 65_536) + 15) // 30


@lru_cache(maxsize=64)
def _bias(n_mfcc: int) -> NDArray[np.int32]:
    """Half a step, which rounds; none for coefficient 0, since level 0 is feature -1/2."""
    return frozen([0, *[BIAS_ONE // 2] * (n_mfcc - 1)], np.int32)
