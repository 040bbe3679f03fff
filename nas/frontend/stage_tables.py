"""Constant tables of the stages that kinds share: window, quarter sine, log2; and their scales.

Rounding is floor(x + 1/2) everywhere. A table must be the same on every machine, though the last
bit of `sin` or `log` is not: windows keep at least 1e-9 of a step from a tie at every length, and
the quarter sine 1e-3 (tests look).
"""

import math
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nas.frontend.tables import Q15_ONE, Q30_ONE, frozen

__all__ = [
    "LOG2_CHORDS",
    "POWER_SHIFT",
    "WINDOWS",
    "WindowName",
    "fraction_bits",
    "frame_bytes",
    "log2_table",
    "quarter_sine",
    "shortest_fft",
    "window_energy",
    "window_table",
]

POWER_SHIFT = 14
"""Bits that a power spectrum loses: NAS_POWER_SHIFT in firmware/include/nas/stages.h."""
LOG2_CHORDS = 32

WindowName = Literal["hann", "hamming"]

WINDOWS: Mapping[WindowName, Callable[[float], float]] = {
    "hann": lambda turn: math.sin(math.pi * turn) ** 2,
    "hamming": lambda turn: 0.08 + 0.92 * math.sin(math.pi * turn) ** 2,
}
"""Periodic windows: value at a part of the frame, from 0 (first sample) to 1; 1 in the middle."""


def _rounded(formula: Callable[[int], float], count: int, one: int) -> list[int]:
    return [math.floor(formula(i) * one + 0.5) for i in range(count)]


@lru_cache(maxsize=128)
def window_table(name: WindowName, win_length: int) -> NDArray[np.uint16]:
    """Return the first half and the middle of a window, Q15 [shape=(win_length // 2 + 1,)].

    Args:
        name: a key of WINDOWS.
        win_length: samples of a frame; the second half mirrors the first.
    """
    window = WINDOWS[name]
    return frozen(
        _rounded(lambda i: window(i / win_length), win_length // 2 + 1, Q15_ONE), np.uint16
    )


@lru_cache(maxsize=128)
def window_energy(name: WindowName, win_length: int) -> int:
    """Return the sum of the squares of all win_length values of a window, Q30."""
    half = window_table(name, win_length).tolist()
    return int(sum(half[min(i, win_length - i)] ** 2 for i in range(win_length)))


@lru_cache(maxsize=8)
def quarter_sine(n_fft: int) -> NDArray[np.int32]:
    """Return sin(2 pi j / n_fft) for one quarter of a turn, Q30 [shape=(n_fft // 4 + 1,)]."""
    values = _rounded(lambda j: math.sin(2 * math.pi * j / n_fft), n_fft // 4 + 1, Q30_ONE)
    return frozen(values, np.int32)


@cache
def log2_table() -> NDArray[np.uint16]:
    """Return log2(1 + i / 32), Q15 [shape=(33,)]."""
    values = _rounded(lambda i: math.log2(1 + i / LOG2_CHORDS), LOG2_CHORDS + 1, Q15_ONE)
    return frozen(values, np.uint16)


def frame_bytes(win_length: int, n_fft: int) -> int:
    """Return the bytes of a window, its quarter sine and the log2 table."""
    return 2 * (win_length // 2 + 1) + 4 * (n_fft // 4 + 1) + 2 * (LOG2_CHORDS + 1)


def shortest_fft(win_length: int) -> int:
    """Return the power of two not below win_length, and 64 at least."""
    return max(64, 1 << (win_length - 1).bit_length())


def fraction_bits(win_length: int, *, pre_emphasis: bool = False) -> int:
    """Return the fraction bits of windowed samples, and so of the spectrum.

    A spectrum value v stands for v / 2^fraction_bits of a sample's step, a power for the square.

    They follow the window and not the FFT, which may be longer: zeros add nothing to a bin. With P
    the shortest FFT and samples below 2^15 in magnitude,

    - a bin is at most the sum of the moduli, 2^(15 + bits) x 0.54 P = 1.08 x 2^30, or 8 % more
      where the mean is removed: it fits in 32 bits at any FFT length;
    - the powers of all bins of one side are at most n_fft / 2 times the sum of the squares,
      2^(30 + 2 bits) x 0.40 P, or 0.57 P where the mean is removed. After POWER_SHIFT and with
      weights in Q15 that is 0.29 n_fft / P x 2^63: below 2^64 as long as n_fft <= 4 P.

    Pre-emphasis may double a sample, and costs one bit.
    """
    return 16 - (shortest_fft(win_length).bit_length() - 1) - pre_emphasis
