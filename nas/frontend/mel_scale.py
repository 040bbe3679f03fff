"""Where a frequency lies among the centres of mel bands, in floats or in decimals."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import partial
from typing import Any, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

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

Number = TypeVar("Number", NDArray[np.float64], Decimal)
"""Float64s of any shape, or one decimal."""

MelScaleName = Literal["htk", "slaney"]
Triangles = Literal["mel", "hz"]
"""Axis on which a band's two sides are straight: mel in HTK and TensorFlow, Hz in librosa."""


@dataclass(frozen=True)
class Arithmetic(Generic[Number]):
    """Numbers of one type, with the functions that they do not have themselves.

    `floor` is the whole number below, `least` and `most` are of two numbers.
    """

    number: Callable[[Any], Number]
    ln: Callable[[Number], Number]
    exp: Callable[[Number], Number]
    floor: Callable[[Number], Number]
    least: Callable[[Number, int], Number]
    most: Callable[[Number, int], Number]


FLOATS: Arithmetic[NDArray[np.float64]] = Arithmetic(
    partial(np.asarray, dtype=np.float64), np.log, np.exp, np.floor, np.minimum, np.maximum
)
CONTEXT = Context(prec=40)
EXACT: Arithmetic[Decimal] = Arithmetic(
    Decimal,
    CONTEXT.ln,
    CONTEXT.exp,
    lambda number: Decimal(math.floor(number)),
    lambda number, other: min(number, Decimal(other)),
    lambda number, other: max(number, Decimal(other)),
)
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
    above = use.ln(use.most(hz, 1_000) / 1_000) / use.ln(use.number(64) / 10)
    return 3 * use.least(hz, 1_000) / 200 + 27 * above


def _slaney_hz(mel: Number, use: Arithmetic[Number]) -> Number:
    above = (use.most(mel, 15) - 15) * use.ln(use.number(64) / 10) / 27
    return 200 * use.least(mel, 15) / 3 * use.exp(above)


MEL_SCALES = {"htk": (_htk_mel, _htk_hz), "slaney": (_slaney_mel, _slaney_hz)}
"""Hz to mel and back; a constant factor of the mels does not matter.

htk: 2595 log10(1 + f / 700), the HTK Book, equation 5.13. slaney: straight up to 1 kHz, 15 mels,
then 27 mels for a factor of 6.4: M. Slaney, Auditory Toolbox, 1998.
"""


def position(bins: Any, scale: MelScale, use: Arithmetic[Number]) -> Number:
    """Return where bins lie: 0 at fmin, 1 at the first centre, n_mels + 1 at fmax.

    Between two centres it is the share of the upper band.

    Args:
        bins: what `use.number` takes: for floats an array of any shape, else one bin.
        scale: the filter bank.
        use: floats or decimals.
    """
    to_mel, to_hz = MEL_SCALES[scale.scale]
    hz = use.number(bins * scale.sample_rate_hz) / scale.n_fft
    low, high = [to_mel(use.number(f), use) for f in (scale.fmin_hz, scale.fmax_hz)]
    on_mels = (scale.n_mels + 1) * (to_mel(hz, use) - low) / (high - low)
    if scale.triangles == "mel":
        return on_mels
    gap = use.most(use.least(use.floor(on_mels), scale.n_mels), 0)
    step = (high - low) / (scale.n_mels + 1)
    below, above = [to_hz(low + step * edge, use) for edge in (gap, gap + 1)]
    return gap + (hz - below) / (above - below)
