"""Settings of the log-magnitude spectrum."""

from dataclasses import dataclass
from typing import ClassVar

from nas.frontend.normalise import NormalisedSettings

__all__ = ["SpectrumSettings"]


@dataclass(frozen=True, kw_only=True)
class SpectrumSettings(NormalisedSettings):
    """Magnitudes of FFT bins 1 and up; raises ConfigError where the settings cannot work.

    The default at 16 kHz: frames of 256 samples side by side, 48 bins 62.5 Hz apart.

    Attributes:
        fmax_hz: the last bin is at or below it; at most half of sample_rate_hz.
        pre_emphasis: share of the sample before that is taken from each; 0 to 0.99.
    """

    kind: ClassVar[str] = "spectrum"

    window_ms: int = 16
    hop_ms: int = 16
    fmax_hz: int = 3_000
    pre_emphasis: float = 0.0

    def ranges(self) -> list[tuple[str, float, float, float]]:
        """Return name, value, lowest and highest allowed value of each number."""
        return [
            *super().ranges(),
            ("fmax_hz", self.fmax_hz, 1, self.sample_rate_hz // 2),
            ("pre_emphasis", self.pre_emphasis, 0.0, 0.99),
        ]

    @property
    def pre_emphasis_q15(self) -> int:
        """The factor of the sample before, Q15."""
        return round(self.pre_emphasis * (1 << 15))

    @property
    def n_bins(self) -> int:
        """Bins above 0 Hz, up to fmax_hz and below half of the rate."""
        return min(self.fmax_hz * self.n_fft // self.sample_rate_hz, self.n_fft // 2 - 1)

    @property
    def words(self) -> str:
        """What one frame holds, for people."""
        return f"{self.n_bins} bins"
