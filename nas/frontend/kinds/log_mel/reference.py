"""The integer log-mel front end in NumPy: the specification of the C, and the fall-back."""

import numpy as np
from numpy.typing import NDArray

from nas.frontend import stages
from nas.frontend.kinds.log_mel.settings import LogMelSettings
from nas.frontend.kinds.log_mel.tables import LogMelTables, build

__all__ = ["features", "frame_features"]

SLOPE_BITS = 27
FULL_SCALE = 120 << SLOPE_BITS
HALF = 1 << (SLOPE_BITS - 1)


def features(samples: NDArray[np.int16], settings: LogMelSettings) -> NDArray[np.int8]:
    """Return the log-mel features of whole clips.

    Args:
        samples: any int16 values [shape=(n, clip_length)].
        settings: what `nas.frontend.check` accepts.

    Returns:
        Features at scale 1/32 and zero point 0 [shape=(n, n_frames, n_mels)].
    """
    tables = build(settings)
    return stages.each_frame(samples, settings, lambda frames: frame_features(frames, tables))


def frame_features(frames: NDArray[np.int16], tables: LogMelTables) -> NDArray[np.int8]:
    """Return the features [shape=(n, n_mels)] of `frames` [shape=(n, win_length)]."""
    windowed = stages.frame_window(
        frames,
        tables.window,
        tables.n_fft,
        pre_emphasis_q15=tables.pre_emphasis_q15,
        remove_mean=bool(tables.remove_mean),
    )
    weigh = stages.magnitude if tables.magnitude else stages.power
    bins = weigh(stages.fft_real(windowed, tables.sine))
    return _to_features(stages.mel_energies(bins, tables.mel_start, tables.mel_weight), tables)


def _to_features(energy: stages.Int64s, tables: LogMelTables) -> NDArray[np.int8]:
    offset = tables.log_offset_high << 32 | tables.log_offset_low
    level = stages.log2_q15(energy + offset, tables.log2_table) - tables.log_reference
    steps = tables.log_slope * level + FULL_SCALE
    if tables.channel.size:
        values = np.maximum(steps >> (SLOPE_BITS - 8), 256 * tables.lowest)
        return stages.normalise_s8(values, tables.channel)
    return stages.saturate_s8(np.maximum((steps + HALF) >> SLOPE_BITS, tables.lowest))
