"""The FFT of firmware/include/nas/fft.h in NumPy, over many frames at once, in int64.

Every intermediate that C holds in 32 bits fits in 32 bits here too, so the integers are equal.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Complex", "Int64s", "fft_real"]

Int64s = NDArray[np.int64]
Complex = tuple[Int64s, Int64s]


def fft_real(data: Int64s, sine: NDArray[np.int32]) -> Complex:
    """Return the real and imaginary parts of bins 0 to n_fft / 2 - 1, each [shape=(n, n_fft / 2)].

    As in C, the imaginary part of bin 0 is bin n_fft / 2.

    Args:
        data: real samples; a frame's sum of moduli is below 1.9 x 2^30 [shape=(n, n_fft)].
        sine: a quarter turn in Q30 [shape=(n_fft / 4 + 1,)].
    """
    n = data.shape[1] // 2
    order = _bit_reversed(n)
    re, im = _fft_complex((data[:, 0::2][:, order], data[:, 1::2][:, order]), sine)
    k = np.arange(1, n // 2 + 1)
    low, high = _split((re[:, k], im[:, k]), (re[:, n - k], im[:, n - k]), sine)
    first = re[:, 0] + im[:, 0], re[:, 0] - im[:, 0]
    for out, lower, upper, zero in zip((re, im), low, high, first, strict=True):
        out[:, k] = lower
        out[:, n - k] = upper
        out[:, 0] = zero
    return re, im


def _split(a: Complex, b: Complex, sine: NDArray[np.int32]) -> tuple[Complex, Complex]:
    quarter = len(sine) - 1
    k = np.arange(1, quarter + 1)
    rising = sine.astype(np.int64)
    c, s = rising[quarter - k], rising[k]
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


def _fft_complex(z: Complex, sine: NDArray[np.int32]) -> Complex:
    """Return the transform of `z` [shape=(n, n_fft / 2)], which is in bit-reversed order."""
    n = 2 * (len(sine) - 1)
    h = 1
    if n.bit_length() % 2 == 0:
        re, im = (part.reshape(-1, n // 2, 2) for part in z)
        z = (
            _joined(re[..., 0] + re[..., 1], re[..., 0] - re[..., 1]),
            _joined(im[..., 0] + im[..., 1], im[..., 0] - im[..., 1]),
        )
        h = 2
    while h < n:
        z = _pair_of_stages(z, _full_turn(sine), h)
        h *= 4
    return z


def _joined(*parts: Int64s) -> Int64s:
    stacked = np.stack(parts, axis=2)
    return stacked.reshape(len(stacked), -1)


def _pair_of_stages(z: Complex, full: Int64s, h: int) -> Complex:
    re, im = (part.reshape(len(part), -1, 4, h) for part in z)
    step = np.arange(h) * (len(full) // (4 * h))
    a_re, a_im = re[:, :, 0], im[:, :, 0]
    b1_re, b1_im = _turned(re[:, :, 1], im[:, :, 1], 2 * step, full)
    b2_re, b2_im = _turned(re[:, :, 2], im[:, :, 2], step, full)
    b3_re, b3_im = _turned(re[:, :, 3], im[:, :, 3], 3 * step, full)
    s1_re, s1_im, d1_re, d1_im = a_re + b1_re, a_im + b1_im, a_re - b1_re, a_im - b1_im
    s2_re, s2_im, d2_re, d2_im = b2_re + b3_re, b2_im + b3_im, b2_re - b3_re, b2_im - b3_im
    return (
        _joined(s1_re + s2_re, d1_re + d2_im, s1_re - s2_re, d1_re - d2_im),
        _joined(s1_im + s2_im, d1_im - d2_re, s1_im - s2_im, d1_im + d2_re),
    )


def _turned(re: Int64s, im: Int64s, j: Int64s, full: Int64s) -> Complex:
    """Return (re, im) times exp(-2 pi i j / n_fft), each part rounded once."""
    c, s = full[(j + len(full) // 4) % len(full)], full[j]
    half = 1 << 29
    return (re * c + im * s + half) >> 30, (im * c - re * s + half) >> 30


def _full_turn(sine: NDArray[np.int32]) -> Int64s:
    rising = sine.astype(np.int64)
    half = np.concatenate([rising, rising[-2:0:-1]])
    return np.concatenate([half, -half])
