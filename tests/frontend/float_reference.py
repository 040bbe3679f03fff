"""A second log-mel, in float64 and by its own formulas, to hold the integer one against."""

import numpy as np
import scipy.fft

SCALE_DB = 20 * np.log10(2) / 15
"""One step of the features: 15 of them are a factor of two in amplitude."""


def hertz_to_mel(hertz):
    """HTK Book, equation 5.13."""
    return 2595 * np.log10(1 + np.asarray(hertz) / 700)


def triangles(settings):
    """Weights [shape=(n_mels, n_fft / 2 + 1)]: linear on the mel axis, peak 1."""
    low, high = hertz_to_mel([settings.fmin_hz, settings.fmax_hz])
    edges = np.linspace(low, high, settings.n_mels + 2)
    bins = hertz_to_mel(
        np.arange(settings.n_fft // 2 + 1) * settings.sample_rate_hz / settings.n_fft
    )
    up = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.clip(np.minimum(up, down), 0, None)


def features(samples, settings):
    """Unrounded, unclipped features [shape=(n_frames, n_mels)] of one clip in float64."""
    n = settings.win_length
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    starts = np.arange(settings.n_frames) * settings.hop_length
    frames = samples[starts[:, None] + np.arange(n)] / 32_768
    spectrum = np.abs(scipy.fft.rfft(frames * window, settings.n_fft)) ** 2
    energy = spectrum @ triangles(settings).T
    full_scale_sine = settings.n_fft * np.sum(window**2) / 4
    with np.errstate(divide="ignore"):
        return 10 * np.log10(energy / full_scale_sine) / SCALE_DB + 120


def as_int8(values):
    """The int8 that a float64 feature rounds to."""
    return np.clip(np.floor(values + 0.5), -128, 127).astype(np.int64)
