"""Tables of the cosine transform: its rows, and the gain that puts each coefficient into int8.

A gain is told against coefficient / sqrt(n_mels) in the steps of a log-mel feature (0.4014 dB),
which for a smooth spectrum does not depend on the number of bands. In those units, at 40 bands and
30/20 ms, 400 clips of Speech Commands and 350 household clips gave

    coefficient                           0     1     2     4     8    16    32
    rms, speech                          71    22   8.3   5.6   3.1   2.0   0.9
    rms, household                       39    13   6.9   4.1   4.4   3.3   1.2
    one of 1,000 is beyond (the larger) 128    59    35    25    18    17   4.6

They fall somewhat faster than 1 / sqrt(k). A gain of 2 sqrt(k) leaves each coefficient a deviation
of 8 to 32 steps; of values beyond int8 there are 3 in 10,000 at most at 20 to 80 bands, and of one
coefficient 2 in 1,000. With HTK's lifter of 22 the deviations are 17 to 36 steps, and 5 in 1,000
values of the worst coefficient are beyond.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nas.frontend.tables import Q15_ONE, frozen

__all__ = ["BIAS_ONE", "GAIN_ONE", "dct_table", "gain_table", "gains"]

GAIN_ONE = 1 << 18
BIAS_ONE = 1 << 16
LARGEST_LIFTED = 8.0
"""Gain of the coefficient that a lifter raises most."""


@lru_cache(maxsize=64)
def dct_table(n_mels: int, n_mfcc: int) -> NDArray[np.int16]:
    """Return the first half of each row of the orthonormal DCT-II.

    Row k is even or odd about its middle as k is; an odd number of bands has its middle in it.

    Returns:
        Rows in Q15 [shape=(n_mfcc * ((n_mels + 1) // 2),)].
    """
    rows = (_row(k, n_mels) for k in range(n_mfcc))
    return frozen([_rounded(value * Q15_ONE) for row in rows for value in row], np.int16)


def _row(k: int, n_mels: int) -> list[float]:
    unit = math.sqrt((1 if k == 0 else 2) / n_mels)
    return [
        unit * math.cos(math.pi * k * (2 * n + 1) / (2 * n_mels)) for n in range((n_mels + 1) // 2)
    ]


def gains(n_mfcc: int, lifter: int) -> list[float]:
    """Return the steps of each coefficient for one of coefficient / sqrt(n_mels): see above."""
    if lifter == 0:
        return [1.0, *(2 * math.sqrt(k) for k in range(1, n_mfcc))]
    weights = [1 + lifter / 2 * math.sin(math.pi * k / lifter) for k in range(n_mfcc)]
    return [1.0, *(LARGEST_LIFTED * weight / max(weights) for weight in weights[1:])]


def gain_table(per_coefficient: Sequence[float], n_mels: int) -> NDArray[np.int32]:
    """Return gain / sqrt(n_mels) of each coefficient, Q18 [shape=(n_mfcc,)]."""
    one = GAIN_ONE / math.sqrt(n_mels)
    return frozen([_rounded(gain * one) for gain in per_coefficient], np.int32)


def _rounded(value: float) -> int:
    return math.floor(value + 0.5)
