"""The log-magnitude spectrum as a kind of front end."""

from nas.frontend.kind import Kind, fft_multiplies, too_long
from nas.frontend.kinds.spectrum import float_reference, reference
from nas.frontend.kinds.spectrum.settings import SpectrumSettings
from nas.frontend.kinds.spectrum.tables import build, table_bytes

__all__ = ["KIND"]


def _problem(settings: SpectrumSettings) -> str | None:
    if settings.n_bins:
        return too_long(settings)
    apart = settings.sample_rate_hz / settings.n_fft
    return (
        f"fmax_hz: {settings.fmax_hz} Hz is below the first FFT bin, {apart:.1f} Hz; "
        "use a higher one or a longer window_ms"
    )


def _macs(settings: SpectrumSettings) -> int:
    """Real multiplications: window, FFT, its real split, power of each bin, normalisation."""
    n_fft = settings.n_fft
    a_bin = 2 if settings.normalise == "none" else 3
    return settings.win_length + fft_multiplies(n_fft) + 4 * (n_fft // 4) + a_bin * settings.n_bins


KIND = Kind(
    source="Harris 1978 (window); Mueller 2015 (logarithmic compression of magnitudes)",
    settings=SpectrumSettings,
    tables=build,
    table_bytes=table_bytes,
    problem=_problem,
    reference=reference.features,
    float_reference=float_reference.features,
    macs_per_hop=_macs,
    work_words=lambda settings: settings.n_fft,
    functions=(
        "nas_fft_complex",
        "nas_fft_real",
        "nas_frame_window",
        "nas_log2_q15",
        "nas_spectrum_frame",
        "nas_spectrum_init",
        "nas_spectrum_push",
        "nas_sqrt_u64",
    ),
)
