"""What the original microfrontend computes before its noise reduction, in its 16-bit arithmetic.

A 16-bit FFT in the manner of KISS FFT (decimation in time, radix 4 and 2, each stage scaled and
rounded) on samples that a Q12 window rounds down to whole steps. Put before our other stages it
shows how much of a difference from the original is the FFT's.
"""

import numpy as np

from nas.frontend.kinds.micro import reference
from nas.frontend.kinds.micro.tables import build

ONE = 32_767


def rounded_q15(products):
    return (products + (1 << 14)) >> 15


def divided(values, divisor):
    return rounded_q15(values * (ONE // divisor))


def turns(phases):
    """exp(i phase) in Q15 [a pair of arrays]."""
    return (
        np.floor(0.5 + ONE * np.cos(phases)).astype(np.int64),
        np.floor(0.5 + ONE * np.sin(phases)).astype(np.int64),
    )


def times(z, w):
    re = rounded_q15(z[0] * w[0] - z[1] * w[1])
    return np.stack([re, rounded_q15(z[0] * w[1] + z[1] * w[0])])


def times_i(z):
    return np.stack([-z[1], z[0]])


def complex_fft(z):
    """Transform over the last axis, divided by its length; z[0] and z[1] are its two parts."""
    n = z.shape[-1]
    if n == 1:
        return z
    radix = 4 if n % 4 == 0 else 2
    parts = [divided(complex_fft(z[..., i::radix]), radix) for i in range(radix)]
    k = np.arange(n // radix)
    for i in range(1, radix):
        parts[i] = times(parts[i], turns(-2 * np.pi * i * k / n))
    if radix == 2:
        return np.concatenate([parts[0] + parts[1], parts[0] - parts[1]], axis=-1)
    low, high = parts[0] + parts[2], parts[0] - parts[2]
    total, apart = parts[1] + parts[3], times_i(parts[1] - parts[3])
    return np.concatenate([low + total, high - apart, low - total, high + apart], axis=-1)


def real_fft(x):
    """Bins 0 to n / 2 - 1 of x over its last axis, divided by its length n."""
    n = x.shape[-1] // 2
    z = complex_fft(np.stack([x[..., 0::2], x[..., 1::2]]))
    k = np.arange(1, n // 2 + 1)
    one, other = divided(z[..., k], 2), divided(z[..., n - k], 2)
    other[1] = -other[1]
    even = one + other
    odd = times(one - other, turns(-np.pi * (k / n + 0.5)))
    out = np.zeros_like(z)
    out[..., k] = (even + odd) >> 1
    mirrored = even - odd
    mirrored[1] = -mirrored[1]
    out[..., n - k] = mirrored >> 1
    return out


def signals(samples, settings):
    """Signals before noise reduction [shape=(n, n_frames, n_channels)]; bin 0 is not used."""
    n = settings.win_length
    starts = np.arange(settings.n_frames) * settings.hop_length
    frames = samples[:, starts[:, None] + np.arange(n)].astype(np.int64)
    turn = 2 * np.pi * (np.arange(n) + 0.5) / n
    window = np.floor((0.5 - 0.5 * np.cos(turn)) * 4_096 + 0.5).astype(np.int64)
    windowed = (frames * window) >> 12
    bits = np.frexp(np.minimum(np.abs(windowed), ONE).max(axis=-1))[1].astype(np.int64)
    shift = 15 - bits[..., None]
    padded = np.zeros((*windowed.shape[:-1], settings.n_fft), dtype=np.int64)
    padded[..., :n] = windowed << shift
    re, im = real_fft(padded)
    energy = (re**2 + im**2) @ channel_weights(settings).T
    return np.floor(np.sqrt(energy) + 0.5).astype(np.int64) >> shift


def channel_weights(settings):
    """Triangles in Q12 [shape=(n_channels, n_fft / 2)]."""
    tables = build(settings)
    start = tables.mel_start.astype(int)
    weights = np.zeros((settings.n_channels + 2, settings.n_fft // 2), dtype=np.int64)
    for gap in range(settings.n_channels + 1):
        inside = slice(start[gap] - start[0], start[gap + 1] - start[0])
        falling = np.floor(4_096 * (1 - tables.mel_weight[inside] / 32_768) + 0.5)
        weights[gap, start[gap] : start[gap + 1]] += falling.astype(np.int64)
        weights[gap + 1, start[gap] : start[gap + 1]] += 4_096 - falling.astype(np.int64)
    return weights[1:-1]


def values(samples, settings, monkeypatch):
    """The original's output, by our stages after its own first ones."""
    monkeypatch.setattr(reference, "_signals", signals)
    return reference.values(samples, settings)
