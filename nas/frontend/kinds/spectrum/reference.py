"""The log-magnitude spectrum in NumPy: the specification of the C, and the fall-back."""

import numpy as np
from numpy.typing import NDArray

from nas.frontend import stages
from nas.frontend.kinds.spectrum.settings import SpectrumSettings
from nas.frontend.kinds.spectrum.tables import SpectrumTables, build

__all__ = ["features", "frame_features"]


def features(samples: NDArray[np.int16], settings: SpectrumSettings) -> NDArray[np.int8]:
    """Return the spectra of whole clips.

    Args:
        samples: any int16 values [shape=(n, clip_length)].
        settings: what `nas.frontend.check` accepts.

    Returns:
        Features at scale 1/32 and zero point 0 [shape=(n, n_frames, n_bins)].
    """
    tables = build(settings)
    return stages.each_frame(samples, settings, lambda frames: frame_features(frames, tables))


def frame_features(frames: NDArray[np.int16], tables: SpectrumTables) -> NDArray[np.int8]:
    """Return the features [shape=(n, n_bins)] of `frames` [shape=(n, win_length)]."""
    windowed = stages.frame_window(
        frames,
        tables.window,
        tables.n_fft,
        pre_emphasis_q15=tables.pre_emphasis_q15,
        remove_mean=True,
    )
    re, im = stages.fft_real(windowed, tables.sine)
    kept = slice(1, tables.n_bins + 1)
    magnitude = stages.magnitude((re[:, kept], im[:, kept]))
    level = stages.log2_q15(magnitude + tables.unit, tables.log2_table) - tables.log_offset
    if tables.channel.size:
        return stages.normalise_s8((level >> 3) - 128 * 256, tables.channel)
    return stages.saturate_s8(((level + 1_024) >> 11) - 128)
