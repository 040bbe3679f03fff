"""Which settings the log-mel front end can compute."""

from functools import lru_cache

import numpy as np

from nas.errors import ConfigError
from nas.frontend.settings import LogMelSettings
from nas.frontend.tables import Q15_ONE, LogMelTables, build

__all__ = ["N_FFT_MAX", "check"]

N_FFT_MAX = 2_048


def check(settings: LogMelSettings) -> None:
    """Raise ConfigError where `settings`, each in its range, cannot work together.

    A clip shorter than a frame cannot be: LogMelSettings refuses it.
    """
    problem = _problem(settings)
    if problem is not None:
        raise ConfigError(problem)


@lru_cache(maxsize=1024)
def _problem(settings: LogMelSettings) -> str | None:
    if settings.n_fft > N_FFT_MAX:
        longest = N_FFT_MAX * 1_000 // settings.sample_rate_hz
        return (
            f"window_ms: {settings.window_ms} ms at {settings.sample_rate_hz} Hz needs an FFT of "
            f"{settings.n_fft} points, the longest is {N_FFT_MAX}; use {longest} ms or fewer"
        )
    empty = _empty_bands(build(settings))
    if empty:
        apart = settings.sample_rate_hz / settings.n_fft
        return (
            f"n_mels: {settings.n_mels} bands from {settings.fmin_hz} to {settings.fmax_hz} Hz "
            f"are too narrow for FFT bins {apart:.1f} Hz apart: band {empty[0]} gets none; "
            "use fewer bands, a wider range or a longer window_ms"
        )
    return None


def _empty_bands(tables: LogMelTables) -> list[int]:
    """Return the bands in which no bin has a weight."""
    start = tables.mel_start.astype(np.int64)
    rising = tables.mel_weight.astype(np.int64)
    in_gap = [rising[a:b] for a, b in zip(start - start[0], start[1:] - start[0], strict=False)]
    return [
        band
        for band in range(tables.n_mels)
        if not in_gap[band].any() and not (Q15_ONE - in_gap[band + 1]).any()
    ]
