"""Constant tables of the log-mel front end, from formulas, in the device's fixed point.

Rounding is floor(x + 1/2) everywhere. A table must be the same on every machine, though the last
bit of `sin` or `log` is not: the window and the quarter sine keep at least 1e-9 and 1e-3 of a step
from a tie at every length (a test looks), and mel positions near a tie are settled in decimals.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from nas.frontend.kinds.log_mel.settings import LogMelSettings
from nas.frontend.tables import Q15_ONE, Q30_ONE, Tables, frozen, number

__all__ = ["LOG2_CHORDS", "POWER_SHIFT", "LogMelTables", "build"]

POWER_SHIFT = 14
LOG2_CHORDS = 32
FULL_SCALE_FEATURE = 120
"""Feature of a full-scale sine: 7 steps, 2.8 dB, are left for what is louder."""
TIE = 1e-6
"""Parts of a step; far above the error of float64 here (1e-9), and rarely met."""


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
    window = _window(settings.win_length)
    mel_start, mel_weight = _mel(_scale(settings))
    return LogMelTables(
        window=window,
        sine=_sine(settings.n_fft),
        mel_start=mel_start,
        mel_weight=mel_weight,
        log2_table=_log2_table(),
        log_offset=_log_offset(settings.win_length, settings.n_fft),
        win_length=settings.win_length,
        hop_length=settings.hop_length,
        n_fft=settings.n_fft,
        n_mels=settings.n_mels,
    )


def _rounded(formula: Callable[[int], float], count: int, one: int) -> list[int]:
    return [math.floor(formula(i) * one + 0.5) for i in range(count)]


@lru_cache(maxsize=64)
def _window(win_length: int) -> NDArray[np.uint16]:
    """Hann, periodic: sin^2(pi i / win_length), from 0 to its middle."""
    values = _rounded(
        lambda i: math.sin(math.pi * i / win_length) ** 2, win_length // 2 + 1, Q15_ONE
    )
    return frozen(values, np.uint16)


@lru_cache(maxsize=8)
def _sine(n_fft: int) -> NDArray[np.int32]:
    values = _rounded(lambda j: math.sin(2 * math.pi * j / n_fft), n_fft // 4 + 1, Q30_ONE)
    return frozen(values, np.int32)


@cache
def _log2_table() -> NDArray[np.uint16]:
    values = _rounded(lambda i: math.log2(1 + i / LOG2_CHORDS), LOG2_CHORDS + 1, Q15_ONE)
    return frozen(values, np.uint16)


@dataclass(frozen=True)
class _Scale:
    """All that the filter bank depends on."""

    sample_rate_hz: int
    n_fft: int
    n_mels: int
    fmin_hz: int
    fmax_hz: int


def _scale(settings: LogMelSettings) -> _Scale:
    rate, n_fft = settings.sample_rate_hz, settings.n_fft
    return _Scale(rate, n_fft, settings.n_mels, settings.fmin_hz, settings.fmax_hz)


@lru_cache(maxsize=1024)
def _mel(scale: _Scale) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Return the first bin of each gap, and each bin's share of the band it rises into.

    The centres are equally spaced on the mel scale; a bin at position p + w (p whole) between
    them gives w of itself to band p and 1 - w to band p - 1.
    """
    first = -(-scale.fmin_hz * scale.n_fft // scale.sample_rate_hz)
    last = scale.fmax_hz * scale.n_fft // scale.sample_rate_hz
    positions = _mel_positions(np.arange(first, last + 1), scale)
    inside = positions[positions < (scale.n_mels + 1) * Q15_ONE]
    starts = first + np.searchsorted(inside // Q15_ONE, np.arange(scale.n_mels + 2))
    return frozen(starts, np.uint16), frozen(inside % Q15_ONE, np.uint16)


def _mel_positions(bins: NDArray[np.int64], scale: _Scale) -> NDArray[np.int64]:
    """Where `bins` lie between fmin (0) and fmax (n_mels + 1) on the mel scale, in Q15.

    HTK: mel(f) = 2595 log10(1 + f / 700); only ratios of logarithms are left of it.
    """
    above = bins * scale.sample_rate_hz - scale.fmin_hz * scale.n_fft
    span = math.log1p((scale.fmax_hz - scale.fmin_hz) / (700 + scale.fmin_hz))
    gaps = (scale.n_mels + 1) * Q15_ONE
    position = gaps * np.log1p(above / (scale.n_fft * (700 + scale.fmin_hz))) / span
    rounded = np.floor(position + 0.5).astype(np.int64)
    for index in np.flatnonzero(np.abs(position % 1.0 - 0.5) <= TIE):
        rounded[index] = _settled(int(above[index]), scale)
    return rounded


def _settled(above: int, scale: _Scale) -> int:
    """Return the position of one bin that float64 leaves near a tie."""
    low = 700 + scale.fmin_hz
    ratio, span = (above, scale.n_fft * low), (scale.fmax_hz - scale.fmin_hz, low)
    exact = Context(prec=40)
    logs = [exact.ln(1 + exact.divide(Decimal(a), Decimal(b))) for a, b in (ratio, span)]
    gaps = (scale.n_mels + 1) * Q15_ONE
    settled = exact.divide(gaps * logs[0], logs[1]) + Decimal("0.5")
    return int(settled.to_integral_value(ROUND_FLOOR))


@lru_cache(maxsize=64)
def _log_offset(win_length: int, n_fft: int) -> int:
    """Return what puts a full-scale sine at FULL_SCALE_FEATURE; see step 6 in log_mel.h.

    Parseval: the bins of a sine of amplitude A hold n_fft x A^2 x sum(w^2) / 4 on one side.
    Samples carry 16 - log2(n_fft) fraction bits, so n_fft of them squared is 2^32 / n_fft.
    """
    half = _window(win_length).tolist()
    energy = sum(half[min(i, win_length - i)] ** 2 for i in range(win_length))
    # 30 full scale squared, -30 window Q15 squared, -2 the quarter, 15 weights: see above.
    whole = 30 - 30 - 2 + 32 - POWER_SHIFT + 15
    reference = math.log2(energy / n_fft) + whole
    steps = FULL_SCALE_FEATURE + 128
    return 15 * math.floor(reference * Q15_ONE + 0.5) - steps * 2 * Q15_ONE - Q15_ONE
