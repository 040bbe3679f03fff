"""What a kind of front end is: settings, tables, the twin in NumPy, and what it takes.

In C a kind is named by its functions and types: ``nas_<kind>_tables_t``, ``nas_<kind>_state_t``,
``nas_<kind>_init``, ``nas_<kind>_push`` and ``nas_<kind>_clip`` (see firmware/frontend/README.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.frontend.settings import FrontEndSettings
from nas.frontend.tables import Tables

__all__ = ["N_FFT_MAX", "Kind", "fft_multiplies", "too_long"]

N_FFT_MAX = 2_048


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of front end; each function takes the kind's own settings.

    Attributes:
        source: the paper, specification or program it comes from.
        settings: its dataclass.
        tables: builds its constant tables.
        table_bytes: their `table_bytes`, without building them: candidates are many.
        problem: what keeps settings, each in its range, from working together; None if nothing.
        reference: its NumPy twin: int16 [shape=(n, clip_length)] to int8
            [shape=(n, n_frames, n_bins)].
        macs_per_hop: multiplications for one frame.
        work_words: 32-bit words of work and running state, beside the samples of one frame.
        functions: C functions linked, keys of the table of code sizes.
        float_reference: the same features in float64, in steps of int8, before rounding and
            clipping; None where nobody wrote it.
    """

    source: str
    settings: type[FrontEndSettings]
    tables: Callable[[Any], Tables]
    table_bytes: Callable[[Any], int]
    problem: Callable[[Any], str | None]
    reference: Callable[[NDArray[np.int16], Any], NDArray[np.int8]]
    macs_per_hop: Callable[[Any], int]
    work_words: Callable[[Any], int]
    functions: tuple[str, ...]
    float_reference: Callable[[NDArray[np.int16], Any], NDArray[np.float64]] | None = None

    @property
    def name(self) -> str:
        """Name in files and in C."""
        return self.settings.kind


def too_long(settings: FrontEndSettings) -> str | None:
    """Return what is wrong where a frame needs a longer FFT than there is."""
    if settings.n_fft <= N_FFT_MAX:
        return None
    longest = N_FFT_MAX * 1_000 // settings.sample_rate_hz
    return (
        f"window_ms: {settings.window_ms} ms at {settings.sample_rate_hz} Hz needs an FFT of "
        f"{settings.n_fft} points, the longest is {N_FFT_MAX}; use {longest} ms or fewer"
    )


@cache
def fft_multiplies(n_fft: int) -> int:
    """Real multiplications of the complex FFT of n_fft / 2 points: radix 4, then 2 if need be.

    3 complex products for each 4 points, but none where the factor is 1.
    """
    points = n_fft // 2
    h = 1 if points.bit_length() % 2 else 2
    total = 0
    while h < points:
        total += 12 * (h - 1) * (points // (4 * h))
        h *= 4
    return total
