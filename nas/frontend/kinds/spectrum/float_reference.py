"""The log-magnitude spectrum in float64."""

import numpy as np
from numpy.typing import NDArray

from nas.frontend import float_stages
from nas.frontend.float_stages import FULL_SCALE, Floats
from nas.frontend.kinds.spectrum.settings import SpectrumSettings

__all__ = ["features"]

STEPS_A_DOUBLING = 16
LOWEST = -128


def features(samples: NDArray[np.int16], settings: SpectrumSettings) -> Floats:
    """Return the features of whole clips in steps of int8 [shape=(n, n_frames, n_bins)].

    The mean is rounded to a step of int16, as the contract in spectrum.h has it.
    """
    cut = float_stages.frames(
        samples, settings, remove_mean=True, whole_mean=True, pre_emphasis=settings.pre_emphasis
    )
    window = float_stages.window("hamming", settings.win_length)
    bins = float_stages.spectrum(cut * window, settings.n_fft)[:, :, 1 : settings.n_bins + 1]
    amplitude = FULL_SCALE * bins * 2 / window.sum()
    values = np.asarray(STEPS_A_DOUBLING * np.log2(1 + amplitude) + LOWEST, np.float64)
    return float_stages.normalised(values, settings)
