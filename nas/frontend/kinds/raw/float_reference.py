"""The waveform at a lower rate in float64: the low-pass with the taps that tables round."""

import numpy as np
from numpy.typing import NDArray

from nas.frontend.float_stages import Floats
from nas.frontend.kinds.raw.settings import RawSettings
from nas.frontend.kinds.raw.tables import exact_taps

__all__ = ["features"]


def features(samples: NDArray[np.int16], settings: RawSettings) -> Floats:
    """Return the features of whole clips in steps of int8 [shape=(n, n_frames, n_bins)]."""
    taps = np.array(exact_taps(settings.decimation))
    shape = len(samples), settings.n_frames, settings.n_bins
    step = 256 / 10 ** (settings.gain_db / 20)
    newest = settings.decimation * np.arange(1, shape[1] * shape[2] + 1) - 1
    smooth = np.stack([np.convolve(clip, taps)[newest] for clip in samples])
    return np.asarray(smooth.reshape(shape) / step, np.float64)
