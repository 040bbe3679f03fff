"""The log-mel features in float64: what the integers stand for, before rounding and clipping."""

import numpy as np
from numpy.typing import NDArray

from nas.frontend import float_stages
from nas.frontend.float_stages import Floats
from nas.frontend.kinds.log_mel.settings import LogMelSettings

__all__ = ["features", "levels"]

STEP_DB = 20 * np.log10(2) / 15
STEPS_A_NEPER = 16
FULL_SCALE_FEATURE = 120


def features(samples: NDArray[np.int16], settings: LogMelSettings) -> Floats:
    """Return the features of whole clips in steps of int8 [shape=(n, n_frames, n_mels)]."""
    return float_stages.normalised(levels(samples, settings), settings)


def levels(samples: NDArray[np.int16], settings: LogMelSettings) -> Floats:
    """Return the features before normalisation [shape=(n, n_frames, n_mels)]."""
    power = 1 if settings.spectrum_kind == "magnitude" else 2
    edges_hz = settings.fmin_hz, settings.fmax_hz
    weights = float_stages.mel_weights(
        settings, edges_hz, settings.n_mels, scale=settings.mel_scale, axis=settings.triangles
    )
    window = float_stages.window(settings.window_kind, settings.win_length)
    cut = float_stages.frames(
        samples, settings, remove_mean=settings.remove_mean, pre_emphasis=settings.pre_emphasis
    )
    energy = float_stages.spectrum(cut * window, settings.n_fft) ** power @ weights.T
    return _scaled(energy, _full_scale_sine(window, settings.n_fft, power), power, settings)


def _full_scale_sine(window: Floats, n_fft: int, power: int) -> float:
    """Return what a band sums of a sine whose main lobe lies in its middle.

    By Parseval a quarter of n_fft x sum(w^2) is on one side; the magnitudes alone add up to
    n_fft / 2 times the window's middle, which is 1.
    """
    return float(n_fft / 2 if power == 1 else n_fft * np.sum(window**2) / 4)


def _scaled(energy: Floats, sine: float, power: int, settings: LogMelSettings) -> Floats:
    if settings.scale_kind == "ln":
        nepers = np.log((energy + settings.log_offset) / sine) / power
        return np.asarray(STEPS_A_NEPER * nepers + FULL_SCALE_FEATURE, np.float64)
    with np.errstate(divide="ignore"):
        level_db = 20 / power * np.log10(energy / sine)
    steps = level_db / STEP_DB + FULL_SCALE_FEATURE
    return np.asarray(np.maximum(steps, _floor(settings)), np.float64)


def _floor(settings: LogMelSettings) -> float:
    """Return the lowest feature, which is a whole step where it is normalised afterwards."""
    steps = settings.floor_db / STEP_DB + FULL_SCALE_FEATURE
    return float(steps if settings.normalise == "none" else np.floor(steps + 0.5))
