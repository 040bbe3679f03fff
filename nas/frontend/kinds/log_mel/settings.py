"""Settings of the log-mel front end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from nas.errors import ConfigError
from nas.frontend.mel_scale import MelScaleName, Triangles
from nas.frontend.normalise import NormalisedSettings
from nas.frontend.stage_tables import WindowName

__all__ = ["LogMelSettings"]

SpectrumKind = Literal["power", "magnitude"]
ScaleKind = Literal["db", "ln"]
FftLength = Literal[0, 64, 128, 256, 512, 1024, 2048]

CHOICES: Mapping[str, tuple[str | int, ...]] = {
    "window_kind": get_args(WindowName),
    "mel_scale": get_args(MelScaleName),
    "triangles": get_args(Triangles),
    "spectrum_kind": get_args(SpectrumKind),
    "scale_kind": get_args(ScaleKind),
    "fft_length": get_args(FftLength),
}
"""Settings that are one of a few values, and those values."""


@dataclass(frozen=True, kw_only=True)
class LogMelSettings(NormalisedSettings):
    """Log-mel features of one clip; raises ConfigError where the settings cannot work.

    A feature is 120 for a full-scale sine, whatever the scale, before any normalisation.

    Attributes:
        n_mels: mel bands, 8 to 128.
        fmin_hz: lower edge of the first band.
        fmax_hz: upper edge of the last band, at most half of sample_rate_hz.
        mel_scale: ``htk`` or ``slaney``.
        triangles: axis on which the sides of a band are straight: ``mel`` (HTK, TensorFlow) or
            ``hz`` (librosa, ST).
        spectrum_kind: what a band sums: ``power`` or ``magnitude``.
        window_kind: ``hann`` or ``hamming``, periodic.
        scale_kind: ``db``: decibels of the band, one step 0.4014 dB; ``ln``: log(x + log_offset),
            16 steps a neper of amplitude, one step 0.5429 dB.
        floor_db: of ``db``: lowest level below a full-scale sine, -120 to -20; the int8 itself
            ends at -99.5.
        log_offset: of ``ln``: what is added to x, the band's sum for samples from -1 to 1; 1e-10
            to 1.
        pre_emphasis: share of the sample before that is taken from each; 0 to 0.99.
        remove_mean: whether the mean of each frame is taken from it.
        fft_length: FFT points, 64 to 2,048, at most four times the shortest; 0 for the shortest,
            the power of two not below the window.
    """

    kind: ClassVar[str] = "log_mel"

    n_mels: int = 40
    fmin_hz: int = 80
    fmax_hz: int = 7_600
    mel_scale: MelScaleName = "htk"
    triangles: Triangles = "mel"
    spectrum_kind: SpectrumKind = "power"
    window_kind: WindowName = "hann"
    scale_kind: ScaleKind = "db"
    floor_db: int = -100
    log_offset: float = 1e-4
    pre_emphasis: float = 0.0
    remove_mean: bool = False
    fft_length: FftLength = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                raise ConfigError(
                    f"{name}: {getattr(self, name)!r} is unknown; "
                    f"known: {', '.join(map(str, known))}"
                )

    def ranges(self) -> list[tuple[str, float, float, float]]:
        """Return name, value, lowest and highest allowed value of each number."""
        return [
            *super().ranges(),
            ("n_mels", self.n_mels, 8, 128),
            ("fmin_hz", self.fmin_hz, 0, self.fmax_hz - 1),
            ("fmax_hz", self.fmax_hz, 1, self.sample_rate_hz // 2),
            ("floor_db", self.floor_db, -120, -20),
            ("log_offset", self.log_offset, 1e-10, 1.0),
            ("pre_emphasis", self.pre_emphasis, 0.0, 0.99),
        ]

    @property
    def n_bins(self) -> int:
        """Mel bands."""
        return self.n_mels

    @property
    def n_fft(self) -> int:
        """FFT length: as given, else the power of two not below win_length, and 64 at least."""
        return self.fft_length or super().n_fft

    @property
    def pre_emphasis_q15(self) -> int:
        """The factor of the sample before, Q15."""
        return round(self.pre_emphasis * (1 << 15))

    @property
    def words(self) -> str:
        """What one frame holds, for people."""
        return f"{self.n_mels} mels"
