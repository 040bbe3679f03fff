"""MFCC as a kind of front end."""

from nas.frontend.kind import Kind
from nas.frontend.kinds import log_mel
from nas.frontend.kinds.log_mel.kind import energy_macs
from nas.frontend.kinds.mfcc import float_reference, reference
from nas.frontend.kinds.mfcc.settings import MfccSettings
from nas.frontend.kinds.mfcc.tables import build, table_bytes

__all__ = ["KIND"]


def _problem(settings: MfccSettings) -> str | None:
    if 0 < settings.lifter < settings.n_mfcc - 1:
        return (
            f"lifter: {settings.lifter} turns the signs of coefficients beyond it, "
            f"and there are {settings.n_mfcc}; use 0 for none, or {settings.n_mfcc - 1} to 100"
        )
    return log_mel.KIND.problem(settings)


def _macs(settings: MfccSettings) -> int:
    """Multiplications: those of the mel energies, half a row and a gain for each coefficient.

    A normalisation is in the gain.
    """
    half = (settings.n_mels + 1) // 2
    return energy_macs(settings) + settings.n_mfcc * (half + 1)


KIND = Kind(
    source="Davis and Mermelstein 1980; mel scale and lifter of the HTK Book",
    settings=MfccSettings,
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
        "nas_mel_energies",
        "nas_mfcc_dct",
        "nas_mfcc_frame",
        "nas_mfcc_init",
        "nas_mfcc_levels",
        "nas_mfcc_push",
        "nas_sqrt_u64",
    ),
)
