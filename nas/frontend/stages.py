"""The stages that kinds share, in NumPy: the twins of firmware/include/nas/stages.h.

Each function is one C file of firmware/frontend, over many frames at once, in int64. Every
intermediate that C holds in 32 bits fits in 32 bits here too, so the integers are equal; energies,
which C holds in 64 bits without a sign, are equal modulo 2^64, and log2_q15 reads them so.
"""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nas.frontend.fft import Complex, Int64s, fft_real
from nas.frontend.settings import FrontEndSettings
from nas.frontend.stage_tables import LOG2_CHORDS, POWER_SHIFT, fraction_bits
from nas.frontend.tables import Q15_ONE

__all__ = [
    "Complex",
    "Int64s",
    "each_frame",
    "fft_real",
    "frame_window",
    "isqrt",
    "log2_q15",
    "magnitude",
    "mel_energies",
    "normalise_s8",
    "power",
    "saturate_s8",
]

CHUNK = 2_048
"""Frames computed at once: some 10 MB an array at the longest FFT."""
EMPHASIS_BITS = 13

Frames = NDArray[np.int16]


def each_frame(
    samples: Frames, settings: FrontEndSettings, compute: Callable[[Frames], NDArray[np.int8]]
) -> NDArray[np.int8]:
    """Return the features of clips whose frames do not depend on each other.

    Args:
        samples: whole clips [shape=(n, clip_length)].
        settings: of the frames.
        compute: from frames [shape=(m, win_length)] to features [shape=(m, n_bins)].

    Returns:
        Features [shape=(n, n_frames, n_bins)].
    """
    windows = sliding_window_view(samples, settings.win_length, axis=1)
    frames = windows[:, :: settings.hop_length]
    shape = (len(samples), settings.n_frames, settings.n_bins)
    out = np.empty((shape[0] * shape[1], settings.n_bins), dtype=np.int8)
    clips = max(1, CHUNK // settings.n_frames)
    for i in range(0, len(samples), clips):
        block = frames[i : i + clips].reshape(-1, settings.win_length)
        start = i * settings.n_frames
        out[start : start + len(block)] = compute(block)
    return out.reshape(shape)


def frame_window(
    frames: NDArray[np.int16],
    window: NDArray[np.uint16],
    n_fft: int,
    *,
    pre_emphasis_q15: int = 0,
    remove_mean: bool = False,
) -> Int64s:
    """Return `frames` [shape=(n, win_length)] as the FFT takes them [shape=(n, n_fft)].

    Args:
        frames: samples.
        window: half of it, Q15 [shape=(win_length // 2 + 1,)].
        n_fft: 64 to 2,048.
        pre_emphasis_q15: factor of the sample before, Q15; 0 for none.
        remove_mean: whether the rounded mean of each frame is taken from it first.
    """
    n = frames.shape[1]
    place = np.minimum(np.arange(n), n - np.arange(n))
    values = frames.astype(np.int64)
    if remove_mean:
        values -= (2 * values.sum(axis=1, keepdims=True) + n) // (2 * n)
    shift = 15 - fraction_bits(n, pre_emphasis=pre_emphasis_q15 > 0)
    if pre_emphasis_q15:
        values, shift = _emphasised(values, pre_emphasis_q15), shift + EMPHASIS_BITS
    out = np.zeros((len(frames), n_fft), dtype=np.int64)
    out[:, :n] = (values * window.astype(np.int64)[place] + (1 << (shift - 1))) >> shift
    return out


def _emphasised(values: Int64s, factor: int) -> Int64s:
    """Return x[i] - a x[i - 1] in Q13; the first sample stands before itself."""
    before = np.concatenate([values[:, :1], values[:, :-1]], axis=1)
    return (values << EMPHASIS_BITS) - ((factor * before) >> (15 - EMPHASIS_BITS))


def power(spectrum: Complex) -> Int64s:
    """Return (re^2 + im^2) >> POWER_SHIFT of each bin."""
    re, im = spectrum
    return (re * re + im * im) >> POWER_SHIFT


def magnitude(spectrum: Complex) -> Int64s:
    """Return the whole part of the modulus of each bin, in the spectrum's unit."""
    re, im = spectrum
    return isqrt(re * re + im * im)


def isqrt(values: Int64s) -> Int64s:
    """Return the largest whole numbers whose squares are not above `values`, 0 to 2^62."""
    root = np.sqrt(values.astype(np.float64)).astype(np.int64)
    root -= root * root > values
    root += (root + 1) * (root + 1) <= values
    return root


def mel_energies(
    bins: Int64s, mel_start: NDArray[np.uint16], mel_weight: NDArray[np.uint16]
) -> Int64s:
    """Return the energies of the bands, in Q15 of the bins' unit [shape=(n, n_mels)].

    Args:
        bins: powers or magnitudes [shape=(n, n_fft / 2)].
        mel_start: first bin of each gap between centres [shape=(n_mels + 2,)].
        mel_weight: share of the rising band, Q15.
    """
    start = mel_start.astype(np.int64)
    inside = bins[:, start[0] : start[-1]]
    total = _gap_sums(inside, start - start[0])
    rising = _gap_sums(inside * mel_weight, start - start[0])
    falling = total * Q15_ONE - rising
    return rising[:, :-1] + falling[:, 1:]


def _gap_sums(values: Int64s, start: Int64s) -> Int64s:
    running = np.zeros((len(values), values.shape[1] + 1), dtype=np.int64)
    np.cumsum(values, axis=1, out=running[:, 1:])
    return np.diff(running[:, start], axis=1)


def log2_q15(value: Int64s, log2_table: NDArray[np.uint16]) -> Int64s:
    """Return log2(`value`) in Q15, by 32 chords; 0 for value 0."""
    exponent = np.full(value.shape, 63, dtype=np.int64)
    shifted = value.astype(np.uint64)
    for step in (32, 16, 8, 4, 2, 1):
        small = (shifted >> np.uint64(64 - step)) == 0
        shifted = np.where(small, shifted << np.uint64(step), shifted)
        exponent -= step * small
    fraction = (shifted >> np.uint64(43)).astype(np.int64) & 0xFFFFF
    chord, place = fraction >> 15, fraction & 0x7FFF
    table = log2_table.astype(np.int64)
    low = table[chord]
    rise = table[np.minimum(chord + 1, LOG2_CHORDS)] - low
    result = exponent * Q15_ONE + low + ((rise * place + 0x4000) >> 15)
    return np.where(value == 0, 0, result)


def saturate_s8(values: Int64s) -> NDArray[np.int8]:
    """Return the nearest int8."""
    inside: Int64s = np.clip(values, -128, 127)
    return inside.astype(np.int8)


def normalise_s8(values: Int64s, channel: NDArray[np.int16]) -> NDArray[np.int8]:
    """Return gain x value + offset, to the nearest int8.

    Args:
        values: in steps of int8, Q8 [shape=(n, n_bins)].
        channel: gain (Q12) and offset (Q4) of each channel [shape=(2 * n_bins,)].
    """
    gain, offset = channel.astype(np.int64).reshape(-1, 2).T
    inside = np.clip(values, -32_768, 32_767)
    return saturate_s8((inside * gain + (offset << 16) + (1 << 19)) >> 20)
