"""Triangles on a mel scale, as the table that `nas_mel_energies` takes."""

import math
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nas.frontend.tables import Q15_ONE, frozen

__all__ = ["MelScale", "empty_bands", "mel_table"]

TIE = 1e-6
"""Parts of a step; far above the error of float64 here (1e-9), and rarely met."""


@dataclass(frozen=True)
class MelScale:
    """All that the filter bank depends on.

    Attributes:
        sample_rate_hz: of the samples.
        n_fft: FFT length.
        n_mels: bands.
        fmin_hz: lower edge of the first band.
        fmax_hz: upper edge of the last band.
    """

    sample_rate_hz: int
    n_fft: int
    n_mels: int
    fmin_hz: int
    fmax_hz: int


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
    positions = _mel_positions(np.arange(first, last + 1), scale)
    inside = positions[positions < (scale.n_mels + 1) * Q15_ONE]
    starts = first + np.searchsorted(inside // Q15_ONE, np.arange(scale.n_mels + 2))
    return frozen(starts, np.uint16), frozen(inside % Q15_ONE, np.uint16)


def empty_bands(mel_start: NDArray[np.uint16], mel_weight: NDArray[np.uint16]) -> list[int]:
    """Return the bands in which no bin has a weight."""
    start = mel_start.astype(np.int64) - int(mel_start[0])
    rising = mel_weight.astype(np.int64)
    in_gap = [rising[a:b] for a, b in pairwise(start)]
    return [
        band
        for band in range(len(start) - 2)
        if not in_gap[band].any() and not (Q15_ONE - in_gap[band + 1]).any()
    ]


def _mel_positions(bins: NDArray[np.int64], scale: MelScale) -> NDArray[np.int64]:
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


def _settled(above: int, scale: MelScale) -> int:
    """Return the position of one bin that float64 leaves near a tie."""
    low = 700 + scale.fmin_hz
    ratio, span = (above, scale.n_fft * low), (scale.fmax_hz - scale.fmin_hz, low)
    exact = Context(prec=40)
    logs = [exact.ln(1 + exact.divide(Decimal(a), Decimal(b))) for a, b in (ratio, span)]
    gaps = (scale.n_mels + 1) * Q15_ONE
    settled = exact.divide(gaps * logs[0], logs[1]) + Decimal("0.5")
    return int(settled.to_integral_value(ROUND_FLOOR))
