"""The integer log-mel front end in NumPy: the specification of the C, and the fall-back.

Each function is one C file of firmware/frontend, over many frames at once, in int64. Every
intermediate that C holds in 32 bits fits in 32 bits here too, so the bytes are equal.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nas.frontend.kinds.log_mel.settings import LogMelSettings
from nas.frontend.kinds.log_mel.tables import LOG2_CHORDS, POWER_SHIFT, LogMelTables, build
from nas.frontend.tables import Q15_ONE

__all__ = ["features", "fft_real", "frame_features", "log2_q15"]

Int64s = NDArray[np.int64]
Complex = tuple[Int64s, Int64s]

CHUNK = 2_048
"""Frames computed at once: some 10 MB an array at the longest FFT."""


def features(samples: NDArray[np.int16], settings: LogMelSettings) -> NDArray[np.int8]:
    """Return the log-mel features of whole clips.

    Args:
        samples: any int16 values [shape=(n, clip_length)].
        settings: what `nas.frontend.check` accepts.

    Returns:
        Features at scale 1/32 and zero point 0 [shape=(n, n_frames, n_mels)].
    """
    tables = build(settings)
    windows = sliding_window_view(samples, settings.win_length, axis=1)
    frames = windows[:, :: settings.hop_length]
    shape = (len(samples), settings.n_frames, settings.n_mels)
    out = np.empty((shape[0] * shape[1], settings.n_mels), dtype=np.int8)
    clips = max(1, CHUNK // settings.n_frames)
    for i in range(0, len(samples), clips):
        block = frames[i : i + clips].reshape(-1, settings.win_length)
        start = i * settings.n_frames
        out[start : start + len(block)] = frame_features(block, tables)
    return out.reshape(shape)


def frame_features(frames: NDArray[np.int16], tables: LogMelTables) -> NDArray[np.int8]:
    """Return the features [shape=(n, n_mels)] of `frames` [shape=(n, win_length)]."""
    re, im = fft_real(_window(frames, tables), tables)
    power = (re * re + im * im) >> POWER_SHIFT
    return _to_features(_mel_energy(power, tables), tables)


def _window(frames: NDArray[np.int16], tables: LogMelTables) -> Int64s:
    n = tables.win_length
    place = np.minimum(np.arange(n), n - np.arange(n))
    shift = tables.n_fft.bit_length() - 2
    product = frames.astype(np.int64) * tables.window.astype(np.int64)[place]
    out = np.zeros((len(frames), tables.n_fft), dtype=np.int64)
    out[:, :n] = (product + (1 << (shift - 1))) >> shift
    return out


def fft_real(data: Int64s, tables: LogMelTables) -> Complex:
    """Return bins 0 to n_fft / 2 - 1 of `data` [shape=(n, n_fft)].

    As in C, the imaginary part of bin 0 is bin n_fft / 2.
    """
    n = tables.n_fft // 2
    order = _bit_reversed(n)
    re, im = _fft_complex((data[:, 0::2][:, order], data[:, 1::2][:, order]), tables)
    k = np.arange(1, n // 2 + 1)
    low, high = _split((re[:, k], im[:, k]), (re[:, n - k], im[:, n - k]), tables)
    first = re[:, 0] + im[:, 0], re[:, 0] - im[:, 0]
    for out, lower, upper, zero in zip((re, im), low, high, first, strict=True):
        out[:, k] = lower
        out[:, n - k] = upper
        out[:, 0] = zero
    return re, im


def _split(a: Complex, b: Complex, tables: LogMelTables) -> tuple[Complex, Complex]:
    quarter = tables.n_fft // 4
    k = np.arange(1, quarter + 1)
    sine = tables.sine.astype(np.int64)
    c, s = sine[quarter - k], sine[k]
    even_re, even_im = (a[0] + b[0]) << 30, (a[1] - b[1]) << 30
    odd_re, odd_im = a[1] + b[1], b[0] - a[0]
    turned_re, turned_im = c * odd_re + s * odd_im, c * odd_im - s * odd_re
    half = 1 << 30
    low = (even_re + turned_re + half) >> 31, (turned_im + even_im + half) >> 31
    high = (even_re - turned_re + half) >> 31, (turned_im - even_im + half) >> 31
    return low, high


def _bit_reversed(n: int) -> NDArray[np.int64]:
    order = np.zeros(1, dtype=np.int64)
    while len(order) < n:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order


def _fft_complex(z: Complex, tables: LogMelTables) -> Complex:
    """Return the transform of `z` [shape=(n, n_fft / 2)], which is in bit-reversed order."""
    n = tables.n_fft // 2
    h = 1
    if n.bit_length() % 2 == 0:
        re, im = (part.reshape(-1, n // 2, 2) for part in z)
        z = (
            _joined(re[..., 0] + re[..., 1], re[..., 0] - re[..., 1]),
            _joined(im[..., 0] + im[..., 1], im[..., 0] - im[..., 1]),
        )
        h = 2
    while h < n:
        z = _pair_of_stages(z, tables, h)
        h *= 4
    return z


def _joined(*parts: Int64s) -> Int64s:
    stacked = np.stack(parts, axis=2)
    return stacked.reshape(len(stacked), -1)


def _pair_of_stages(z: Complex, tables: LogMelTables, h: int) -> Complex:
    re, im = (part.reshape(len(part), -1, 4, h) for part in z)
    step = np.arange(h) * (tables.n_fft // (4 * h))
    a_re, a_im = re[:, :, 0], im[:, :, 0]
    b1_re, b1_im = _turned(re[:, :, 1], im[:, :, 1], 2 * step, tables)
    b2_re, b2_im = _turned(re[:, :, 2], im[:, :, 2], step, tables)
    b3_re, b3_im = _turned(re[:, :, 3], im[:, :, 3], 3 * step, tables)
    s1_re, s1_im, d1_re, d1_im = a_re + b1_re, a_im + b1_im, a_re - b1_re, a_im - b1_im
    s2_re, s2_im, d2_re, d2_im = b2_re + b3_re, b2_im + b3_im, b2_re - b3_re, b2_im - b3_im
    return (
        _joined(s1_re + s2_re, d1_re + d2_im, s1_re - s2_re, d1_re - d2_im),
        _joined(s1_im + s2_im, d1_im - d2_re, s1_im - s2_im, d1_im + d2_re),
    )


def _turned(re: Int64s, im: Int64s, j: Int64s, tables: LogMelTables) -> Complex:
    """Return (re, im) times exp(-2 pi i j / n_fft), each part rounded once."""
    full = _full_turn(tables)
    c, s = full[(j + tables.n_fft // 4) % tables.n_fft], full[j]
    half = 1 << 29
    return (re * c + im * s + half) >> 30, (im * c - re * s + half) >> 30


def _full_turn(tables: LogMelTables) -> Int64s:
    rising = tables.sine.astype(np.int64)
    half = np.concatenate([rising, rising[-2:0:-1]])
    return np.concatenate([half, -half])


def _mel_energy(power: Int64s, tables: LogMelTables) -> Int64s:
    start = tables.mel_start.astype(np.int64)
    inside = power[:, start[0] : start[-1]]
    total = _gap_sums(inside, start - start[0])
    rising = _gap_sums(inside * tables.mel_weight, start - start[0])
    falling = total * Q15_ONE - rising
    return rising[:, :-1] + falling[:, 1:]


def _gap_sums(values: Int64s, start: Int64s) -> Int64s:
    running = np.zeros((len(values), values.shape[1] + 1), dtype=np.int64)
    np.cumsum(values, axis=1, out=running[:, 1:])
    return np.diff(running[:, start], axis=1)


def log2_q15(value: Int64s, tables: LogMelTables) -> Int64s:
    """Return log2(`value`) in Q15, by 32 chords; 0 for value 0."""
    exponent = np.full(value.shape, 63, dtype=np.int64)
    shifted = value.astype(np.uint64)
    for step in (32, 16, 8, 4, 2, 1):
        small = (shifted >> np.uint64(64 - step)) == 0
        shifted = np.where(small, shifted << np.uint64(step), shifted)
        exponent -= step * small
    fraction = (shifted >> np.uint64(43)).astype(np.int64) & 0xFFFFF
    chord, place = fraction >> 15, fraction & 0x7FFF
    table = tables.log2_table.astype(np.int64)
    low = table[chord]
    rise = table[np.minimum(chord + 1, LOG2_CHORDS)] - low
    result = exponent * Q15_ONE + low + ((rise * place + 0x4000) >> 15)
    return np.where(value == 0, 0, result)


def _to_features(energy: Int64s, tables: LogMelTables) -> NDArray[np.int8]:
    steps = (15 * log2_q15(energy, tables) - tables.log_offset) >> 16
    level: Int64s = np.clip(steps, 0, 255) - 128
    return level.astype(np.int8)
