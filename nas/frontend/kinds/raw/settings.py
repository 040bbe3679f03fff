"""Settings of the raw waveform."""

from dataclasses import dataclass
from typing import ClassVar

from nas.frontend.settings import FrontEndSettings

__all__ = ["RawSettings"]


@dataclass(frozen=True, kw_only=True)
class RawSettings(FrontEndSettings):
    """The waveform at a lower rate; raises ConfigError where the settings cannot work.

    A frame is one hop: window_ms and hop_ms are equal.

    Attributes:
        decimation: samples for each value, 1 to 16; divides hop_length.
        gain_db: amplification before int8, 0 to 48. One step is 256 / gain units of int16.
    """

    kind: ClassVar[str] = "raw"

    window_ms: int = 20
    decimation: int = 2
    gain_db: int = 6

    def ranges(self) -> list[tuple[str, float, float, float]]:
        """Return name, value, lowest and highest allowed value of each number."""
        return [
            *super().ranges(),
            ("decimation", self.decimation, 1, 16),
            ("gain_db", self.gain_db, 0, 48),
        ]

    @property
    def n_bins(self) -> int:
        """Values of one hop."""
        return self.hop_length // self.decimation

    @property
    def is_waveform(self) -> bool:
        """The rows, one after another, are the waveform."""
        return True

    @property
    def words(self) -> str:
        """What one frame holds, for people."""
        return f"{self.n_bins} values at {self.sample_rate_hz / self.decimation:g} Hz"
