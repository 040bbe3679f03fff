"""Triangles on a mel scale, as the table that `nas_mel_energies` takes."""

import math
from decimal import localcontext
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nas.frontend.mel_scale import CONTEXT, EXACT, FLOATS, MelScale, position
from nas.frontend.tables import Q15_ONE, frozen

__all__ = ["MelScale", "empty_bands", "mel_table"]

TIE = 1e-6
"""Parts of a step; above the error of float64 here (1e-7 at the narrowest range), rarely met."""


@lru_cache(maxsize=1024)
def mel_table(scale: MelScale) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Return the first bin of each gap, and each bin's share of the band it rises into, Q15.

    The centres are equally spaced on the mel scale; a bin at position p + w (p whole) between
    them gives w of itself to band p and 1 - w to band p - 1.

    Returns:
        First bins [shape=(n_mels + 2,)] and shares [shape=(bins inside,)].
    """
    first = -(-scale.fmin_hz * scale.n_fft // scale.sample_rate_hz)
    last = scale.fmax_hz * scale.n_fft // scale.sample_rate_hz
    positions = _positions_q15(first, last, scale)
    inside = positions[positions < (scale.n_mels + 1) * Q15_ONE]
    starts = first + np.searchsorted(inside // Q15_ONE, np.arange(scale.n_mels + 2))
    return frozen(starts, np.uint16), frozen(inside % Q15_ONE, np.uint16)


def _positions_q15(first: int, last: int, scale: MelScale) -> NDArray[np.int64]:
    """Where bins lie, rounded in Q15; decimals settle what float64 leaves near a tie."""
    steps = position(np.arange(first, last + 1), scale, FLOATS) * Q15_ONE
    rounded = np.floor(steps + 0.5).astype(np.int64)
    for near in np.flatnonzero(np.abs(steps % 1.0 - 0.5) <= TIE).tolist():
        rounded[near] = _settled_q15(first + near, scale)
    return rounded


def _settled_q15(bin_index: int, scale: MelScale) -> int:
    with localcontext(CONTEXT):
        return math.floor(2 * position(bin_index, scale, EXACT) * Q15_ONE + 1) // 2


def empty_bands(mel_start: NDArray[np.uint16], mel_weight: NDArray[np.uint16]) -> list[int]:
    """Return the bands in which no bin has a weight.

    A bin in the gap before a centre rises into that band by its share, which may be 0, and falls
    from the band before by the rest, which is never 0.
    """
    start = mel_start.astype(np.int64) - int(mel_start[0])
    rising_before = np.zeros(len(mel_weight) + 1, dtype=np.int64)
    np.cumsum(mel_weight > 0, out=rising_before[1:])
    rising, falling = np.diff(rising_before[start]), np.diff(start)
    unmet: list[int] = np.flatnonzero((rising[:-1] == 0) & (falling[1:] == 0)).tolist()
    return unmet
