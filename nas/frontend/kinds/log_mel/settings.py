"""Settings of the log-mel front end."""

from dataclasses import dataclass
from typing import ClassVar

from nas.frontend.settings import FrontEndSettings

__all__ = ["LogMelSettings"]


@dataclass(frozen=True, kw_only=True)
class LogMelSettings(FrontEndSettings):
    """Log-mel features of one clip; raises ConfigError where the settings cannot work.

    Attributes:
        n_mels: mel bands, 8 to 128.
        fmin_hz: lower edge of the first band.
        fmax_hz: upper edge of the last band, at most half of sample_rate_hz.
    """

    kind: ClassVar[str] = "log_mel"

    n_mels: int = 40
    fmin_hz: int = 80
    fmax_hz: int = 7_600

    def ranges(self) -> list[tuple[str, int, int, int]]:
        """Return name, value, lowest and highest allowed value of each number."""
        return [
            *super().ranges(),
            ("n_mels", self.n_mels, 8, 128),
            ("fmin_hz", self.fmin_hz, 0, self.fmax_hz - 1),
            ("fmax_hz", self.fmax_hz, 1, self.sample_rate_hz // 2),
        ]

    @property
    def n_bins(self) -> int:
        """Mel bands."""
        return self.n_mels

    @property
    def words(self) -> str:
        """What one frame holds, for people."""
        return f"{self.n_mels} mels"
