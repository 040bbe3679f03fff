"""The microfrontend in float64, which rounds only where rounding is part of the algorithm.

Signals, as shares of n_fft, what noise reduction leaves of them and what PCAN makes of that are
whole 64ths, rounded down; shares are Q14, rounded down. PCAN's gain is the formula itself, not the
table's parabola.
"""

import numpy as np
from numpy.typing import NDArray

from nas.frontend import float_stages
from nas.frontend.float_stages import FULL_SCALE, Floats
from nas.frontend.kinds.micro.settings import MicroSettings
from nas.frontend.kinds.micro.tables import build

__all__ = ["features"]

STEPS = 64
LAST_BITS = 1e-9
"""What is a whole number but for the last bits of float64 stays one."""


def features(samples: NDArray[np.int16], settings: MicroSettings) -> Floats:
    """Return the features of whole clips in steps of int8 [shape=(n, n_frames, n_channels)]."""
    signal = _signal(samples, settings)
    noise = np.zeros((len(samples), settings.n_channels))
    for frame in range(settings.n_frames):
        noise, left = _less_noise(signal[:, frame], noise, settings)
        signal[:, frame] = _normalised(left, noise, settings) if settings.pcan else left
    logarithm = np.log(np.maximum(signal, 1.0)) * 2.0**settings.log_shift
    return np.asarray(logarithm * build(settings).feature_step / 2**16 - 128, np.float64)


def _signal(samples: NDArray[np.int16], settings: MicroSettings) -> Floats:
    """Return the channels before noise reduction: roots of their energies."""
    cut = float_stages.frames(samples, settings) * FULL_SCALE
    bins = float_stages.spectrum(
        cut * float_stages.window("hann", settings.win_length), settings.n_fft
    )
    energy = bins**2 @ _weights(settings).T
    return _whole(np.sqrt(energy) / settings.n_fft) * settings.n_fft


def _weights(settings: MicroSettings) -> Floats:
    """Return the triangles; none on the bin nearest to fmin_hz and below."""
    edges = (float(settings.fmin_hz), float(settings.fmax_hz))
    every = float_stages.mel_weights(settings, edges, settings.n_channels, scale="htk", axis="mel")
    apart = settings.sample_rate_hz / settings.n_fft
    every[:, : int(settings.fmin_hz / apart + 0.5) + 1] = 0.0
    return every


def _less_noise(signal: Floats, noise: Floats, settings: MicroSettings) -> tuple[Floats, Floats]:
    """Return the new noise estimates and the signals less them [each shape=(n, n_channels)]."""
    shares = settings.even_smoothing, settings.odd_smoothing, settings.min_signal_remaining
    even, odd, least = np.floor(2.0**14 * np.array(shares)) / 2**14
    noise = noise + np.resize([even, odd], settings.n_channels) * (signal - noise)
    left = np.maximum(signal - noise, least * signal)
    return noise, _whole(left / settings.n_fft) * settings.n_fft


def _normalised(signal: Floats, noise: Floats, settings: MicroSettings) -> Floats:
    """Return what PCAN makes of the signals: their gain, then the soft knee."""
    ratio = signal * (noise + settings.pcan_offset) ** -settings.pcan_strength
    return _whole(np.where(ratio < 2, ratio**2 / 4, ratio - 1)) * settings.n_fft


def _whole(values: Floats) -> Floats:
    """Return `values` in whole 64ths, rounded down."""
    return np.asarray(np.floor(STEPS * values + LAST_BITS) / STEPS, np.float64)
