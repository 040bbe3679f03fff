"""The raw waveform in NumPy: the specification of the C, and the fall-back."""

import numpy as np
from numpy.typing import NDArray

from nas.frontend.kinds.raw.settings import RawSettings
from nas.frontend.kinds.raw.tables import RawTables, build

__all__ = ["features"]


def features(samples: NDArray[np.int16], settings: RawSettings) -> NDArray[np.int8]:
    """Return the waveform of whole clips at the lower rate.

    Args:
        samples: any int16 values [shape=(n, clip_length)].
        settings: what `nas.frontend.check` accepts.

    Returns:
        int8 at scale 1/32 and zero point 0 [shape=(n, n_frames, n_bins)].
    """
    tables = build(settings)
    count = settings.n_frames * settings.n_bins
    rounding = 1 << (tables.shift - 1)
    level = (_low_pass(samples, tables, count) + rounding) >> tables.shift
    bytes_: NDArray[np.int8] = np.clip(level, -128, 127).astype(np.int8)
    return bytes_.reshape(len(samples), settings.n_frames, settings.n_bins)


def _low_pass(samples: NDArray[np.int16], tables: RawTables, count: int) -> NDArray[np.int32]:
    """Return `count` sums a clip; sum m ends with sample (m + 1) x decimation - 1."""
    step = tables.decimation
    before = np.zeros((len(samples), tables.n_taps - step), dtype=np.int16)
    padded = np.concatenate([before, samples], axis=1)
    total = np.zeros((len(samples), count), dtype=np.int32)
    for i, tap in enumerate(tables.taps.astype(np.int32)):
        total += tap * padded[:, i : i + (count - 1) * step + 1 : step]
    return total
