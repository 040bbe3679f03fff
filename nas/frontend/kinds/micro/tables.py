"""Constant tables of the microfrontend, in the device's fixed point.

Window, sine, channels and logarithm are those of every kind; the gain of PCAN is in gain.py.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nas.frontend.kinds.micro.gain import ENTRIES, Pcan, gain_table
from nas.frontend.kinds.micro.settings import MicroSettings
from nas.frontend.mel_tables import MelScale, mel_table
from nas.frontend.stage_tables import frame_bytes, log2_table, quarter_sine, window_table
from nas.frontend.tables import Tables, frozen, number, struct_bytes

__all__ = [
    "Q14_ONE",
    "SIGNAL_BITS",
    "SNR_BITS",
    "MicroTables",
    "bank",
    "build",
    "channels",
    "largest_gain",
    "table_bytes",
]

SIGNAL_BITS = 6
"""NAS_MICRO_SIGNAL_BITS in firmware/include/nas/micro.h; so are the next two."""
SNR_BITS = 12
Q14_ONE = 1 << 14
FEATURE_STEP_PCAN = 25_191
"""2^16 x 256 / 666, rounded: micro_speech's mapping to int8."""
FEATURE_STEP_PLAIN = 16_384
"""Without PCAN: 16 natural logarithms over the int8 range at a log_shift of 6."""


@dataclass(frozen=True, eq=False, kw_only=True)
class MicroTables(Tables):
    """The fields of ``nas_micro_tables_t`` in firmware/include/nas/micro.h.

    Attributes:
        window: half of a periodic Hann window, Q15 [shape=(win_length // 2 + 1,)].
        sine: a quarter turn, Q30 [shape=(n_fft // 4 + 1,)].
        mel_start: first bin of each gap between centres [shape=(n_channels + 2,)].
        mel_weight: share of the rising channel, Q15 [shape=(n_bins,)].
        log2_table: log2(1 + i / 32), Q15 [shape=(33,)].
        gain_table: parabolas of the gain [shape=(99,)], or one 0 without PCAN.
    """

    window: NDArray[np.uint16]
    sine: NDArray[np.int32]
    mel_start: NDArray[np.uint16]
    mel_weight: NDArray[np.uint16]
    log2_table: NDArray[np.uint16]
    gain_table: NDArray[np.int16]
    feature_step: int = number("uint16_t")
    even_smoothing: int = number("uint16_t")
    odd_smoothing: int = number("uint16_t")
    min_signal_remaining: int = number("uint16_t")
    smoothing_bits: int = number("uint16_t")
    pcan: int = number("uint16_t")
    snr_shift: int = number("uint16_t")
    correction_bits: int = number("uint16_t")
    log_shift: int = number("uint16_t")
    win_length: int = number("uint16_t")
    hop_length: int = number("uint16_t")
    n_fft: int = number("uint16_t")
    n_channels: int = number("uint16_t")


@lru_cache(maxsize=1024)
def build(settings: MicroSettings) -> MicroTables:
    """Return the tables of `settings`; the arrays are read-only, so they may be shared."""
    mel_start, mel_weight = channels(bank(settings))
    correction_bits = _correction_bits(settings.n_fft)
    return MicroTables(
        window=window_table("hann", settings.win_length),
        sine=quarter_sine(settings.n_fft),
        mel_start=mel_start,
        mel_weight=mel_weight,
        log2_table=log2_table(),
        gain_table=gain_table(_pcan(settings)) if settings.pcan else frozen([0], np.int16),
        feature_step=FEATURE_STEP_PCAN if settings.pcan else FEATURE_STEP_PLAIN,
        even_smoothing=_q14(settings.even_smoothing),
        odd_smoothing=_q14(settings.odd_smoothing),
        min_signal_remaining=_q14(settings.min_signal_remaining),
        smoothing_bits=settings.smoothing_bits,
        pcan=int(settings.pcan),
        snr_shift=settings.gain_bits - correction_bits - SNR_BITS,
        correction_bits=correction_bits,
        log_shift=settings.log_shift,
        win_length=settings.win_length,
        hop_length=settings.hop_length,
        n_fft=settings.n_fft,
        n_channels=settings.n_channels,
    )


def table_bytes(settings: MicroSettings) -> int:
    """Return the `table_bytes` of the tables of `settings`."""
    frame = frame_bytes(settings.win_length, settings.n_fft)
    n_weights = len(channels(bank(settings))[1])
    gains = ENTRIES if settings.pcan else 1
    triangles = 2 * (settings.n_channels + 2) + 2 * n_weights
    return struct_bytes(MicroTables) + frame + triangles + 2 * gains


def bank(settings: MicroSettings) -> MelScale:
    """Return what the triangles depend on; `channels` builds them."""
    return MelScale(
        settings.sample_rate_hz,
        settings.n_fft,
        settings.n_channels,
        settings.fmin_hz,
        settings.fmax_hz,
    )


@lru_cache(maxsize=1024)
def channels(scale: MelScale) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Return the triangles without the bin nearest to fmin and those below, as the original."""
    start, weight = mel_table(scale)
    rate = scale.sample_rate_hz
    first = (3 * rate + 2 * scale.fmin_hz * scale.n_fft) // (2 * rate)
    skipped = max(0, first - int(start[0]))
    return frozen(np.maximum(start, first), np.uint16), frozen(weight[skipped:], np.uint16)


def _q14(share: float) -> int:
    """Q14, rounded down as in the original."""
    return math.floor(share * Q14_ONE)


def _correction_bits(n_fft: int) -> int:
    """What a signal is shifted by to stand for the FFT of samples: n_fft / 2^SIGNAL_BITS."""
    return n_fft.bit_length() - 1 - SIGNAL_BITS


def _pcan(settings: MicroSettings) -> Pcan:
    noise_bits = settings.smoothing_bits - _correction_bits(settings.n_fft)
    return Pcan(settings.pcan_strength, settings.pcan_offset, settings.gain_bits, noise_bits)


def largest_gain(settings: MicroSettings) -> float:
    """Return the gain where there is no noise, with gain_bits fraction bits."""
    return _pcan(settings).gain(0)
