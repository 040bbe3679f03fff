"""Constant tables of the log-mel front end, in the device's fixed point."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nas.frontend import stage_tables
from nas.frontend.kinds.log_mel import scale
from nas.frontend.kinds.log_mel.settings import LogMelSettings
from nas.frontend.mel_tables import MelScale, mel_table
from nas.frontend.normalise import channel_bytes, channel_table
from nas.frontend.tables import Tables, number, struct_bytes

__all__ = ["LogMelTables", "bank", "build", "level_bytes", "level_fields", "table_bytes"]


@dataclass(frozen=True, eq=False, kw_only=True)
class LogMelTables(Tables):
    """The fields of ``nas_log_mel_tables_t`` in firmware/include/nas/log_mel.h.

    Attributes:
        window: half of a periodic window, Q15 [shape=(win_length // 2 + 1,)].
        sine: a quarter turn, Q30 [shape=(n_fft // 4 + 1,)].
        mel_start: first bin of each gap between centres [shape=(n_mels + 2,)].
        mel_weight: share of the rising band, Q15 [shape=(n_bins,)].
        log2_table: log2(1 + i / 32), Q15 [shape=(33,)].
        channel: gain and offset of each band [shape=(2 * n_mels,)]; empty if not normalised.
        log_reference: log2 of the energy that reads 120, Q15.
        log_offset_low: lower 32 bits of what is added to an energy.
        log_offset_high: upper 32 bits of it.
        log_slope: steps for a doubling of the energy, Q12.
        pre_emphasis_q15: factor of the sample before.
        remove_mean: 1 where the mean is taken from each frame.
        magnitude: 1 where bands sum magnitudes, 0 for powers.
        lowest: lowest feature.
    """

    window: NDArray[np.uint16]
    sine: NDArray[np.int32]
    mel_start: NDArray[np.uint16]
    mel_weight: NDArray[np.uint16]
    log2_table: NDArray[np.uint16]
    channel: NDArray[np.int16]
    log_reference: int = number("int32_t")
    log_offset_low: int = number("uint32_t")
    log_offset_high: int = number("uint32_t")
    log_slope: int = number("uint16_t")
    win_length: int = number("uint16_t")
    hop_length: int = number("uint16_t")
    n_fft: int = number("uint16_t")
    n_mels: int = number("uint16_t")
    pre_emphasis_q15: int = number("uint16_t")
    remove_mean: int = number("uint16_t")
    magnitude: int = number("uint16_t")
    lowest: int = number("int16_t")


@lru_cache(maxsize=1024)
def build(settings: LogMelSettings) -> LogMelTables:
    """Return the tables of `settings`; the arrays are read-only, so they may be shared."""
    return LogMelTables(**level_fields(settings), channel=channel_table(settings))


def level_fields(settings: LogMelSettings) -> dict[str, Any]:
    """Return the fields of the tables up to the levels of bands, before any normalisation."""
    mel_start, mel_weight = mel_table(bank(settings))
    offset = scale.log_offset(settings)
    return {
        "window": stage_tables.window_table(settings.window_kind, settings.win_length),
        "sine": stage_tables.quarter_sine(settings.n_fft),
        "mel_start": mel_start,
        "mel_weight": mel_weight,
        "log2_table": stage_tables.log2_table(),
        "log_reference": scale.log_reference(settings),
        "log_offset_low": offset & 0xFFFFFFFF,
        "log_offset_high": offset >> 32,
        "log_slope": scale.log_slope(settings),
        "win_length": settings.win_length,
        "hop_length": settings.hop_length,
        "n_fft": settings.n_fft,
        "n_mels": settings.n_mels,
        "pre_emphasis_q15": settings.pre_emphasis_q15,
        "remove_mean": int(settings.remove_mean),
        "magnitude": int(settings.spectrum_kind == "magnitude"),
        "lowest": scale.lowest(settings),
    }


def table_bytes(settings: LogMelSettings) -> int:
    """Return the `table_bytes` of the tables of `settings`."""
    return struct_bytes(LogMelTables) + level_bytes(settings) + channel_bytes(settings)


def level_bytes(settings: LogMelSettings) -> int:
    """Return the bytes of the arrays of `level_fields`."""
    n_weights = len(mel_table(bank(settings))[1])
    frame = stage_tables.frame_bytes(settings.win_length, settings.n_fft)
    return frame + 2 * (settings.n_mels + 2) + 2 * n_weights


def bank(settings: LogMelSettings) -> MelScale:
    """Return what the filter bank depends on; `mel_table` builds it."""
    return MelScale(
        settings.sample_rate_hz,
        settings.n_fft,
        settings.n_mels,
        settings.fmin_hz,
        settings.fmax_hz,
        settings.mel_scale,
        settings.triangles,
    )
