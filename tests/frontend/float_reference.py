"""A second log-mel, in float64 and by its own formulas, to hold the integer one against."""

import numpy as np
import scipy.fft
import scipy.signal

SCALE_DB = 20 * np.log10(2) / 15
"""One step of the features in decibels: 15 of them are a factor of two in amplitude."""
NEPER_STEPS = 16


def hertz_to_mel(hertz, scale="htk"):
    """HTK Book, equation 5.13; or Slaney's: 66.7 Hz a mel up to 1 kHz, then 6.4 ^ (1/27)."""
    hertz = np.asarray(hertz, dtype=float)
    if scale == "htk":
        return 2595 * np.log10(1 + hertz / 700)
    above = np.log(np.maximum(hertz, 1_000) / 1_000) * 27 / np.log(6.4)
    return np.minimum(hertz, 1_000) / (200 / 3) + above


def triangles(settings):
    """Weights [shape=(n_mels, n_fft / 2 + 1)]: linear on the mel or the Hz axis, peak 1."""
    scale = settings.mel_scale
    low, high = hertz_to_mel([settings.fmin_hz, settings.fmax_hz], scale)
    edges = np.linspace(low, high, settings.n_mels + 2)
    bins = np.arange(settings.n_fft // 2 + 1) * settings.sample_rate_hz / settings.n_fft
    if settings.triangles == "mel":
        bins = hertz_to_mel(bins, scale)
    else:
        dense = np.linspace(0, settings.sample_rate_hz / 2, 2_000_001)
        edges = np.interp(edges, hertz_to_mel(dense, scale), dense)
    up = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.clip(np.minimum(up, down), 0, None)


def frames_of(samples, settings):
    """Frames [shape=(n_frames, win_length)] of samples from -1 to 1, before the window."""
    starts = np.arange(settings.n_frames) * settings.hop_length
    frames = samples[starts[:, None] + np.arange(settings.win_length)] / 32_768
    if settings.remove_mean:
        frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.roll(frames, 1, axis=1)
    before[:, 0] = frames[:, 0]
    return frames - settings.pre_emphasis * before


def bands(samples, settings):
    """What each band sums, as librosa's melspectrogram [shape=(n_frames, n_mels)]."""
    window = scipy.signal.get_window(settings.window_kind, settings.win_length)
    spectrum = np.abs(scipy.fft.rfft(frames_of(samples, settings) * window, settings.n_fft))
    power = 1 if settings.spectrum_kind == "magnitude" else 2
    return spectrum**power @ triangles(settings).T


def features(samples, settings):
    """Unrounded, unclipped features [shape=(n_frames, n_mels)] of one clip in float64."""
    return scaled(bands(samples, settings), settings)


def scaled(sums, settings):
    """Features of what the bands sum."""
    magnitude = settings.spectrum_kind == "magnitude"
    window = scipy.signal.get_window(settings.window_kind, settings.win_length)
    full_scale_sine = settings.n_fft / 2 if magnitude else settings.n_fft * sum(window**2) / 4
    with np.errstate(divide="ignore"):
        if settings.scale_kind == "ln":
            steps = NEPER_STEPS if magnitude else NEPER_STEPS / 2
            return steps * np.log((sums + settings.log_offset) / full_scale_sine) + 120
        level = (20 if magnitude else 10) * np.log10(sums / full_scale_sine)
    return np.maximum(level, settings.floor_db) / SCALE_DB + 120


def as_int8(values):
    """The int8 that a float64 feature rounds to."""
    return np.clip(np.floor(values + 0.5), -128, 127).astype(np.int64)
