"""Stages in float64, by the textbook: what the integer ones come close to, not how they work."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nas.frontend.normalise import NormalisedSettings
from nas.frontend.settings import FrontEndSettings

__all__ = ["FULL_SCALE", "Floats", "frames", "mel_weights", "normalised", "spectrum", "window"]

Floats = NDArray[np.float64]

WINDOW_EDGES = {"hann": 0.0, "hamming": 0.08}
FULL_SCALE = 32_768
INT8_Q8 = (-128.0, 128.0 - 1 / 256)
"""Ends of a feature that is normalised before it is rounded."""


def frames(
    samples: NDArray[np.int16],
    settings: FrontEndSettings,
    *,
    remove_mean: bool = False,
    whole_mean: bool = False,
    pre_emphasis: float = 0.0,
) -> Floats:
    """Return the frames of whole clips, from -1 to 1 [shape=(n, n_frames, win_length)].

    `whole_mean` rounds the mean that is taken from a frame to a step of int16.
    """
    every = sliding_window_view(samples, settings.win_length, axis=1)
    cut = every[:, :: settings.hop_length] / FULL_SCALE
    if remove_mean:
        mean = cut.mean(axis=2, keepdims=True)
        cut = cut - (np.floor(mean * FULL_SCALE + 0.5) / FULL_SCALE if whole_mean else mean)
    if pre_emphasis:
        before = np.concatenate([cut[:, :, :1], cut[:, :, :-1]], axis=2)
        cut = cut - pre_emphasis * before
    return np.asarray(cut, np.float64)


def window(name: str, win_length: int) -> Floats:
    """Return a periodic window, a raised cosine that is 1 in its middle [shape=(win_length,)]."""
    edge = WINDOW_EDGES[name]
    cosine = np.cos(2 * np.pi * np.arange(win_length) / win_length)
    return np.asarray((1 + edge) / 2 - (1 - edge) / 2 * cosine, np.float64)


def spectrum(windowed: Floats, n_fft: int) -> Floats:
    """Return the magnitude of the bins up to half the rate [shape=(..., n_fft / 2 + 1)]."""
    return np.asarray(np.abs(np.fft.rfft(windowed, n_fft)), np.float64)


def mel_weights(
    settings: FrontEndSettings,
    edges_hz: tuple[float, float],
    n_mels: int,
    *,
    scale: str,
    axis: str,
) -> Floats:
    """Return the weight of each bin in each band: triangles of height 1.

    Args:
        settings: for the sample rate and the FFT length.
        edges_hz: lower edge of the first band and upper edge of the last.
        n_mels: bands.
        scale: ``htk`` (HTK Book, equation 5.13) or ``slaney`` (Auditory Toolbox).
        axis: on which the sides are straight, ``mel`` or ``hz``.

    Returns:
        Weights [shape=(n_mels, n_fft / 2 + 1)].
    """
    bins = np.arange(settings.n_fft // 2 + 1) * settings.sample_rate_hz / settings.n_fft
    low, high = _mel(np.array(edges_hz, np.float64), scale)
    corners = np.linspace(low, high, n_mels + 2)
    place = _mel(bins, scale)
    if axis == "hz":
        corners, place = _hertz(corners, scale), bins
    rising = (place - corners[:-2, None]) / np.diff(corners)[:-1, None]
    falling = (corners[2:, None] - place) / np.diff(corners)[1:, None]
    return np.maximum(np.minimum(rising, falling), 0.0)


def normalised(
    values: Floats, settings: NormalisedSettings, *, limits: tuple[float, float] = INT8_Q8
) -> Floats:
    """Return gain x value + offset of each channel, values taken within `limits` first."""
    if not settings.channel_gains:
        return values
    gain = np.array(settings.channel_gains) / 4_096
    offset = np.array(settings.channel_offsets) / 16
    return np.asarray(gain * np.clip(values, *limits) + offset, np.float64)


def _mel(hertz: Floats, scale: str) -> Floats:
    if scale == "htk":
        return np.asarray(2_595 * np.log10(1 + hertz / 700), np.float64)
    with np.errstate(divide="ignore"):
        above = 15 + 27 * np.log(hertz / 1_000) / np.log(6.4)
    return np.where(hertz < 1_000, 3 * hertz / 200, above)


def _hertz(mel: Floats, scale: str) -> Floats:
    if scale == "htk":
        return np.asarray(700 * (10 ** (mel / 2_595) - 1), np.float64)
    return np.where(mel < 15, 200 * mel / 3, 1_000 * 6.4 ** ((mel - 15) / 27))
