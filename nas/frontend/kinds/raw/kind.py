"""The raw waveform as a kind of front end."""

from nas.frontend.kind import Kind
from nas.frontend.kinds.raw import float_reference, reference
from nas.frontend.kinds.raw.settings import RawSettings
from nas.frontend.kinds.raw.tables import build

__all__ = ["KIND"]


def _problem(settings: RawSettings) -> str | None:
    if settings.window_ms != settings.hop_ms:
        return (
            f"window_ms: {settings.window_ms} ms with hop_ms {settings.hop_ms}: frames of raw "
            "touch; give both the same value"
        )
    hop = settings.hop_length
    if hop % settings.decimation == 0:
        return None
    fitting = ", ".join(str(d) for d in range(1, 17) if hop % d == 0)
    return (
        f"decimation: {settings.decimation} does not divide the {hop} samples of hop_ms "
        f"{settings.hop_ms}; use one of {fitting}, or another hop_ms"
    )


def _macs(settings: RawSettings) -> int:
    return settings.n_bins * build(settings).n_taps


def _work_words(settings: RawSettings) -> int:
    """Samples before a hop that the filter still sees; an array in C has one element at least."""
    return max(1, build(settings).n_taps - settings.decimation)


KIND = Kind(
    source="Oppenheim and Schafer, Discrete-Time Signal Processing: FIR design by windowing",
    settings=RawSettings,
    tables=build,
    table_bytes=lambda settings: build(settings).table_bytes,
    problem=_problem,
    reference=reference.features,
    float_reference=float_reference.features,
    macs_per_hop=_macs,
    work_words=_work_words,
    functions=("nas_raw_frame", "nas_raw_init", "nas_raw_push"),
)
