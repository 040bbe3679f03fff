"""The cepstra in float64: the cosine transform of the float64 log-mels."""

import numpy as np
from numpy.typing import NDArray

from nas.frontend import float_stages
from nas.frontend.float_stages import Floats
from nas.frontend.kinds.log_mel import float_reference
from nas.frontend.kinds.mfcc.settings import MfccSettings

__all__ = ["features"]

LEVELS = (-128.0, 127.0)
"""A band's level ends where a log-mel feature does: mfcc.h, step 5."""
UNLIMITED = (-np.inf, np.inf)


def features(samples: NDArray[np.int16], settings: MfccSettings) -> Floats:
    """Return the features of whole clips in steps of int8 [shape=(n, n_frames, n_mfcc)]."""
    levels = np.clip(float_reference.levels(samples, settings), *LEVELS)
    cepstra = levels @ _dct(settings.n_mels, settings.n_mfcc).T
    coefficients = np.asarray(cepstra / np.sqrt(settings.n_mels) * _gains(settings), np.float64)
    return float_stages.normalised(coefficients, settings, limits=UNLIMITED)


def _dct(n_mels: int, n_mfcc: int) -> Floats:
    """Return the first rows of the DCT-II, each of length 1 [shape=(n_mfcc, n_mels)]."""
    k, n = np.arange(n_mfcc)[:, None], np.arange(n_mels)
    rows = np.cos(np.pi * k * (2 * n + 1) / (2 * n_mels)) * np.sqrt(2 / n_mels)
    rows[0] /= np.sqrt(2)
    return np.asarray(rows, np.float64)


def _gains(settings: MfccSettings) -> Floats:
    """Return what makes each coefficient use its int8: 1, then 2 sqrt(k) or HTK's lifter."""
    k = np.arange(1, settings.n_mfcc)
    if not settings.lifter:
        return np.append(1.0, 2 * np.sqrt(k))
    weights = 1 + settings.lifter / 2 * np.sin(np.pi * k / settings.lifter)
    return np.append(1.0, 8 * weights / weights.max())
