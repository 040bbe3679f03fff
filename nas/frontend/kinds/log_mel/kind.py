"""Log-mel features as a kind of front end."""

import numpy as np

from nas.frontend.kind import N_FFT_MAX, Kind, fft_multiplies, too_long
from nas.frontend.kinds.log_mel import reference
from nas.frontend.kinds.log_mel.settings import LogMelSettings
from nas.frontend.kinds.log_mel.tables import LogMelTables, build
from nas.frontend.tables import Q15_ONE

__all__ = ["KIND", "N_FFT_MAX"]


def _problem(settings: LogMelSettings) -> str | None:
    longest = too_long(settings)
    if longest is not None:
        return longest
    empty = _empty_bands(build(settings))
    if not empty:
        return None
    apart = settings.sample_rate_hz / settings.n_fft
    return (
        f"n_mels: {settings.n_mels} bands from {settings.fmin_hz} to {settings.fmax_hz} Hz "
        f"are too narrow for FFT bins {apart:.1f} Hz apart: band {empty[0]} gets none; "
        "use fewer bands, a wider range or a longer window_ms"
    )


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


def _macs(settings: LogMelSettings) -> int:
    """Real multiplications: window, FFT, its real split, power of and weight on each bin."""
    tables = build(settings)
    split = 4 * (tables.n_fft // 4)
    return tables.win_length + fft_multiplies(tables.n_fft) + split + 3 * len(tables.mel_weight)


KIND = Kind(
    source="Davis and Mermelstein 1980; HTK's mel scale",
    settings=LogMelSettings,
    tables=build,
    problem=_problem,
    reference=reference.features,
    macs_per_hop=_macs,
    work_words=lambda settings: settings.n_fft,
    functions=(
        "nas_fft_complex",
        "nas_fft_real",
        "nas_log2_q15",
        "nas_log_mel_frame",
        "nas_log_mel_init",
        "nas_log_mel_push",
        "nas_mel_features",
        "nas_window_apply",
    ),
)
