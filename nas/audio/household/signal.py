"""The pieces every sound is made of: time, tones, gates, levels, filters."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "CLIP_LENGTH",
    "SAMPLE_RATE_HZ",
    "Samples",
    "fade",
    "harmonics",
    "log_uniform",
    "place",
    "resonances",
    "rms",
    "seconds",
    "shaped",
]

SAMPLE_RATE_HZ = 16_000
CLIP_LENGTH = 16_000
HIGHEST_HZ = 7_600.0  # partials above are left out, so that nothing aliases

Samples = NDArray[np.float64]


def seconds(length: int = CLIP_LENGTH) -> Samples:
    """Return the time of each sample in seconds [shape=(length,)]."""
    return np.arange(length) / SAMPLE_RATE_HZ


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw a value whose logarithm is uniform between those of `low` and `high`."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def rms(samples: Samples) -> float:
    """Return the root mean square of `samples`."""
    return float(np.sqrt(np.mean(np.square(samples))))


def harmonics(pitch_hz: ArrayLike, partials: Sequence[float], length: int) -> Samples:
    """Return a tone of `length` samples with `partials` as amplitudes of 1, 2, 3 ... x pitch.

    Args:
        pitch_hz: one pitch, or one for each sample [shape=(length,)].
        partials: amplitude of each harmonic; those above 7,600 Hz are left out.
        length: samples to make.
    """
    pitch = np.broadcast_to(np.asarray(pitch_hz, dtype=np.float64), (length,))
    phase = 2.0 * np.pi * np.cumsum(pitch) / SAMPLE_RATE_HZ
    used = int(HIGHEST_HZ / pitch.max(initial=1.0))
    tone, below, wave = np.zeros(length), np.zeros(length), np.sin(phase)
    doubled = 2.0 * np.cos(phase)
    for amplitude in partials[:used]:
        tone += amplitude * wave
        below, wave = wave, doubled * wave - below  # sin (n + 1)x = 2 cos x sin nx - sin (n - 1)x
    return tone


def fade(length: int, ramp_s: float) -> Samples:
    """Return ones with a raised-cosine ramp of `ramp_s` seconds at each end [shape=(length,)]."""
    ramp = min(int(ramp_s * SAMPLE_RATE_HZ), length // 2)
    shape = np.ones(length)
    if ramp:
        rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(ramp) + 0.5) / ramp)
        shape[:ramp], shape[-ramp:] = rise, rise[::-1]
    return shape


def place(clip: Samples, sound: Samples, start_s: float) -> None:
    """Add `sound` to `clip` from `start_s` on; what lies outside the clip is cut off."""
    start = round(start_s * SAMPLE_RATE_HZ)
    first, last = max(start, 0), min(start + len(sound), len(clip))
    if first < last:
        clip[first:last] += sound[first - start : last - start]


def resonances(
    frequencies_hz: Samples, centres_hz: Sequence[float], widths_hz: Sequence[float]
) -> Samples:
    """Return the summed magnitude of resonances with unit peaks at `frequencies_hz`."""
    response = np.zeros_like(frequencies_hz)
    for centre, width in zip(centres_hz, widths_hz, strict=True):
        response += 1.0 / np.sqrt(1.0 + np.square((frequencies_hz - centre) / (width / 2.0)))
    return response


def shaped(source: Samples, centres_hz: Sequence[float], widths_hz: Sequence[float]) -> Samples:
    """Return `source` through resonances at `centres_hz` of `widths_hz`, without delay."""
    spectrum = np.fft.rfft(source)
    frequencies: Samples = np.fft.rfftfreq(len(source), 1.0 / SAMPLE_RATE_HZ).astype(np.float64)
    spectrum *= resonances(frequencies, centres_hz, widths_hz)
    return np.fft.irfft(spectrum, len(source))
