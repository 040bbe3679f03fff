"""Where a frequency lies among the centres of mel bands, in floats or in decimals."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Generic, Literal, TypeVar

__all__ = [
    "EXACT",
    "FLOATS",
    "MEL_SCALES",
    "Arithmetic",
    "MelScale",
    "MelScaleName",
    "Triangles",
    "position",
]

Number = TypeVar("Number", float, Decimal)

MelScaleName = Literal["htk", "slaney"]
Triangles = Literal["mel", "hz"]
"""Axis on which a band's two sides are straight: mel in HTK and TensorFlow, Hz in librosa."""


@dataclass(frozen=True)
class Arithmetic(Generic[Number]):
    """Numbers of one type, with the functions that they do not have themselves."""

    number: Callable[[int], Number]
    ln: Callable[[Number], Number]
    exp: Callable[[Number], Number]


FLOATS = Arithmetic(float, math.log, math.exp)
CONTEXT = Context(prec=40)
EXACT = Arithmetic(Decimal, CONTEXT.ln, CONTEXT.exp)
"""To be used where the current decimal context has 40 digits too."""


@dataclass(frozen=True)
class MelScale:
    """All that the filter bank depends on.

    Attributes:
        sample_rate_hz: of the samples.
        n_fft: FFT length.
        n_mels: bands.
        fmin_hz: lower edge of the first band.
        fmax_hz: upper edge of the last band.
        scale: how Hz become mels.
        triangles: axis on which the sides of a band are straight.
    """

    sample_rate_hz: int
    n_fft: int
    n_mels: int
    fmin_hz: int
    fmax_hz: int
    scale: MelScaleName = "htk"
    triangles: Triangles = "mel"


def _htk_mel(hz: Number, use: Arithmetic[Number]) -> Number:
    return use.ln(1 + hz / 700)


def _htk_hz(mel: Number, use: Arithmetic[Number]) -> Number:
    return 700 * (use.exp(mel) - 1)


def _slaney_mel(hz: Number, use: Arithmetic[Number]) -> Number:
    if hz < 1_000:
        return 3 * hz / 200
    return 15 + 27 * use.ln(hz / 1_000) / use.ln(use.number(64) / 10)


def _slaney_hz(mel: Number, use: Arithmetic[Number]) -> Number:
    if mel < 15:
        return 200 * mel / 3
    return 1_000 * use.exp((mel - 15) * use.ln(use.number(64) / 10) / 27)


MEL_SCALES = {"htk": (_htk_mel, _htk_hz), "slaney": (_slaney_mel, _slaney_hz)}
"""Hz to mel and back; a constant factor of the mels does not matter.

htk: 2595 log10(1 + f / 700), the HTK Book, equation 5.13. slaney: straight up to 1 kHz, 15 mels,
then 27 mels for a factor of 6.4: M. Slaney, Auditory Toolbox, 1998.
"""


def position(bin_index: int, scale: MelScale, use: Arithmetic[Number]) -> Number:
    """Return where a bin lies: 0 at fmin, 1 at the first centre, n_mels + 1 at fmax.

    Between two centres it is the share of the upper band.
    """
    to_mel, to_hz = MEL_SCALES[scale.scale]
    hz = use.number(bin_index * scale.sample_rate_hz) / scale.n_fft
    low, high = (to_mel(use.number(f), use) for f in (scale.fmin_hz, scale.fmax_hz))
    on_mels = (scale.n_mels + 1) * (to_mel(hz, use) - low) / (high - low)
    if scale.triangles == "mel":
        return on_mels
    gap = max(0, min(int(on_mels), scale.n_mels))
    step = (high - low) / (scale.n_mels + 1)
    below, above = (to_hz(low + step * edge, use) for edge in (gap, gap + 1))
    return gap + (hz - below) / (above - below)
