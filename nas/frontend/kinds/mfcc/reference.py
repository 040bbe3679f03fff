"""The integer MFCC front end in NumPy: the specification of the C, and the fall-back."""

import numpy as np
from numpy.typing import NDArray

from nas.frontend import stages
from nas.frontend.kinds.mfcc.settings import MfccSettings
from nas.frontend.kinds.mfcc.tables import LEVEL_MAX, MfccTables, build

__all__ = ["features", "frame_features", "from_levels"]


LEVEL_SHIFT = 22
"""From 12 + 15 fraction bits to a level's 5."""
FULL_SCALE = (241 << 26) + (1 << (LEVEL_SHIFT - 1))
"""120 and a half, and what rounds."""


def features(samples: NDArray[np.int16], settings: MfccSettings) -> NDArray[np.int8]:
    """Return the coefficients of whole clips.

    Args:
        samples: any int16 values [shape=(n, clip_length)].
        settings: what `nas.frontend.check` accepts.

    Returns:
        Features at scale 1/32 and zero point 0 [shape=(n, n_frames, n_mfcc)].
    """
    tables = build(settings)
    return stages.each_frame(samples, settings, lambda frames: frame_features(frames, tables))


def frame_features(frames: NDArray[np.int16], tables: MfccTables) -> NDArray[np.int8]:
    """Return the features [shape=(n, n_mfcc)] of `frames` [shape=(n, win_length)]."""
    windowed = stages.frame_window(
        frames,
        tables.window,
        tables.n_fft,
        pre_emphasis_q15=tables.pre_emphasis_q15,
        remove_mean=bool(tables.remove_mean),
    )
    spectrum = stages.fft_real(windowed, tables.sine)
    bins = stages.magnitude(spectrum) if tables.magnitude else stages.power(spectrum)
    energy = stages.mel_energies(bins, tables.mel_start, tables.mel_weight)
    return from_levels(_levels(energy, tables), tables)


def _levels(energy: stages.Int64s, tables: MfccTables) -> stages.Int64s:
    offset = tables.log_offset_high << 32 | tables.log_offset_low
    doublings = stages.log2_q15(energy + offset, tables.log2_table) - tables.log_reference
    level = (tables.log_slope * doublings + FULL_SCALE) >> LEVEL_SHIFT
    inside: stages.Int64s = np.clip(level, 32 * tables.lowest + 16, LEVEL_MAX)
    return inside


def from_levels(levels: stages.Int64s, tables: MfccTables) -> NDArray[np.int8]:
    """Return the features [shape=(n, n_mfcc)] of `levels`, steps in Q5 [shape=(n, n_mels)].

    Even rows of the transform take the sums of the two halves, odd rows the differences.
    """
    half = (tables.n_mels + 1) // 2
    rows = tables.dct.astype(np.int64).reshape(tables.n_mfcc, half)
    low, high = levels[:, :half], levels[:, : -half - 1 : -1]
    sums = low + high
    if tables.n_mels % 2:
        sums[:, -1] = low[:, -1]
    coefficients = np.empty((len(levels), tables.n_mfcc), dtype=np.int64)
    coefficients[:, 0::2] = sums @ rows[0::2].T
    coefficients[:, 1::2] = (low - high) @ rows[1::2].T
    return stages.saturate_s8((((coefficients * tables.gain) >> 22) + tables.bias) >> 16)
