"""Constant tables of the log-mel front end, from formulas, in the device's fixed point.

Rounding is floor(x + 1/2) everywhere. A table must be the same on every machine, though the last
bit of `sin` or `log` is not: the window and the quarter sine keep at least 1e-9 and 1e-3 of a step
from a tie at every length (a test looks), and mel positions near a tie are settled in decimals.
"""

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.frontend.settings import LogMelSettings

__all__ = ["LOG2_CHORDS", "POWER_SHIFT", "Q15_ONE", "STRUCT_BYTES", "LogMelTables", "build"]

Q15_ONE = 1 << 15
Q30_ONE = 1 << 30
POWER_SHIFT = 14
LOG2_CHORDS = 32
FULL_SCALE_FEATURE = 120
"""Feature of a full-scale sine: 7 steps, 2.8 dB, are left for what is louder."""
STRUCT_BYTES = 32
"""``sizeof(nas_log_mel_tables_t)`` where a pointer has 4 bytes."""
TIE = 1e-6
"""Parts of a step; far above the error of float64 here (1e-9), and rarely met."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LogMelTables:
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
    log_offset: int
    win_length: int
    hop_length: int
    n_fft: int
    n_mels: int

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, in the order of the struct."""
        names = ("window", "sine", "mel_start", "mel_weight", "log2_table")
        return {name: getattr(self, name) for name in names}

    @cached_property
    def table_bytes(self) -> int:
        """Bytes in flash: the arrays and the struct that points to them."""
        return STRUCT_BYTES + sum(array.nbytes for array in self.arrays.values())


@lru_cache(maxsize=256)
def build(settings: LogMelSettings) -> LogMelTables:
    """Return the tables of `settings`; the arrays are read-only, so they may be shared."""
    window = _window(settings.win_length)
    mel_start, mel_weight = _mel(settings)
    return LogMelTables(
        window=_frozen(window, np.uint16),
        sine=_sine(settings.n_fft),
        mel_start=_frozen(mel_start, np.uint16),
        mel_weight=_frozen(mel_weight, np.uint16),
        log2_table=_frozen(_rounded(_log2_chord, LOG2_CHORDS + 1, Q15_ONE), np.uint16),
        log_offset=_log_offset(window, settings),
        win_length=settings.win_length,
        hop_length=settings.hop_length,
        n_fft=settings.n_fft,
        n_mels=settings.n_mels,
    )


def _frozen(values: list[int], dtype: type[np.generic]) -> NDArray[Any]:
    array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array


def _rounded(formula: Callable[[int], float], count: int, one: int) -> list[int]:
    return [math.floor(formula(i) * one + 0.5) for i in range(count)]


def _window(win_length: int) -> list[int]:
    """Hann, periodic: sin^2(pi i / win_length), from 0 to its middle."""
    return _rounded(
        lambda i: math.sin(math.pi * i / win_length) ** 2, win_length // 2 + 1, Q15_ONE
    )


@lru_cache(maxsize=8)
def _sine(n_fft: int) -> NDArray[np.int32]:
    values = _rounded(lambda j: math.sin(2 * math.pi * j / n_fft), n_fft // 4 + 1, Q30_ONE)
    return _frozen(values, np.int32)


def _log2_chord(i: int) -> float:
    return math.log2(1 + i / LOG2_CHORDS)


def _mel(settings: LogMelSettings) -> tuple[list[int], list[int]]:
    """Return the first bin of each gap, and each bin's share of the band it rises into.

    The centres are equally spaced on the mel scale; a bin at position p + w (p whole) between
    them gives w of itself to band p and 1 - w to band p - 1.
    """
    rate, n_fft = settings.sample_rate_hz, settings.n_fft
    first = -(-settings.fmin_hz * n_fft // rate)
    last = settings.fmax_hz * n_fft // rate
    positions = [_mel_position(k, settings) for k in range(first, last + 1)]
    top = (settings.n_mels + 1) * Q15_ONE
    inside = [p for p in positions if p < top]
    gaps = [p // Q15_ONE for p in inside]
    starts = [first + bisect_left(gaps, j) for j in range(settings.n_mels + 2)]
    return starts, [p % Q15_ONE for p in inside]


def _mel_position(k: int, settings: LogMelSettings) -> int:
    """Where bin `k` lies between fmin (0) and fmax (n_mels + 1) on the mel scale, in Q15.

    HTK: mel(f) = 2595 log10(1 + f / 700); only ratios of logarithms are left of it.
    """
    above = k * settings.sample_rate_hz - settings.fmin_hz * settings.n_fft
    ratio = (above, settings.n_fft * (700 + settings.fmin_hz))
    span = (settings.fmax_hz - settings.fmin_hz, 700 + settings.fmin_hz)
    gaps = (settings.n_mels + 1) * Q15_ONE
    position = gaps * math.log1p(ratio[0] / ratio[1]) / math.log1p(span[0] / span[1])
    if abs(position % 1.0 - 0.5) > TIE:
        return math.floor(position + 0.5)
    exact = Context(prec=40)
    logs = [exact.ln(1 + exact.divide(Decimal(a), Decimal(b))) for a, b in (ratio, span)]
    settled = exact.divide(gaps * logs[0], logs[1]) + Decimal("0.5")
    return int(settled.to_integral_value(ROUND_FLOOR))


def _log_offset(half: list[int], settings: LogMelSettings) -> int:
    """Return what puts a full-scale sine at FULL_SCALE_FEATURE; see step 6 in log_mel.h.

    Parseval: the bins of a sine of amplitude A hold n_fft x A^2 x sum(w^2) / 4 on one side.
    Samples carry 16 - log2(n_fft) fraction bits, so n_fft of them squared is 2^32 / n_fft.
    """
    win_length = settings.win_length
    energy = sum(half[min(i, win_length - i)] ** 2 for i in range(win_length))
    # 30 full scale squared, -30 window Q15 squared, -2 the quarter, 15 weights: see above.
    whole = 30 - 30 - 2 + 32 - POWER_SHIFT + 15
    reference = math.log2(energy / settings.n_fft) + whole
    steps = FULL_SCALE_FEATURE + 128
    return 15 * math.floor(reference * Q15_ONE + 0.5) - steps * 2 * Q15_ONE - Q15_ONE
