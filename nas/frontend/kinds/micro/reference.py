"""The microfrontend in NumPy: the specification of the C, byte for byte, and its fall-back.

Every value is an int64; comments in firmware/include/nas/micro.h say what each one fits into.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nas.frontend.kinds.micro.settings import MicroSettings
from nas.frontend.kinds.micro.tables import Q14_ONE, SIGNAL_BITS, SNR_BITS, MicroTables, build
from nas.frontend.stage_tables import POWER_SHIFT
from nas.frontend.stages import fft_real, frame_window, isqrt, log2_q15, mel_energies

__all__ = ["features", "values"]

Int64s = NDArray[np.int64]

CHUNK = 2_048
"""Frames transformed at once: some 10 MB an array at the longest FFT."""
ENERGY_SHIFT = 32 - POWER_SHIFT + 15 - 2 * SIGNAL_BITS
LN2_Q16 = 45_426


def features(samples: NDArray[np.int16], settings: MicroSettings) -> NDArray[np.int8]:
    """Return the features of whole clips, each from the initial state.

    Args:
        samples: any int16 values [shape=(n, clip_length)].
        settings: what `nas.frontend.check` accepts.

    Returns:
        Features at scale 1/32 and zero point 0 [shape=(n, n_frames, n_channels)].
    """
    step = build(settings).feature_step
    level: Int64s = np.minimum((values(samples, settings) * step + 0x8000) >> 16, 255) - 128
    return level.astype(np.int8)


def values(samples: NDArray[np.int16], settings: MicroSettings) -> Int64s:
    """Return what features round: scaled logarithms, the original's output [shape as features]."""
    tables = build(settings)
    signal = _signals(samples, settings)
    noise = np.zeros((len(samples), settings.n_channels), dtype=np.int64)
    for frame in range(settings.n_frames):
        noise, left = _less_noise(signal[:, frame], noise, tables)
        signal[:, frame] = _normalised(left, noise, tables) if tables.pcan else left
    return _scaled_log(signal << tables.correction_bits, tables)


def _signals(samples: NDArray[np.int16], settings: MicroSettings) -> Int64s:
    """Return the channels' signals before noise reduction [shape=(n, n_frames, n_channels)]."""
    windows = sliding_window_view(samples, settings.win_length, axis=1)
    frames = windows[:, :: settings.hop_length]
    out = np.empty((len(samples), settings.n_frames, settings.n_channels), dtype=np.int64)
    clips = max(1, CHUNK // settings.n_frames)
    for i in range(0, len(samples), clips):
        block = frames[i : i + clips].reshape(-1, settings.win_length)
        out[i : i + clips] = _signal(block, build(settings)).reshape(out[i : i + clips].shape)
    return out


def _signal(frames: NDArray[np.int16], tables: MicroTables) -> Int64s:
    windowed = frame_window(frames, tables.window, tables.n_fft)
    re, im = fft_real(windowed, tables.sine)
    power = (re * re + im * im) >> POWER_SHIFT
    energy = mel_energies(power, tables.mel_start, tables.mel_weight)
    return isqrt(energy >> ENERGY_SHIFT)


def _less_noise(signal: Int64s, noise: Int64s, tables: MicroTables) -> tuple[Int64s, Int64s]:
    """Return the new noise estimates and the signals less them [each shape=(n, n_channels)]."""
    channel = np.arange(tables.n_channels)
    smoothing = np.where(channel % 2, tables.odd_smoothing, tables.even_smoothing)
    raised = signal << tables.smoothing_bits
    noise = (raised * smoothing + noise * (Q14_ONE - smoothing)) >> 14
    left = np.maximum(raised - noise, 0) >> tables.smoothing_bits
    return noise, np.maximum(left, (signal * tables.min_signal_remaining) >> 14)


def _normalised(signal: Int64s, noise: Int64s, tables: MicroTables) -> Int64s:
    snr = np.minimum((signal * _gain(noise, tables)) >> tables.snr_shift, (1 << 32) - 1)
    low = np.minimum(snr, (2 << SNR_BITS) - 1)
    bent = low * low >> (2 + 2 * SNR_BITS - SIGNAL_BITS)
    straight = (snr >> (SNR_BITS - SIGNAL_BITS)) - (1 << SIGNAL_BITS)
    result: Int64s = np.where(snr < 2 << SNR_BITS, bent, straight)
    return result


def _gain(noise: Int64s, tables: MicroTables) -> Int64s:
    """Return the gain at noise estimates, by parabolas between powers of two."""
    # Exact in float64: an estimate has at most 32 bits.
    bits = np.frexp(noise.astype(np.float64))[1].astype(np.int64)
    row = tables.gain_table.astype(np.int64).reshape(-1, 3)[bits]
    place = ((noise << (32 - bits)) >> 21) & 0x3FF
    slope = ((row[..., 2] * place) >> 5) + row[..., 1] * 32
    gain: Int64s = row[..., 0] + ((slope * place + 0x4000) >> 15)
    return gain


def _scaled_log(x: Int64s, tables: MicroTables) -> Int64s:
    shift = 31 - tables.log_shift
    log_q31 = log2_q15(x, tables.log2_table) * LN2_Q16
    return (log_q31 + (1 << (shift - 1))) >> shift
