"""Constant tables of the MFCC front end, in the device's fixed point."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nas.frontend.kinds.log_mel.tables import level_bytes, level_fields
from nas.frontend.kinds.mfcc.settings import MfccSettings
from nas.frontend.kinds.mfcc.transform import BIAS_ONE, dct_table, gain_table, gains
from nas.frontend.normalise import GAIN_ONE, OFFSET_ONE
from nas.frontend.tables import Tables, frozen, number, struct_bytes

__all__ = ["LEVEL_MAX", "MfccTables", "build", "table_bytes"]

LEVEL_MAX = 255 * 16
"""127.5 steps in Q5: NAS_MFCC_LEVEL_MAX in firmware/include/nas/mfcc.h."""


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
        gain: gain / sqrt(n_mels), Q18 [shape=(n_mfcc,)]; a normalisation multiplies it.
        bias: steps added, with the half that rounds, Q16 [shape=(n_mfcc,)].
        n_mfcc: coefficients.

    The other numbers are those of ``LogMelTables``.
    """

    window: NDArray[np.uint16]
    sine: NDArray[np.int32]
    mel_start: NDArray[np.uint16]
    mel_weight: NDArray[np.uint16]
    log2_table: NDArray[np.uint16]
    dct: NDArray[np.int16]
    gain: NDArray[np.int32]
    bias: NDArray[np.int32]
    log_reference: int = number("int32_t")
    log_offset_low: int = number("uint32_t")
    log_offset_high: int = number("uint32_t")
    log_slope: int = number("uint16_t")
    win_length: int = number("uint16_t")
    hop_length: int = number("uint16_t")
    n_fft: int = number("uint16_t")
    n_mels: int = number("uint16_t")
    pre_emphasis_q15: int = number("uint16_t")
    remove_mean: int = number("uint16_t")
    magnitude: int = number("uint16_t")
    lowest: int = number("int16_t")
    n_mfcc: int = number("uint16_t")


@lru_cache(maxsize=1024)
def build(settings: MfccSettings) -> MfccTables:
    """Return the tables of `settings`; the arrays are read-only, so they may be shared."""
    own = gain_table(gains(settings.n_mfcc, settings.lifter), settings.n_mels)
    return MfccTables(
        **level_fields(settings),
        dct=dct_table(settings.n_mels, settings.n_mfcc),
        gain=_gain(own, settings),
        bias=_bias(settings),
        n_mfcc=settings.n_mfcc,
    )


def table_bytes(settings: MfccSettings) -> int:
    """Return the `table_bytes` of the tables of `settings`."""
    half_row = (settings.n_mels + 1) // 2
    transform = settings.n_mfcc * (2 * half_row + 4 + 4)
    return struct_bytes(MfccTables) + level_bytes(settings) + transform


def _gain(own: NDArray[np.int32], settings: MfccSettings) -> NDArray[np.int32]:
    """Return the coefficients' own gains, times those that were learnt."""
    if not settings.channel_gains:
        return own
    product = own.astype(np.int64) * settings.channel_gains
    return frozen((product + GAIN_ONE // 2) // GAIN_ONE, np.int32)


def _bias(settings: MfccSettings) -> NDArray[np.int32]:
    """Return the offsets, and the half step that rounds.

    The levels have half a step added, and so has coefficient 0: its gain scales that too.
    """
    bias = np.full(settings.n_mfcc, BIAS_ONE // 2)
    bias[0] -= BIAS_ONE // 2
    if settings.channel_gains:
        bias[0] += BIAS_ONE // 2 - BIAS_ONE // 2 * settings.channel_gains[0] // GAIN_ONE
        bias += BIAS_ONE // OFFSET_ONE * np.array(settings.channel_offsets)
    return frozen(bias, np.int32)
