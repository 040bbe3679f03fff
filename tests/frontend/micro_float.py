"""A second microfrontend, in float64 and by its own formulas, to hold the integer one against.

It rounds only where rounding is part of the algorithm. Signals, what noise reduction leaves of
them and what PCAN makes of that are whole 64ths, rounded down; shares are Q14, rounded down; the
gain is a parabola between whole numbers for each power of two; the logarithm is rounded.
"""

import numpy as np
import scipy.fft

from tests.frontend.float_reference import hertz_to_mel


def triangles(settings):
    """Weights [shape=(n_channels, n_fft / 2 + 1)]; none on the bin nearest to fmin and below."""
    edges = np.linspace(
        *hertz_to_mel([settings.fmin_hz, settings.fmax_hz]), settings.n_channels + 2
    )
    apart = settings.sample_rate_hz / settings.n_fft
    bins = hertz_to_mel(np.arange(settings.n_fft // 2 + 1) * apart)
    up = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    weights[:, : int(settings.fmin_hz / apart + 0.5) + 1] = 0
    return weights


def whole_64ths(values):
    # 1e-9: what is a whole number but for the last bits of float64 stays one.
    return np.floor(64 * values + 1e-9) / 64


def values(samples, settings):
    """Scaled logarithms [shape=(n, n_frames, n_channels)]."""
    n = settings.win_length
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    starts = np.arange(settings.n_frames) * settings.hop_length
    frames = samples[:, starts[:, None] + np.arange(n)] * window
    spectrum = np.abs(scipy.fft.rfft(frames, settings.n_fft) / settings.n_fft) ** 2
    signal = whole_64ths(np.sqrt(spectrum @ triangles(settings).T)) * settings.n_fft
    shares = settings.even_smoothing, settings.odd_smoothing, settings.min_signal_remaining
    even, odd, least = np.floor(2.0**14 * np.array(shares)) / 2**14
    smoothing = np.resize([even, odd], settings.n_channels)
    noise = np.zeros((len(samples), settings.n_channels))
    out = np.empty_like(signal)
    for frame in range(settings.n_frames):
        heard = signal[:, frame]
        noise += smoothing * (heard - noise)
        left = np.maximum(heard - noise, least * heard)
        left = whole_64ths(left / settings.n_fft) * settings.n_fft
        out[:, frame] = normalised(left, noise, settings) if settings.pcan else left
    with np.errstate(divide="ignore"):
        logs = 2.0**settings.log_shift * np.log(out)
    return np.where(out > 1, np.floor(logs + 0.5), 0).astype(np.int64)


def normalised(signal, noise, settings):
    """PCAN in units of the FFT; its result, like a signal, is in 64ths of n_fft."""
    snr = signal * interpolated_gain(noise, settings) / 2.0**settings.gain_bits
    return whole_64ths(np.where(snr < 2, snr**2 / 4, snr - 1)) * settings.n_fft


def interpolated_gain(noise, settings):
    """Lagrange's parabola through rounded gains at a power of two, half-way, and the next."""
    unit = 64 * 2.0**settings.smoothing_bits / settings.n_fft
    low = 2.0 ** np.floor(np.log2(np.maximum(noise * unit, 1)))
    at = np.maximum(np.floor((noise * unit / low - 1) * 1_024) / 1_024, 0)
    start, middle, end = (rounded_gain(low * m / unit, settings) for m in (1, 1.5, 2))
    none = rounded_gain(0, settings)
    parabola = 2 * (at - 0.5) * (at - 1) * start - 4 * at * (at - 1) * middle
    parabola += 2 * at * (at - 0.5) * end
    return np.where(noise * unit < 1, none, np.floor(parabola + 0.5))


def rounded_gain(noise, settings):
    gain = (noise + settings.pcan_offset) ** -settings.pcan_strength
    return np.floor(gain * 2.0**settings.gain_bits + 0.5)
