"""A recording as int16 mono samples at the wanted rate."""

from pathlib import Path

import numpy as np
import soundfile
import soxr  # type: ignore[import-untyped]
from numpy.typing import NDArray

__all__ = ["decode", "fit", "to_int16"]


def decode(
    path: Path, sample_rate_hz: int, *, start_ms: int = 0, length_ms: int | None = None
) -> NDArray[np.int16]:
    """Read `path` or a part of it, mix to mono, resample.

    Any rate, width and channel count that soundfile reads. int16 mono at the wanted rate comes
    back unchanged. Channels are averaged; the resampler is soxr's HQ (20 bits).

    Args:
        path: a recording that `nas.audio.inspection.inspect` found good.
        sample_rate_hz: rate of the result.
        start_ms: where to start.
        length_ms: how much to read; None for all that follows.

    Returns:
        Samples [shape=(n,)].
    """
    with soundfile.SoundFile(path) as file:
        rate = file.samplerate
        if start_ms:
            file.seek(min(start_ms * rate // 1_000, file.frames))
        frames = -1 if length_ms is None else length_ms * rate // 1_000
        samples = file.read(frames, dtype="float64", always_2d=True).mean(axis=1)
    if rate != sample_rate_hz:
        samples = soxr.resample(samples, rate, sample_rate_hz, quality="HQ")
    return to_int16(samples)


def to_int16(samples: NDArray[np.floating]) -> NDArray[np.int16]:
    """Round `samples` (full scale +-1) to int16, saturating."""
    return np.asarray(np.clip(np.rint(samples * 32_768.0), -32_768, 32_767), np.int16)


def fit(samples: NDArray[np.int16], length: int) -> NDArray[np.int16]:
    """Centre `samples` in `length`: zeros on both sides, or the middle cut out.

    Returns:
        Samples [shape=(length,)].
    """
    spare = length - len(samples)
    if spare <= 0:
        return samples[-spare // 2 :][:length]
    return np.pad(samples, (spare // 2, spare - spare // 2))
