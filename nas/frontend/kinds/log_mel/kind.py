"""Log-mel features as a kind of front end."""

from functools import lru_cache

from nas.frontend.kind import N_FFT_MAX, Kind, fft_multiplies, too_long
from nas.frontend.kinds.log_mel import float_reference, reference
from nas.frontend.kinds.log_mel.settings import LogMelSettings
from nas.frontend.kinds.log_mel.tables import bank, build, table_bytes
from nas.frontend.mel_tables import MelScale, empty_bands, mel_table
from nas.frontend.stage_tables import shortest_fft

__all__ = ["KIND", "N_FFT_MAX", "energy_macs"]

LONGEST_PADDING = 4
"""Times the shortest FFT; beyond it energies would need more than 64 bits: `fraction_bits`."""


def _problem(settings: LogMelSettings) -> str | None:
    unfit = too_long(settings) or _wrong_length(settings)
    if unfit is not None:
        return unfit
    empty = _empty(bank(settings))
    if not empty:
        return None
    apart = settings.sample_rate_hz / settings.n_fft
    return (
        f"n_mels: {settings.n_mels} bands from {settings.fmin_hz} to {settings.fmax_hz} Hz "
        f"are too narrow for FFT bins {apart:.1f} Hz apart: band {empty[0]} gets none; "
        "use fewer bands, a wider range or a longer window_ms"
    )


@lru_cache(maxsize=1024)
def _empty(scale: MelScale) -> tuple[int, ...]:
    return tuple(empty_bands(*mel_table(scale)))


def _wrong_length(settings: LogMelSettings) -> str | None:
    """Return what is wrong with an FFT length that was given."""
    longest = LONGEST_PADDING * shortest_fft(settings.win_length)
    if settings.n_fft > longest:
        return (
            f"fft_length: {settings.fft_length} points are too many for the window's "
            f"{settings.win_length} samples; use {longest} or fewer"
        )
    if settings.n_fft >= settings.win_length:
        return None
    return (
        f"fft_length: {settings.fft_length} points are fewer than the window's "
        f"{settings.win_length} samples; use 0 for the shortest FFT that holds them"
    )


def energy_macs(settings: LogMelSettings) -> int:
    """Real multiplications: window, FFT, its real split, power of and weight on each bin.

    Pre-emphasis takes one more for a sample, a square root 14 for a bin.
    """
    n_fft = settings.n_fft
    window = settings.win_length * (2 if settings.pre_emphasis_q15 else 1)
    a_bin = 3 + (14 if settings.spectrum_kind == "magnitude" else 0)
    bins = len(mel_table(bank(settings))[1])
    return window + fft_multiplies(n_fft) + 4 * (n_fft // 4) + a_bin * bins


def _macs(settings: LogMelSettings) -> int:
    """Real multiplications: those of the mel energies; normalisation takes one for a band."""
    return energy_macs(settings) + settings.n_mels * (settings.normalise != "none")


KIND = Kind(
    source="Davis and Mermelstein 1980; HTK's mel scale",
    settings=LogMelSettings,
    tables=build,
    table_bytes=table_bytes,
    problem=_problem,
    reference=reference.features,
    float_reference=float_reference.features,
    macs_per_hop=_macs,
    work_words=lambda settings: settings.n_fft + 2 * settings.n_mels,
    functions=(
        "nas_fft_complex",
        "nas_fft_real",
        "nas_frame_window",
        "nas_log2_q15",
        "nas_log_mel_frame",
        "nas_log_mel_init",
        "nas_log_mel_push",
        "nas_mel_energies",
        "nas_sqrt_u64",
    ),
)
